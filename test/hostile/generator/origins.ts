import fc from 'fast-check';

/** What is made of an origin that the policy of the request's target allows. */
export type Edit = (origin: string, position: number) => string;

const at =
  (edit: (character: string) => string): Edit =>
  (origin, position) => {
    const index = position % (origin.length + 1);
    return origin.slice(0, index) + edit(origin.slice(index, index + 1)) + origin.slice(index + 1);
  };
const host = (origin: string): string => origin.slice('https://'.length);

/** What makes an origin of an attacker's, or none at all, of one that is allowed. */
const edits: readonly Edit[] = [
  ...[
    '.',
    '/',
    ' ',
    '\t',
    '\\',
    '?',
    '#',
    ':',
    ':443',
    ':80',
    ':0',
    ':65536',
    ':08443',
    '%00',
    '%20',
    '%0d%0a',
    '\xa0',
  ],
  ...['.evil.test', '@evil.test', ':8443', 'evil.test', '-evil.test', '/evil', '#@evil.test', ',https://evil.test'],
  ...[', https://app.example.com', ' https://evil.test', ';evil', '&', '`', '|', '"', "'", '\x80', '\xff', ':*', '.*'],
].map(
  (suffix): Edit =>
    (origin) =>
      origin + suffix,
);
const prefixed: readonly Edit[] = [
  ...['https://evil.test/', 'https://evil.test@', 'https://evil.test#', 'https://evil.test?', 'null,', ',', ' ', '\t'],
  ...['https://evil', 'x', 'view-source:', 'blob:', '*', '.'],
].map(
  (prefix): Edit =>
    (origin) =>
      prefix + origin,
);
const inner: readonly Edit[] = [
  at(() => ''),
  at((character) => character + character),
  at((character) => character.toUpperCase()),
  at((character) => (character === '' ? '' : `%${character.charCodeAt(0).toString(16)}`)),
  ...['X', '-', '.', '/', '@', ':', '*', '\xe9', '\xd0\xb0', '\u007f', '0', '_', ' '].map((put) => at(() => put)),
  ...['X', '-', '.', '/', '@', '\\', '%2e', '\xc2\xad', '\t', '%00'].map((put) => at((character) => put + character)),
  (origin) => origin.replace('.', 'X'),
  (origin) => `https://evil-${host(origin)}`,
  (origin) => `https://evil.${host(origin)}`,
  (origin) => `https://user:password@${host(origin)}`,
  (origin) => `http://${host(origin)}`,
  (origin) => `wss://${host(origin)}`,
  (origin) => `HTTPS://${host(origin)}`,
  (origin) => `https:${host(origin)}`,
  (origin) => `//${host(origin)}`,
  (origin) => host(origin),
  (origin) => origin.toUpperCase(),
  (origin) => `https://${'a'.repeat(64)}.${host(origin)}`,
  (origin) => `https://${'a.'.repeat(120)}${host(origin)}`,
  (origin) => `https://xn--a.${host(origin)}`,
  (origin) => `https://xn--bcher-kva.${host(origin)}`,
  (origin) => `https://.${host(origin)}`,
  (origin) => `https://a..${host(origin)}`,
];

/** Line breaks that would begin a header of their own, if anything let them. */
const injections: readonly Edit[] = ['\r\n', '\n', '\r', '\r\n ', '\n\t', '\0', '\u0001', '\u000b', '\x85'].flatMap(
  (control): Edit[] => [at((character) => control + character), (origin) => `${origin}${control}X-Injected: 1`],
);

const strangers = [
  ...['https://evil.test', 'null', 'NULL', 'Null', '', '*', 'file://', 'https://', 'http://localhost', 'localhost'],
  ...[
    'https://[::1]',
    'https://[::1]:8443',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:7f00:1]',
    'https://127.0.0.1',
  ],
  ...['https://127.1', 'https://0x7f.1', 'https://2130706433', 'https://b\xc3\xbccher.customer.example.com', 'data:,x'],
  ...['chrome-extension://app.example.com', 'https://throwing.example.org', 'https://silent.example.org', '__proto__'],
  ...['constructor', 'toString', 'undefined', 'true', '[object Object]', '{}', '0', 'https://*.customer.example.com'],
  ...['https://customer.example.com', 'https://.customer.example.com', 'https://x.customer.example.com.', 'app://.'],
  ...['https://ports.example.com:443', 'https://ports.example.com:99999', 'https://ports.example.com:', 'javascript:1'],
];

/** Makes the value of an `Origin` line of an allowed origin. */
export type OriginChange = (allowed: string) => string;

const unchanged: OriginChange = (allowed) => allowed;

const editedBy = (pool: readonly Edit[]): fc.Arbitrary<OriginChange> =>
  fc.tuple(fc.constantFrom(...pool), fc.nat(60)).map(
    ([edit, position]): OriginChange =>
      (allowed) =>
        edit(allowed, position),
  );

const instead = (value: fc.Arbitrary<string>): fc.Arbitrary<OriginChange> => value.map((text) => () => text);

const nearMiss = editedBy([...edits, ...prefixed, ...inner]);

/** One character per byte. */
export const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((octets) => Buffer.from(octets).toString('latin1'));

/** A text that is long, or very long; a server that reads a header of it answers 431 in time. */
export const longText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('a', 'a.', ',', ' ', '%0d', '\xff', 'https://', '-', 'x,'),
    fc.integer({ min: 100, max: 9000 }),
  )
  .map(([piece, length]) => piece.repeat(Math.ceil(length / piece.length)));

/** The value of an `Origin` line: about every other time one that is allowed. */
export const originChange: fc.Arbitrary<OriginChange> = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant(unchanged), weight: 52 },
  { arbitrary: nearMiss, weight: 25 },
  { arbitrary: instead(fc.constantFrom(...strangers)), weight: 12 },
  {
    arbitrary: fc.tuple(nearMiss, nearMiss).map(
      ([first, second]): OriginChange =>
        (allowed) =>
          second(first(allowed)),
    ),
    weight: 4,
  },
  { arbitrary: editedBy(injections), weight: 3 },
  { arbitrary: instead(bytes(40)), weight: 2 },
  { arbitrary: instead(longText.map((text) => `https://${text}.example.com`)), weight: 1 },
);
