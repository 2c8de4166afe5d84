import { trimOptionalWhitespace } from './token.js';

/** Request headers that a preflight's answer depends on. */
export const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** A response header as Node.js gives it. */
type HeaderValue = string | number | readonly string[] | undefined;

/**
 * The value of `Vary` with the names in `current` and in `names`; `undefined` when `current` is that value already. It has
 * the form that every cache reads: one line, `, ` between the names, `*` alone. nginx reads only the last of several lines,
 * and no name after a tab.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
 */
export function appendVary(current: HeaderValue, names: string): string | undefined {
  // Nearly every response: without a `Vary`, or with this library's.
  if (current === undefined) {
    return names;
  }
  if (current === names || current === PREFLIGHT_VARY) {
    return undefined;
  }
  const present = String(current)
    .split(',')
    // trim() would remove too much: to a cache, `\u00a0Origin` is another name.
    .map(trimOptionalWhitespace)
    .filter((name) => name !== '');
  const known = new Set(present.map((name) => name.toLowerCase()));
  const value = known.has('*')
    ? '*'
    : [...present, ...names.split(', ').filter((name) => !known.has(name.toLowerCase()))].join(', ');
  return value === current ? undefined : value;
}
