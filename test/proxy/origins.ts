/** The cast of these tests. */
export const ALLOWED = 'https://first.allowed.example';
export const ALSO_ALLOWED = 'https://second.allowed.example';
export const REFUSED = 'https://refused.example';

/** Covers those that are allowed, for a policy that spells them as a pattern. */
export const PATTERN = 'https://*.allowed.example';

/** What no browser sends, most of it close to an origin that is allowed. */
export const MALFORMED: readonly string[] = [
  '',
  'garbage',
  `${ALLOWED}/`,
  `${ALLOWED}:443`,
  `${ALLOWED},`,
  `,${ALLOWED}`,
  `${ALLOWED}, ${ALLOWED}`,
  `${ALLOWED} ${ALSO_ALLOWED}`,
  ALLOWED.toUpperCase(),
  'null,',
];
