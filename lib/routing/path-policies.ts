import findMyWay from 'find-my-way';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { pathMatchingOf } from './express/route-matcher.js';
import { routerOptionsOf } from './fastify/router-options.js';
import { decodedOctets, withoutCase } from './path-readings.js';
import { expressPathname } from './request-target.js';
import { type FastifyRouter, type RouterAdapter, fastifyRouterOf, isRouteOrderSensitive } from './router-adapter.js';

/** A `paths` entry of the module's options. */
export interface PathPolicy {
  /** Covers exactly this path and everything below it. */
  readonly path: string;
  readonly policy: CompiledPolicy;
}

/** Finds the policy of paths that Nest does not route, by the same reading of a URL as the adapter's router. */
export interface PathPolicies {
  /** The longest entry that covers the URL's path; `undefined` when none does. */
  find(url: string): PathPolicy | undefined;
  /**
   * Policies of the longest entries that cover a reading of the path, given as octets: as the router compares letters,
   * and without their case. `undefined` stands for no entry.
   */
  read(octets: string): ReadonlySet<CompiledPolicy | undefined>;
  readonly policies: readonly CompiledPolicy[];
  /** Paths of the entries, as they are written. */
  readonly entries: readonly string[];
  /** Whether the router minds letter case. */
  readonly caseSensitive: boolean;
}

/** Compiles the `paths` entries for the adapter at hand. */
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

/** The path of a request target as the client sent it, for people and tenants: not what routes are matched with. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** By octets, which is all that servers of any kind have in common. */
function byReading(entries: readonly PathPolicy[], caseSensitive: boolean): PathPolicies['read'] {
  const written = entries.map(({ path, policy }) => ({ path: decodedOctets(path).replace(/\/+$/, ''), policy }));
  const folded = written.map(({ path, policy }) => ({ path: withoutCase(path), policy }));
  return (octets) =>
    new Set([
      ...longestCovering(folded, withoutCase(octets)),
      ...(caseSensitive ? longestCovering(written, octets) : []),
    ]);
}

/** Policies of the longest entries that cover the path: several where they differ in letter case. */
function longestCovering(entries: readonly PathPolicy[], path: string): readonly (CompiledPolicy | undefined)[] {
  const covering = entries.filter((entry) => covers(entry.path, path));
  const longest = Math.max(...covering.map((entry) => entry.path.length));
  return covering.length === 0
    ? [undefined]
    : covering.filter((entry) => entry.path.length === longest).map(({ policy }) => policy);
}

function covers(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** As Express mounts with `use()`: on the raw path, up to the end of a segment, letters by its own setting. */
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

/** As Fastify routes: find-my-way decodes the path first, and prefers the longer of two wildcards. */
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

/** find-my-way takes the paths of routes decoded, and those of requests as they come; entries are written like the latter. */
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
 * With one character in the place of each escape that decodeURI(), and so find-my-way, leaves as it is (`%23`): no pattern
 * of find-my-way stands for these. Nobody can send the character itself, half of a pair.
 */
function withoutReserved(path: string): string {
  return path.replace(/%(2[346BCF]|3[ABDF]|40)/gi, (_, hex: string) =>
    String.fromCharCode(0xd8_00 + Number.parseInt(hex, 16)),
  );
}
