import { trimOptionalWhitespace } from './field-syntax.js';

/** Request headers that a preflight's answer depends on. */
export const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** A response header as Node.js gives it. */
type HeaderValue = string | number | readonly string[] | undefined;

/**
 * The value of `Vary` that names everything in `current` and everything in `names`; `undefined` when `current` is that
 * value already. What others wrote is kept, in the one form that every cache reads: one line, `, ` between the names, `*`
 * alone. nginx takes the last of several lines, does not see a name after a tab, and keeps what says `Accept, *`.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
 */
export function appendVary(current: HeaderValue, names: string): string | undefined {
  // The cases of nearly every response: nobody has written one yet, and nobody but this library has.
  if (current === undefined) {
    return names;
  }
  if (current === names || current === PREFLIGHT_VARY) {
    return undefined;
  }
  const present = String(current)
    .split(',')
    // No more than what HTTP calls white space: to a cache, `\u00a0Origin` is another header's name.
    .map(trimOptionalWhitespace)
    .filter((name) => name !== '');
  const known = new Set(present.map((name) => name.toLowerCase()));
  const value = known.has('*')
    ? '*'
    : [...present, ...names.split(', ').filter((name) => !known.has(name.toLowerCase()))].join(', ');
  return value === current ? undefined : value;
}
