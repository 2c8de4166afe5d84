import fc from 'fast-check';
import type { Versions } from '../application/application.js';
import { hostLines, originLines, otherLines, requestHeadersLines, requestMethodLines } from './header-lines.js';
import { bytes } from './origins.js';
import { destination, targetChange } from './targets.js';

/** A request on a stream of its own. */
export interface Http2Request {
  /** As they are sent: pseudo-headers are not told from others. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What is sent over one connection. */
export interface Http2Case {
  readonly versions: Versions;
  readonly requests: readonly Http2Request[];
}

type Fields = Http2Request['fields'];
type Edit = (fields: Fields, at: number) => Fields;

/** A line of HTTP/1.1 as the field that it would be; names are in lower case, or the request is malformed. */
function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':', 1);
  const [name, value] = colon === -1 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
  return [name.toLowerCase(), value.replace(/^[ \t]+|[ \t]+$/g, '')];
}

const changed =
  (change: (field: Fields[number]) => Fields): Edit =>
  (fields, at) =>
    fields.flatMap((field, index) => (index === at % fields.length ? change(field) : [field]));

/** What a client must not send: a server has to reset the stream, or to make nothing of it. */
const edits: readonly Edit[] = [
  changed(() => []),
  changed((field) => [field, field]),
  changed(([name, value]) => [[name.toUpperCase(), value]]),
  changed(([name]) => [[name, '']]),
  changed(([name, value]) => [[name, `${value}\r\nx-injected: 1`]]),
  changed(([name, value]) => [[name, `${value}\0`]]),
  changed(([name, value]) => [[name, ` ${value} `]]),
  changed(([name, value]) => [[`${name} `, value]]),
  changed(([name, value]) => [[`${name}:`, value]]),
  changed(([, value]) => [['', value]]),
  changed((field) => [['x-first', '1'], field]),
  (fields) => [...fields].reverse(),
  ...[
    ['connection', 'close'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'h2c'],
    ['te', 'gzip'],
    ['content-length', '5'],
    ['content-length', '-1'],
    ['host', 'one.test'],
    [':authority', 'one.test'],
    [':path', '/star'],
    [':method', 'GET'],
    [':status', '200'],
    [':protocol', 'websocket'],
    [':unknown', '1'],
    ['expect', '100-continue'],
    ['origin', 'https://app.example.com'],
    ['access-control-request-method', 'GET'],
  ].map(([name = '', value = '']): Edit => (fields) => [...fields, [name, value]]),
];

const method = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constantFrom('GET', 'OPTIONS', 'PUT', 'POST', 'DELETE', 'OPTIONS'), weight: 90 },
  { arbitrary: fc.constantFrom('HEAD', 'PATCH', 'get', 'CONNECT', 'TRACE', 'FOO', '', 'GE T', 'GET\r\n'), weight: 9 },
  { arbitrary: bytes(8), weight: 1 },
);

const preflightLines = fc.tuple(requestMethodLines, requestHeadersLines).map((lines) => lines.flat());

const request: fc.Arbitrary<Http2Request> = fc
  .record({
    ...{ method, to: destination, change: targetChange, host: hostLines, origin: originLines, asked: preflightLines },
    others: otherLines,
    body: fc.constantFrom('', '', '', '', '{}', '{', 'x'.repeat(3000)),
    edit: fc.oneof(
      { withCrossShrink: true },
      { arbitrary: fc.constant([]), weight: 4 },
      { arbitrary: fc.tuple(fc.constantFrom(...edits), fc.nat(9)), weight: 1 },
    ),
  })
  .map(({ method: verb, to: { path, allowed }, change, host, origin, asked, others, body, edit }) => {
    const lines = [...origin(allowed), ...(verb === 'OPTIONS' ? asked : []), ...others];
    const authority = path === '/hosted' ? 'one.test' : (fieldOf(host[0] ?? '')[1] ?? '');
    const fields: Fields = [
      [':method', verb],
      [':scheme', 'http'],
      [':authority', authority],
      [':path', change(path)],
      ...lines.map(fieldOf),
      ...(body === '' ? [] : [['content-type', 'application/json'] as const]),
    ];
    const [apply, at = 0] = edit as readonly [Edit?, number?];
    return { fields: apply === undefined ? fields : apply(fields, at), body };
  });

export const http2Case: fc.Arbitrary<Http2Case> = fc.record({
  versions: fc.constantFrom<Versions[]>('in the path', 'in a header'),
  requests: fc.array(request, { minLength: 1, maxLength: 3 }),
});
