import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import type { RequestRouter } from '../routing/request-router.js';
import {
  type CorsPolicyDescription,
  type CorsRouteDescription,
  type DescribedValue,
  describePolicy,
  describeRoute,
} from './descriptions.js';
import { isOwn } from './own-routes.js';
import { type CorsSocketDescription, type SocketPlaces, namedSockets } from './sockets.js';

/** A route with its policy. */
export interface CorsRoutePolicy extends CorsRouteDescription {
  /** An `external` path has this mark, and no field is applied. */
  readonly policy: CorsPolicyDescription;
}

/** Values of a policy's fields, without their sources. */
export type ManifestPolicy = Readonly<Record<string, DescribedValue>>;

/** The policies of an application as JSON, in an order that depends on the routes alone. */
export interface CorsManifest {
  readonly version: 1;
  /** Policy of every path that neither a route nor a `paths` entry covers. */
  readonly default: ManifestPolicy;
  /** Policies of `paths`, by path; `{ external: true }` for an external one. */
  readonly paths: Readonly<Record<string, ManifestPolicy>>;
  /** Policies of routes, by `METHOD /path`, followed by host and version where the route has them. */
  readonly routes: Readonly<Record<string, ManifestPolicy>>;
  /**
   * Policies of gateways, by class and path, followed by port and namespace where the gateway has them, and of the subscriptions
   * of GraphQL. Absent without any.
   */
  readonly sockets?: Readonly<Record<string, ManifestPolicy>>;
}

/**
 * Every route with its policy, in the router's order, and then the `external` paths. These stand for every method, and their
 * `controller` and `handler` name the entry: `CorsModule.paths[0]`.
 */
export function routePolicies(router: RequestRouter, registry: CorsPolicyRegistry): CorsRoutePolicy[] {
  const external = registry.paths.flatMap(({ path, policy, at }) =>
    policy.external === true
      ? [{ method: '*', path, controller: 'CorsModule', handler: at, policy: describePolicy(policy) }]
      : [],
  );
  return [...nestRoutes(router, registry), ...external];
}

function nestRoutes(router: RequestRouter, registry: CorsPolicyRegistry): CorsRoutePolicy[] {
  const routes = router.routes.filter(({ controller }) => !isOwn(controller));
  return routes.map((route) => ({
    ...describeRoute(route),
    policy: describePolicy(registry.effectiveOf(route.policy)),
  }));
}

export function manifestOf(places: SocketPlaces): CorsManifest {
  const { router, registry } = places;
  const routes = nestRoutes(router, registry).map(({ policy, ...route }) => [keyOf(route), valuesOf(policy)] as const);
  const paths = registry.paths.map(({ path, policy }) => [path, valuesOf(describePolicy(policy))] as const);
  const sockets = namedSockets(places).map(({ policy, ...socket }) => [socketKey(socket), valuesOf(policy)] as const);
  return {
    version: 1,
    default: valuesOf(describePolicy(registry.catalog.defaults)),
    paths: sorted(paths),
    routes: sorted(routes),
    ...(sockets.length === 0 ? {} : { sockets: sorted(sockets) }),
  };
}

/**
 * The manifest with the kind of each `origin` in place of its value, for environments that differ in origins alone: `'*'` and
 * `false` stay, a list becomes `'(listed)'`, and a function stays a function.
 */
export function manifestWithoutOrigins(manifest: CorsManifest): CorsManifest {
  const { version, default: defaults, paths, routes, sockets } = manifest;
  return {
    version,
    default: withoutOrigins(defaults),
    paths: mapPolicies(paths, withoutOrigins),
    routes: mapPolicies(routes, withoutOrigins),
    ...(sockets === undefined ? {} : { sockets: mapPolicies(sockets, withoutOrigins) }),
  };
}

function withoutOrigins(policy: ManifestPolicy): ManifestPolicy {
  return Array.isArray(policy['origin']) ? { ...policy, origin: '(listed)' } : policy;
}

function mapPolicies(policies: Policies, change: (policy: ManifestPolicy) => ManifestPolicy): Policies {
  return Object.fromEntries(Object.entries(policies).map(([name, policy]) => [name, change(policy)]));
}

/**
 * The changes from one manifest to another, a line each: `- ` for a policy that is gone, `+ ` for a new one, `~ ` for a field
 * with another value. Empty when nothing changed.
 */
export function diffManifests(before: CorsManifest, after: CorsManifest): string[] {
  return [
    ...diffPolicies({ default: before.default }, { default: after.default }),
    ...diffPolicies(before.paths, after.paths, 'path '),
    ...diffPolicies(before.routes, after.routes),
    ...diffPolicies(before.sockets ?? {}, after.sockets ?? {}, 'sockets of '),
  ];
}

type Policies = Readonly<Record<string, ManifestPolicy>>;

function diffPolicies(before: Policies, after: Policies, prefix = ''): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined || is === undefined) {
      return [`${is === undefined ? '-' : '+'} ${prefix}${name} ${summary(was ?? is ?? {})}`];
    }
    return Object.keys({ ...was, ...is })
      .filter((field) => JSON.stringify(was[field]) !== JSON.stringify(is[field]))
      .map((field) => `~ ${prefix}${name}: ${field} ${JSON.stringify(was[field])} -> ${JSON.stringify(is[field])}`);
  });
}

function summary(policy: ManifestPolicy): string {
  const { origin, originLookup, credentials, external } = policy;
  if (external === true) {
    return JSON.stringify({ external });
  }
  return JSON.stringify({ origin, ...(originLookup === null ? {} : { originLookup }), credentials });
}

function keyOf({ method, path, hosts, versions }: CorsRouteDescription): string {
  const host = hosts === undefined ? '' : ` host ${hosts.join(' ')}`;
  const version = versions === undefined ? '' : ` version ${versions.join(' ')}`;
  return `${method} ${path}${host}${version}`;
}

function socketKey({ gateway, path, port, namespace }: CorsSocketDescription): string {
  const at = port === undefined ? '' : ` port ${port}`;
  const within = namespace === undefined ? '' : ` namespace ${namespace}`;
  return `${gateway ?? 'GraphQL'} ${path}${at}${within}`;
}

function valuesOf({ fields, external }: CorsPolicyDescription): ManifestPolicy {
  if (external === true) {
    return { external };
  }
  return Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));
}

/** Of two routes with one key, the router reaches the first. */
function sorted(entries: readonly (readonly [string, ManifestPolicy])[]): Policies {
  const unique = new Map([...entries].reverse());
  return Object.fromEntries([...unique].sort(([a], [b]) => (a < b ? -1 : 1)));
}
