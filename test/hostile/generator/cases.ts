import fc from 'fast-check';
import type { Versions } from '../application/application.js';
import { type Body, body } from './bodies.js';
import {
  hostLines,
  originLines,
  otherLines,
  privateNetworkLines,
  requestHeadersLines,
  requestMethodLines,
} from './header-lines.js';
import { bytes } from './origins.js';
import { destination, targetChange } from './targets.js';

/** A request as it goes over the socket; one character per byte everywhere. */
export interface HostileRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly lines: readonly string[];
  /** How lines end. */
  readonly eol: string;
  readonly body: Body;
}

/** What is sent over one connection. */
export interface HostileCase {
  readonly versions: Versions;
  readonly requests: readonly HostileRequest[];
  /** Where the bytes are cut into writes of their own, in percent of all. */
  readonly cuts: readonly number[];
}

export const httpVersion = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant('HTTP/1.1'), weight: 198 },
  {
    arbitrary: fc.constantFrom(
      'HTTP/1.0',
      'HTTP/0.9',
      'HTTP/2.0',
      'HTTP/1.2',
      'http/1.1',
      'HTTP/1.1 ',
      '',
      'RTSP/1.0',
      'HTTP/1.1\t',
    ),
    weight: 3,
  },
);
export const eol = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant('\r\n'), weight: 297 },
  { arbitrary: fc.constantFrom('\n', '\r', '\r\r\n', '\r\n\r\n'), weight: 3 },
);
const actualMethod = fc.oneof(
  { arbitrary: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'), weight: 88 },
  { arbitrary: fc.constantFrom('HEAD', 'PATCH', 'OPTIONS', 'QUERY', 'PROPFIND', 'M-SEARCH', 'TRACE'), weight: 8 },
  {
    arbitrary: fc.constantFrom('get', 'Get', 'options', 'CONNECT', 'FOO', 'PRI', '', 'GET\0', 'GE T', '\xff', 'GET '),
    weight: 3,
  },
  { arbitrary: bytes(8), weight: 1 },
);

/** What both kinds of request have; `allowed` is the origin that the target's policy lets pass. */
const head = fc
  .record({ to: destination, change: targetChange, version: httpVersion, eol, host: hostLines, origin: originLines })
  .map(({ to: { path, allowed }, change, version, eol: end, host, origin }) => ({
    request: { target: change(path), version, eol: end },
    // A route that has a host is asked at that host, unless a line of another kind is wanted.
    lines: [...(path === '/hosted' && host[0] === 'Host: localhost' ? ['Host: one.test'] : host), ...origin(allowed)],
  }));

const actual: fc.Arbitrary<HostileRequest> = fc
  .tuple(head, actualMethod, otherLines, body)
  .map(([{ request, lines }, method, others, sent]) => ({
    ...request,
    method,
    lines: [...lines, ...others],
    body: sent,
  }));

const preflight: fc.Arbitrary<HostileRequest> = fc
  .tuple(head, requestMethodLines, requestHeadersLines, privateNetworkLines, otherLines, body)
  .map(([{ request, lines }, method, headers, network, others, sent]) => ({
    ...request,
    method: 'OPTIONS',
    lines: [...lines, ...method, ...headers, ...network, ...others],
    body: sent,
  }));

const noBody: Body = { lines: [], bytes: '', framed: true };
const plain = { version: 'HTTP/1.1', eol: '\r\n', body: noBody };

/** A preflight and the request that it asks for, to the same target: the handler that the latter reaches judges the former. */
const both: fc.Arbitrary<readonly HostileRequest[]> = fc
  .tuple(destination, targetChange, fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'), hostLines)
  .map(([{ path, allowed }, change, method, host]) => {
    const request = { ...plain, target: change(path) };
    const lines = [...host, `Origin: ${allowed}`];
    return [
      { ...request, method: 'OPTIONS', lines: [...lines, `Access-Control-Request-Method: ${method}`] },
      { ...request, method, lines },
    ];
  });

/** A request as a browser sends it. */
const honest: fc.Arbitrary<HostileRequest> = fc
  .tuple(destination, fc.constantFrom('GET', 'PUT', 'OPTIONS'))
  .map(([{ path, allowed }, method]) => ({
    ...plain,
    method,
    target: path,
    lines: [
      path === '/hosted' ? 'Host: one.test' : 'Host: localhost',
      `Origin: ${allowed}`,
      ...(method === 'OPTIONS' ? ['Access-Control-Request-Method: GET'] : []),
    ],
  }));

const single = fc.oneof(
  { arbitrary: actual, weight: 5 },
  { arbitrary: preflight, weight: 5 },
  { arbitrary: honest, weight: 2 },
);

const requests: fc.Arbitrary<readonly HostileRequest[]> = fc
  .oneof(
    { withCrossShrink: true },
    { arbitrary: single.map((request) => [request]), weight: 6 },
    { arbitrary: both, weight: 2 },
    { arbitrary: fc.tuple(single, single), weight: 1 },
    { arbitrary: fc.tuple(single, both, single).map(([first, pair, last]) => [first, ...pair, last]), weight: 1 },
  )
  .map((each) => each.map(withoutExpectation));

/**
 * Node.js writes the 100 that a pipelined request expects into the middle of an answer, with and without an application:
 * only the first request of a connection may expect one.
 */
function withoutExpectation(request: HostileRequest, index: number): HostileRequest {
  return index === 0 ? request : { ...request, lines: request.lines.filter((line) => !/^expect/i.test(line)) };
}

export const hostileCase: fc.Arbitrary<HostileCase> = fc.record({
  versions: fc.constantFrom<Versions[]>('in the path', 'in a header'),
  requests,
  cuts: fc.oneof(
    { withCrossShrink: true },
    { arbitrary: fc.constant([]), weight: 8 },
    { arbitrary: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }), weight: 2 },
  ),
});
