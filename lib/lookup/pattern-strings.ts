import type { SerializedOrigin } from '../origin/serialized-origin.js';

/**
 * Whether a test holds for any pattern that allows an origin. A pattern has one spelling, so there are at most two for the host and
 * for each of its parents: with the port of the origin, and with any port.
 *
 * @param longestParent of the patterns in question, which bounds the work on a host of 127 labels
 * @param anyPort whether there are patterns with `:*`
 */
export function isAnyPattern(
  { scheme, host, port }: SerializedOrigin,
  test: (pattern: string) => boolean,
  longestParent: number,
  anyPort: boolean,
): boolean {
  const suffix = port === undefined ? '' : `:${port}`;
  if (anyPort && test(`${scheme}://${host}:*`)) {
    return true;
  }
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    if (host.length - dot - 1 <= longestParent) {
      const subdomains = `${scheme}://*${host.slice(dot)}`;
      if (test(subdomains + suffix) || (anyPort && test(`${subdomains}:*`))) {
        return true;
      }
    }
  }
  return false;
}
