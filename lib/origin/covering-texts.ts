import { parseOriginPattern } from './origin-pattern.js';
import { publicSuffixWithin } from './public-suffix.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/**
 * Every text in a store of allowed origins that can allow `origin`: the origin itself and the patterns that match it, each in
 * the one spelling that patterns have. A store that finds texts by equality, by an index or in a set, so decides patterns
 * without reading them all.
 *
 * Patterns over a public suffix (`https://*.com`), or above one (`https://*.amazonaws.com`), are left out, as rows that hold
 * one are skipped: they would allow everybody.
 *
 * There are two texts for the host and two for each parent domain, so no more than 256; for what is no serialized origin
 * (`null`, `file://`) there are none.
 *
 * @example
 * ```ts
 * coveringTexts('https://a.example.com:8443');
 * // 'https://a.example.com:8443', 'https://a.example.com:*',
 * // 'https://*.example.com:8443', 'https://*.example.com:*'
 * ```
 */
export function coveringTexts(origin: string): readonly string[] {
  const parsed = parseSerializedOrigin(origin);
  if (parsed === undefined) {
    return [];
  }
  const { scheme, host, port } = parsed;
  const suffix = port === undefined ? '' : `:${port}`;
  const texts = [origin, `${scheme}://${host}:*`];
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const parent = host.slice(dot + 1);
    const parents = `${scheme}://*.${parent}`;
    // An IP address has no parent domains, and behind a dot at the end nothing is left.
    if (parseOriginPattern(`${parents}:*`) !== undefined && publicSuffixWithin(parent) === undefined) {
      texts.push(`${parents}${suffix}`, `${parents}:*`);
    }
  }
  return texts;
}
