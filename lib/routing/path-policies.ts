import findMyWay from 'find-my-way';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { pathMatchingOf } from './express/route-matcher.js';
import { routerOptionsOf } from './fastify/router-options.js';
import { decodedOctets, withoutCase } from './path-readings.js';
import { expressPathname } from './request-target.js';
import { type FastifyRouter, type RouterAdapter, fastifyRouterOf, isRouteOrderSensitive } from './router-adapter.js';

/** A `paths` entry of the module's options. */
export interface PathPolicy {
  /** The entry matches this path and all paths below it. */
  readonly path: string;
  readonly policy: CompiledPolicy;
}

/** Finds the `paths` entry of a URL, read as the adapter's router reads it. */
export interface PathPolicies {
  /** The longest matching entry; `undefined` without one. */
  find(url: string): PathPolicy | undefined;
  /**
   * The policies of the longest matching entries for a reading of the path in octets, both with the router's letter case
   * and without case. `undefined` stands for no entry.
   */
  read(octets: string): ReadonlySet<CompiledPolicy | undefined>;
  readonly policies: readonly CompiledPolicy[];
  /** Paths of the entries, as written. */
  readonly entries: readonly string[];
  /** Whether the router distinguishes letter case. */
  readonly caseSensitive: boolean;
}

/** Compiles the `paths` entries for the adapter. */
export function createPathPolicies(entries: readonly PathPolicy[], adapter: RouterAdapter): PathPolicies {
  const router = isRouteOrderSensitive(adapter) ? undefined : fastifyRouterOf(adapter);
  const { caseSensitive } = router === undefined ? pathMatchingOf(adapter) : routerOptionsOf(router);
  const common = {
    policies: entries.map(({ policy }) => policy),
    entries: entries.map(({ path }) => path),
    caseSensitive,
  };
  if (entries.length === 0) {
    return { ...common, find: () => undefined, read: () => NO_ENTRY };
  }
  return {
    ...common,
    find: router === undefined ? byPrefix(entries, caseSensitive) : byFindMyWay(entries, router),
    read: byReading(entries, caseSensitive),
  };
}

const NO_ENTRY: ReadonlySet<undefined> = new Set([undefined]);

/** The path of a request target as the client sent it, for logs and tenants. Routes are matched with another reading. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** Compares octets, which all servers have in common. */
function byReading(entries: readonly PathPolicy[], caseSensitive: boolean): PathPolicies['read'] {
  const written = entries.map(({ path, policy }) => ({ path: decodedOctets(path).replace(/\/+$/, ''), policy }));
  const folded = written.map(({ path, policy }) => ({ path: withoutCase(path), policy }));
  return (octets) =>
    new Set([
      ...longestMatching(folded, withoutCase(octets)),
      ...(caseSensitive ? longestMatching(written, octets) : []),
    ]);
}

/** The policies of the longest matching entries: several where entries differ in letter case only. */
function longestMatching(entries: readonly PathPolicy[], path: string): readonly (CompiledPolicy | undefined)[] {
  const matching = entries.filter((entry) => covers(entry.path, path));
  const longest = Math.max(...matching.map((entry) => entry.path.length));
  return matching.length === 0
    ? [undefined]
    : matching.filter((entry) => entry.path.length === longest).map(({ policy }) => policy);
}

function covers(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Matches as `use()` of Express does: the raw path, by whole segments, letter case by the router's setting. */
function byPrefix(entries: readonly PathPolicy[], caseSensitive: boolean): PathPolicies['find'] {
  const comparable = (path: string) => (caseSensitive ? path : path.toLowerCase());
  const longestFirst = entries
    .map((entry) => ({ prefix: comparable(entry.path).replace(/\/+$/, ''), entry }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return (url) => {
    const pathname = expressPathname(url);
    if (pathname === undefined) {
      return undefined;
    }
    const path = comparable(pathname);
    return longestFirst.find(({ prefix }) => covers(prefix, path))?.entry;
  };
}

/** Matches as Fastify does: find-my-way decodes the path first, and prefers the longer of two wildcards. */
function byFindMyWay(entries: readonly PathPolicy[], router: FastifyRouter): PathPolicies['find'] {
  const finder = findMyWay(routerOptionsOf(router));
  for (const entry of entries) {
    const prefix = asRouted(entry.path.replace(/\/+$/, '')).replaceAll(':', '::');
    for (const pattern of prefix === '' ? ['/*'] : [prefix, `${prefix}/*`]) {
      finder.on('GET', pattern, () => undefined, entry);
    }
  }
  return (url) => (finder.find('GET', withoutReserved(url))?.store ?? undefined) as PathPolicy | undefined;
}

/** find-my-way takes decoded paths of routes and encoded paths of requests. Entries are written encoded. */
function asRouted(path: string): string {
  return withoutReserved(path).replace(/(?:%[0-9a-f]{2})+/gi, (octets) => {
    try {
      return decodeURI(octets);
    } catch {
      return octets;
    }
  });
}

/**
 * Replaces each escape that decodeURI(), and so find-my-way, does not decode (`%23`), because no pattern can express it.
 * The replacement is half of a surrogate pair, which no client can send.
 */
function withoutReserved(path: string): string {
  return path.replace(/%(2[346BCF]|3[ABDF]|40)/gi, (_, hex: string) =>
    String.fromCharCode(0xd8_00 + Number.parseInt(hex, 16)),
  );
}
