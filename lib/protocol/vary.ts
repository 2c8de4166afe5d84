/** Request headers that a preflight's answer depends on. */
export const PREFLIGHT_VARY = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'] as const;

/** A response header as Node.js gives it. */
type HeaderValue = string | number | readonly string[] | undefined;

/**
 * The value of `Vary` that names everything in `current` and everything in `names`; `undefined` when `current` does so
 * already. What others wrote is kept as it is: a cache needs all of it.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
 */
export function appendVary(current: HeaderValue, names: readonly string[]): string | undefined {
  // The two cases of nearly every response: nobody has written one yet, and nobody but this library has.
  if (current === undefined) {
    return names.join(', ');
  }
  if (names.length === 1 && current === names[0]) {
    return undefined;
  }
  const value = typeof current === 'object' ? current.join(', ') : String(current);
  const present = new Set(value.split(',').map((name) => name.trim().toLowerCase()));
  if (present.has('*')) {
    return undefined;
  }
  const missing = names.filter((name) => !present.has(name.toLowerCase()));
  if (missing.length === 0) {
    return undefined;
  }
  return value === '' ? missing.join(', ') : `${value}, ${missing.join(', ')}`;
}
