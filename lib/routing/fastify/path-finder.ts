import findMyWay from 'find-my-way';
import type { FastifyRouterOptions } from './router-options.js';

/** Finds `paths` entries as Fastify finds routes: find-my-way decodes the path first, and prefers the longer of two wildcards. */
export function pathFinder<Entry extends { readonly path: string }>(
  entries: readonly Entry[],
  options: FastifyRouterOptions,
): (url: string) => Entry | undefined {
  const finder = findMyWay(options);
  for (const entry of entries) {
    const prefix = asRouted(entry.path.replace(/\/+$/, '')).replaceAll(':', '::');
    for (const pattern of prefix === '' ? ['/*'] : [prefix, `${prefix}/*`]) {
      finder.on('GET', pattern, () => undefined, entry);
    }
  }
  return (url) => (finder.find('GET', withoutReserved(url))?.store ?? undefined) as Entry | undefined;
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
