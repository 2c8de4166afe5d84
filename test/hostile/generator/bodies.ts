import fc from 'fast-check';
import { bytes } from './origins.js';

/** How a request goes on after its head. */
export interface Body {
  /** What the head says of it. */
  readonly lines: readonly string[];
  readonly bytes: string;
  /** Whether head and bytes agree, so that it is clear where the next request begins. */
  readonly framed: boolean;
}

const none: Body = { lines: [], bytes: '', framed: true };

function framed(content: string, type = 'application/json'): Body {
  return { lines: [`Content-Type: ${type}`, `Content-Length: ${content.length}`], bytes: content, framed: true };
}

function chunked(chunks: readonly string[]): Body {
  const written = [...chunks.filter((chunk) => chunk !== ''), ''].map(
    (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
  );
  const lines = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
  return { lines, bytes: written.join(''), framed: true };
}

const content = fc.oneof(
  { arbitrary: fc.constantFrom('{}', '{"a":1}', '[]', ''), weight: 6 },
  {
    arbitrary: fc.constantFrom('{', 'null', '"', '{"__proto__":{"polluted":1}}', '\xff\xfe', '{"a":1}}', '1'),
    weight: 3,
  },
  { arbitrary: fc.constantFrom(2000, 2100, 5000, 20_000).map((length) => `"${'x'.repeat(length)}"`), weight: 1 },
  { arbitrary: bytes(30), weight: 1 },
);

/** A request that a body hides, for servers that see its end elsewhere. */
const hidden = fc
  .tuple(
    fc.constantFrom('/list', '/star', '/lookup', '/nowhere', '/reject'),
    fc.constantFrom('https://app.example.com', 'https://evil.test', 'https://looked-up.example.org'),
    fc.constantFrom('GET', 'OPTIONS'),
  )
  .map(
    ([path, origin, method]) =>
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\n` +
      `${method === 'OPTIONS' ? 'Access-Control-Request-Method: GET\r\n' : ''}\r\n`,
  );

type Dispute = (hidden: string) => readonly [lines: readonly string[], bytes: string];

const disputes: readonly Dispute[] = [
  (text) => [['Content-Length: 0'], text],
  (text) => [[`Content-Length: ${text.length}`], text.slice(0, -3)],
  (text) => [[`Content-Length: ${text.length}`, 'Transfer-Encoding: chunked'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: identity, chunked'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: xchunked'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding : chunked'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding:\r\n chunked'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], `0\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: \x0bchunked'], `0\r\n\r\n${text}`],
  (text) => [[`Content-Length: ${text.length}`, 'Content-Length: 0'], text],
  (text) => [['Content-Length: 0', 'Content-Length: 0'], text],
  (text) => [[`Content-Length: +${text.length}`], text],
  (text) => [['Content-Length: -1'], text],
  (text) => [['Content-Length: 0x10'], text],
  (text) => [['Content-Length: 0, 0'], text],
  (text) => [['Content-Length: 99999999999999999999'], text],
  (text) => [['Content-Length:'], text],
  (text) => [['Transfer-Encoding: chunked'], `0;a=b\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked'], `0\r\nOrigin: https://app.example.com\r\n\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked'], `0\n\n${text}`],
  (text) => [['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked'], `-1\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked'], `zz\r\n${text}`],
  (text) => [['Transfer-Encoding: chunked'], `5\r\nhello0\r\n\r\n${text}`],
];

export const body: fc.Arbitrary<Body> = fc.oneof(
  // A case that fails shrinks to one without a body.
  { withCrossShrink: true },
  { arbitrary: fc.constant(none), weight: 74 },
  { arbitrary: content.map((text) => framed(text)), weight: 13 },
  {
    arbitrary: fc
      .tuple(content, fc.constantFrom('text/plain', 'application/json; charset=x', '', 'a/b; c'))
      .map(([text, type]) => framed(text, type)),
    weight: 3,
  },
  { arbitrary: hidden.map((text) => framed(text, 'text/plain')), weight: 2 },
  { arbitrary: fc.array(content, { maxLength: 3 }).map(chunked), weight: 5 },
  {
    arbitrary: fc.tuple(hidden, fc.constantFrom(...disputes)).map(([text, dispute]): Body => {
      const [lines, rest] = dispute(text);
      return { lines, bytes: rest, framed: false };
    }),
    weight: 3,
  },
);
