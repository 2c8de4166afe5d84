import fc from 'fast-check';
import { bytes, longText, originChange } from './origins.js';

/** Lines of a head, without their ends; one character per byte. */
export type Lines = fc.Arbitrary<readonly string[]>;

export const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ arbitrary, weight });

type Spelling = (name: string, value: string) => string;

/** A field in the spellings that parsers take, or take for something else; the plain one far more often than each other. */
export const spelling = fc.constantFrom<Spelling[]>(
  ...Array.from({ length: 90 }, (): Spelling => (name, value) => `${name}: ${value}`),
  (name, value) => `${name.toLowerCase()}:${value}`,
  (name, value) => `${name.toUpperCase()}: ${value}`,
  (name, value) => `${name}: \t ${value} \t`,
  (name, value) => `${name}:\r\n ${value}`,
  (name, value) => `${name}: ${value.slice(0, 12)}\r\n\t${value.slice(12)}`,
  (name, value) => `${name} : ${value}`,
  (name, value) => ` ${name}: ${value}`,
  (name, value) => `${name}\0: ${value}`,
  (name, value) => `X-${name}: ${value}`,
);

/** One line, seldom none, seldom more of them that may say something else. */
export const several = <T>(none: number, one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.oneof(
    { withCrossShrink: true },
    often(
      100 - none - 6,
      one.map((text) => [text]),
    ),
    often(none, fc.constant([])),
    often(4, fc.tuple(one, one)),
    often(1, fc.tuple(one, one, one)),
    often(
      1,
      one.map((text) => [text, text]),
    ),
  );

export const lines = (none: number, name: string, value: fc.Arbitrary<string>): Lines =>
  several(
    none,
    fc.tuple(spelling, value).map(([spell, text]) => spell(name, text)),
  );

/** Makes the `Origin` lines of an origin that is allowed. */
export type OriginLines = (allowed: string) => readonly string[];

export const originLines: fc.Arbitrary<OriginLines> = several(6, fc.tuple(spelling, originChange)).map(
  (all) => (allowed) => all.map(([spell, change]) => spell('Origin', change(allowed))),
);

const requestedMethod = fc.oneof(
  { withCrossShrink: true },
  often(80, fc.constantFrom('GET', 'PUT', 'POST', 'DELETE')),
  often(8, fc.constantFrom('PATCH', 'HEAD', 'OPTIONS', 'QUERY', 'FOO')),
  often(
    10,
    fc.constantFrom(
      ...['get', 'Put', '', ' ', 'GET, PUT', 'GET PUT', 'GET,', '"GET"', '*', 'CONNECT', 'TRACE', 'TRACK', 'trace'],
      ...[
        '__proto__',
        'constructor',
        'GET\xff',
        'GET/list',
        'GET:',
        'GE\tT',
        'GET\r\nX-Injected: 1',
        'GET\0',
        'GET%0a',
      ],
    ),
  ),
  often(1, longText),
  often(1, bytes(20)),
);

export const requestMethodLines: Lines = lines(4, 'Access-Control-Request-Method', requestedMethod);

const headerName = fc.oneof(
  often(80, fc.constantFrom('x-one', 'X-Two', 'content-type', 'authorization', 'x-csrf-token')),
  often(
    3,
    fc.constantFrom('X-HTTP-Method-Override', 'x-forwarded-host', 'Forwarded', 'x-original-url', 'X-Rewrite-URL'),
  ),
  often(
    5,
    fc.constantFrom(
      ...['x-http-method-override', 'X-Method-Override', 'x-forwarded-host', 'X-Forwarded-For', 'forwarded'],
      ...['X-Original-URL', 'x-rewrite-url', 'x-forwarded', 'x-http-methods'],
    ),
  ),
  often(
    5,
    fc.constantFrom(
      ...['*', '', ' ', 'x one', 'x:one', '"x"', '__proto__', 'x-\xf6', '<x>', 'x;y', 'cookie', '\t', 'x\0'],
    ),
  ),
);
const headerNames = fc.oneof(
  often(
    40,
    fc.array(headerName, { maxLength: 4 }).map((names) => names.join(',')),
  ),
  often(
    10,
    fc.array(headerName, { maxLength: 6 }).map((names) => names.join(' ,\t')),
  ),
  often(
    1,
    fc
      .tuple(headerName, fc.integer({ min: 10, max: 1500 }))
      .map(([name, count]) => `${name},`.repeat(count).slice(0, 12_000)),
  ),
  often(1, longText),
  often(1, bytes(40)),
);

export const requestHeadersLines: Lines = lines(50, 'Access-Control-Request-Headers', headerNames);

export const privateNetworkLines: Lines = lines(
  90,
  'Access-Control-Request-Private-Network',
  fc.constantFrom('true', 'false', '', 'true, true', '1'),
);

export const hostLines: Lines = fc.oneof(
  { withCrossShrink: true },
  often(70, fc.constant(['Host: localhost'])),
  often(15, fc.constantFrom(['Host: one.test'], ['Host: one.test:8080'], ['Host: two.test'])),
  often(
    6,
    lines(
      10,
      'Host',
      fc.constantFrom(
        ...['localhost', 'one.test', '', 'one.test.', 'ONE.TEST', '[', ']', 'a b', '\xff', '%', 'localhost:99999999'],
        ...['app.example.com', 'one.test, two.test', 'one.test@two.test', '[::1]:80', 'one.test/x', '*', 'one.test#'],
      ),
    ),
  ),
);

export const otherLine = fc.oneof(
  often(
    20,
    fc.constantFrom(
      ...['Cookie: session=1', 'X-API-Version: 1', 'X-API-Version: 2', 'X-API-Version: 3', 'X-API-Version: 1, 2'],
      ...['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site', 'Accept-Version: 1.x', 'Accept: */*'],
      ...['X-Forwarded-Host: only.example.com', 'X-Forwarded-Proto: https', 'Forwarded: host=only.example.com'],
      ...[
        'If-None-Match: *',
        'X-HTTP-Method-Override: GET',
        'X-Original-URL: /star',
        'Via: 1.1 proxy',
        'Range: bytes=0-',
      ],
      ...['Authorization: Basic eDp5', 'Vary: Accept', 'Access-Control-Allow-Origin: *', '__proto__: 1', 'Cookie: '],
      ...['Access-Control-Allow-Credentials: true', 'Content-Type: text/plain', 'Content-Type: application/json'],
      ...['Access-Control-Request-Method: GET', 'Timing-Allow-Origin: *', 'Connection: keep-alive', 'TE: trailers'],
    ),
  ),
  often(
    4,
    fc.constantFrom(
      ...['Connection: close', 'Connection: Origin', 'Connection: upgrade', 'Upgrade: websocket', 'Upgrade: h2c'],
      ...['Expect: 100-continue', 'Expect: nothing', 'Connection: ', 'Keep-Alive: max=1', 'Proxy-Connection: close'],
    ),
  ),
  often(
    2,
    fc.constantFrom(
      ...[
        'X-Injected',
        ': no name',
        'no colon',
        'X Y: 1',
        'X-Long: \r\n folded',
        '\tX: 1',
        'X:\0',
        '\xff: 1',
        'X-A: \x7f',
      ],
    ),
  ),
  often(1, bytes(30)),
  often(
    1,
    longText.map((text) => `X-Filler: ${text}`),
  ),
);

export const otherLines: Lines = fc.oneof(
  { withCrossShrink: true },
  often(70, fc.constant([])),
  often(
    25,
    otherLine.map((text) => [text]),
  ),
  often(5, fc.array(otherLine, { maxLength: 4 })),
);
