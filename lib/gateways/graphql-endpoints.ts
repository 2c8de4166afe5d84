import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { PathEntry, PathPolicy } from '../policy/path-options.js';
import { pathFault } from '../policy/path-faults.js';
import { INVALID_GRAPHQL } from '../policy/gateway-problems.js';
import { problemAt, worded } from '../policy/problems.js';
import type { CorsConfigurationProblem } from '../options/problem.js';

/** Token of the options of a GraphQLModule. */
const GRAPHQL_OPTIONS = 'GqlModuleOptions';
/** Name of the class that is the token of its driver. */
const GRAPHQL_DRIVER = 'AbstractGraphQLDriver';

/** The second one is of @nestjs/graphql 13 and earlier. */
const SUBSCRIPTION_PROTOCOLS = ['graphql-ws', 'subscriptions-transport-ws'] as const;

/** The options of a GraphQLModule that matter here. Drivers define further ones. */
interface GraphqlOptions {
  readonly path?: string;
  readonly useGlobalPrefix?: boolean;
  readonly csrfPrevention?: unknown;
  readonly installSubscriptionHandlers?: unknown;
  /** Of Apollo. */
  readonly subscriptions?: Readonly<Record<string, unknown>>;
  /** Of Mercurius. */
  readonly subscription?: unknown;
}

/** An endpoint of @nestjs/graphql. */
export interface GraphqlEndpoint {
  /** As the client sees it, with the global prefix. */
  readonly path: string;
  /** Where its subscriptions are: each protocol may have a path of its own. */
  readonly subscriptions: readonly string[];
  /** Whether it refuses requests that a page can send without a preflight; `undefined` where the driver is not known. */
  readonly preventsCsrf: boolean | undefined;
}

/**
 * The endpoints of the application. The package is the application's, so nothing of it is imported. Call it when every
 * module has been initialized: GraphQLModule completes its options then.
 */
export function graphqlEndpoints(modules: ModulesContainer, config: ApplicationConfig): readonly GraphqlEndpoint[] {
  return [...modules.values()].flatMap((module) => {
    const written = module.providers.get(GRAPHQL_OPTIONS)?.instance as GraphqlOptions | undefined | null;
    if (written === undefined || written === null) {
      return [];
    }
    const complete = (module.instance as { readonly completeOptions?: GraphqlOptions } | undefined)?.completeOptions;
    const options = complete ?? withPrefix(written, config.getGlobalPrefix());
    const path = normalized(options.path ?? 'graphql');
    const subscriptions = subscriptionsOf(options, path);
    // Options of forRootAsync() do not name the driver.
    const [, driver] = [...module.providers].find(([token]) => Object(token).name === GRAPHQL_DRIVER) ?? [];
    return { path, subscriptions, preventsCsrf: preventsCsrf(driver?.metatype, options) };
  });
}

/** The entry `graphql: true`, spread over the paths of the endpoints. Paths that have an entry of their own keep that. */
export function placeGraphql(
  entry: PathEntry | undefined,
  written: readonly PathPolicy[],
  endpoints: readonly GraphqlEndpoint[],
): { readonly paths: readonly PathPolicy[]; readonly problems: readonly CorsConfigurationProblem[] } {
  if (entry === undefined) {
    return { paths: [], problems: [] };
  }
  const { at, policy } = entry;
  if (endpoints.length === 0) {
    return { paths: [], problems: [worded('invalid-value', `${at}.graphql`, true, INVALID_GRAPHQL.withoutModule)] };
  }
  const known = new Set(written.map(({ path }) => path));
  const found = new Set(endpoints.flatMap(({ path, subscriptions }) => [path, ...subscriptions]));
  const paths = [...found].filter((path) => !known.has(path)).map((path) => ({ path, policy, at }));
  const problems = paths.flatMap(({ path }) => {
    const fault = pathFault(path);
    return fault === undefined ? [] : [problemAt('invalid-path', `${at}.graphql`, path, ...fault)];
  });
  return { paths, problems };
}

/** The options that the driver completes. It does so when its module is initialized, which an error may prevent. */
function withPrefix(options: GraphqlOptions, prefix: string): GraphqlOptions {
  return options.useGlobalPrefix === true && prefix !== ''
    ? { ...options, path: `${prefix}/${options.path ?? 'graphql'}` }
    : options;
}

function subscriptionsOf(options: GraphqlOptions, path: string): readonly string[] {
  const { subscriptions, subscription, installSubscriptionHandlers } = options;
  if (!subscriptions && !subscription && !installSubscriptionHandlers) {
    return [];
  }
  const written = SUBSCRIPTION_PROTOCOLS.flatMap((protocol) => {
    const given = subscriptions?.[protocol] as true | { readonly path?: unknown } | undefined;
    if (!given) {
      return [];
    }
    return given !== true && typeof given.path === 'string' ? normalized(given.path) : path;
  });
  return written.length === 0 ? [path] : [...new Set(written)];
}

/** Apollo prevents it by default, Mercurius only with an option. */
function preventsCsrf(driver: unknown, { csrfPrevention }: GraphqlOptions): boolean | undefined {
  const names = typeof driver === 'function' ? namesOf(driver) : [];
  if (names.some((name) => name.startsWith('Apollo'))) {
    return csrfPrevention !== false;
  }
  return names.some((name) => name.startsWith('Mercurius')) ? Boolean(csrfPrevention) : undefined;
}

/** The names of a class and of its base classes. */
function namesOf(driver: { readonly name: string }): readonly string[] {
  const above: unknown = Object.getPrototypeOf(driver);
  return typeof above === 'function' ? [driver.name, ...namesOf(above)] : [driver.name];
}

function normalized(path: string): string {
  return `/${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}
