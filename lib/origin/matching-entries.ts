import { parseOriginPattern } from './origin-pattern.js';
import { publicSuffixWithin } from './public-suffix.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/**
 * Every entry of a store that can allow `origin`: the origin itself, and the patterns that match it, each in its one
 * spelling. A store that finds strings by equality (an index, a set) can so decide patterns without reading them all.
 *
 * Patterns over a public suffix (`https://*.com`), or above one (`https://*.amazonaws.com`), are left out. Rows with such
 * patterns are skipped too, since they would allow strangers.
 *
 * There are two entries for the host and two for each parent domain, 256 at most. For a value that is not a serialized origin
 * (`null`, `file://`) there are none.
 *
 * @example
 * ```ts
 * matchingEntries('https://a.example.com:8443');
 * // 'https://a.example.com:8443', 'https://a.example.com:*',
 * // 'https://*.example.com:8443', 'https://*.example.com:*'
 * ```
 */
export function matchingEntries(origin: string): readonly string[] {
  const parsed = parseSerializedOrigin(origin);
  if (parsed === undefined) {
    return [];
  }
  const { scheme, host, port } = parsed;
  const suffix = port === undefined ? '' : `:${port}`;
  const entries = [origin, `${scheme}://${host}:*`];
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const parent = host.slice(dot + 1);
    const parents = `${scheme}://*.${parent}`;
    // An IP address has no parent domains, and nothing follows a dot at the end.
    if (parseOriginPattern(`${parents}:*`) !== undefined && publicSuffixWithin(parent) === undefined) {
      entries.push(`${parents}${suffix}`, `${parents}:*`);
    }
  }
  return entries;
}
