import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { pathMatchingOf } from './express/route-matcher.js';
import { routerOptionsOf } from './fastify/router-options.js';
import { decodedOctets, withoutCase } from './path-readings.js';
import { expressPathname } from './request-target.js';
import { type RouterAdapter, fastifyRouterOf, isRouteOrderSensitive } from './router-adapter.js';

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

/** Compiles the `paths` entries for the adapter. Only applications on Fastify load find-my-way, which Fastify has loaded. */
export async function createPathPolicies(
  entries: readonly PathPolicy[],
  adapter: RouterAdapter,
): Promise<PathPolicies> {
  const router = isRouteOrderSensitive(adapter) ? undefined : fastifyRouterOf(adapter);
  if (router === undefined) {
    return compilePathPolicies(entries, pathMatchingOf(adapter).caseSensitive);
  }
  const options = routerOptionsOf(router);
  if (entries.length === 0) {
    return compilePathPolicies(entries, options.caseSensitive);
  }
  const { pathFinder } = await import('./fastify/path-finder.js');
  return compilePathPolicies(entries, options.caseSensitive, pathFinder(entries, options));
}

/** @param find how the router finds the entry of a URL; as Express does by default */
export function compilePathPolicies(
  entries: readonly PathPolicy[],
  caseSensitive: boolean,
  find: PathPolicies['find'] = byPrefix(entries, caseSensitive),
): PathPolicies {
  const isEmpty = entries.length === 0;
  return {
    policies: entries.map(({ policy }) => policy),
    entries: entries.map(({ path }) => path),
    caseSensitive,
    find: isEmpty ? () => undefined : find,
    read: isEmpty ? () => NO_ENTRY : byReading(entries, caseSensitive),
  };
}

const NO_ENTRY: ReadonlySet<undefined> = new Set([undefined]);

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

/** The policies of the longest matching entries. There are several if entries differ only in letter case. */
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

/** Matches like `use()` of Express: the raw path, by whole segments, with the router's setting of letter case. */
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
