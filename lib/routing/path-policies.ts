import findMyWay from 'find-my-way';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { pathMatchingOf } from './express-route-matcher.js';
import { routerOptionsOf } from './fastify-router-options.js';
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
  /** Policy of the longest entry that covers the URL's path; `undefined` when none does. */
  find(url: string): CompiledPolicy | undefined;
  readonly policies: readonly CompiledPolicy[];
}

/** Compiles the `paths` entries for the adapter at hand. */
export function createPathPolicies(entries: readonly PathPolicy[], adapter: RouterAdapter): PathPolicies {
  if (entries.length === 0) {
    return { find: () => undefined, policies: [] };
  }
  const router = isRouteOrderSensitive(adapter) ? undefined : fastifyRouterOf(adapter);
  return router === undefined ? byPrefix(entries, pathMatchingOf(adapter).caseSensitive) : byFindMyWay(entries, router);
}

/** The path of a request target as the client sent it, for people and tenants: not what routes are matched with. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/**
 * The path as a file server or a mounted application may read it: decoded to the end, without empty, `.` and `..` segments,
 * and encoded again. `undefined` when that is how it is written anyway.
 */
export function canonicalPath(url: string): string | undefined {
  const path = pathOf(url);
  if (!/%|\\|\/\/|\/\.{1,2}(?:\/|$)/.test(path)) {
    return undefined;
  }
  const segments: string[] = [];
  for (const segment of decodedToTheEnd(path).split(/[/\\]/)) {
    if (segment === '..') {
      segments.pop();
    } else if (segment !== '' && segment !== '.') {
      segments.push(segment);
    }
  }
  return `/${segments.map(encoded).join('/')}`;
}

/** Servers decode once, proxies before them once more; what is left after that is a name with a percent sign. */
function decodedToTheEnd(path: string): string {
  let decoded = path;
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      break;
    }
  }
  return decoded;
}

/** Encoded as little as a path needs, as `paths` entries are written. */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:2[46BC]|3[ABD]|40)/g, decodeURIComponent);
}

/** As Express mounts with `use()`: on the raw path, up to the end of a segment, letters by its own setting. */
function byPrefix(entries: readonly PathPolicy[], caseSensitive: boolean): PathPolicies {
  const comparable = (path: string) => (caseSensitive ? path : path.toLowerCase());
  const longestFirst = entries
    .map(({ path, policy }) => ({ prefix: comparable(path).replace(/\/+$/, ''), policy }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return {
    policies: entries.map(({ policy }) => policy),
    find: (url) => {
      const pathname = expressPathname(url);
      if (pathname === undefined) {
        return undefined;
      }
      const path = comparable(pathname);
      return longestFirst.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))?.policy;
    },
  };
}

/** As Fastify routes: find-my-way decodes the path first, and prefers the longer of two wildcards. */
function byFindMyWay(entries: readonly PathPolicy[], router: FastifyRouter): PathPolicies {
  const finder = findMyWay(routerOptionsOf(router));
  for (const { path, policy } of entries) {
    const prefix = asRouted(path.replace(/\/+$/, '')).replaceAll(':', '::');
    for (const pattern of prefix === '' ? ['/*'] : [prefix, `${prefix}/*`]) {
      finder.on('GET', pattern, () => undefined, policy);
    }
  }
  return {
    policies: entries.map(({ policy }) => policy),
    find: (url) => (finder.find('GET', withoutReserved(url))?.store ?? undefined) as CompiledPolicy | undefined,
  };
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
