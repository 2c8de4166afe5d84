import fc from 'fast-check';
import { body } from '../generator/bodies.js';
import { eol, httpVersion } from '../generator/cases.js';
import { type Lines, lines, often, originLines, otherLine, several, spelling } from '../generator/header-lines.js';
import { bytes, originChange } from '../generator/origins.js';
import { type TargetChange, targetChange } from '../generator/targets.js';
import { type Destination, destinations } from './destinations.js';

/** How the client goes on when it has sent everything. */
export type Ending = 'waits' | 'resets' | 'stops halfway' | 'resets halfway';

/** A handshake as it goes over the socket; one character per byte everywhere. */
export interface HandshakeCase {
  readonly to: Destination;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly lines: readonly string[];
  /** How lines end. */
  readonly eol: string;
  /** What follows the head in the same write, instead of frames. */
  readonly body: string | undefined;
  /** Frames that are sent with the handshake. */
  readonly frames: number;
  /** Where the bytes are cut into writes of their own, in percent of all. */
  readonly cuts: readonly number[];
  readonly ending: Ending;
}

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket'];

const upgradeLines: Lines = fc.oneof(
  { withCrossShrink: true },
  often(85, fc.constant(UPGRADE)),
  often(
    4,
    fc.constantFrom<readonly string[]>(
      ['Connection: keep-alive, Upgrade', 'Upgrade: websocket'],
      ['connection: upgrade', 'upgrade: WebSocket'],
      ['Connection: Upgrade', 'Connection: close', 'Upgrade: websocket'],
      ['Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: websocket'],
      ['Upgrade: websocket', 'Connection: Upgrade'],
    ),
  ),
  often(
    4,
    fc.constantFrom<readonly string[]>(
      ['Connection: Upgrade'],
      ['Upgrade: websocket'],
      ['Connection: Upgrade', 'Upgrade: h2c'],
      ['Connection: Upgrade', 'Upgrade: h2c, websocket'],
      ['Connection: Upgrade', 'Upgrade: websocket/13'],
      ['Connection: Upgrade', 'Upgrade:'],
      ['Connection: Upgrade, Origin', 'Upgrade: websocket'],
      ['Connection: close', 'Upgrade: websocket'],
    ),
  ),
);

const webSocketLines: Lines = fc.oneof(
  { withCrossShrink: true },
  often(85, fc.constant([KEY, 'Sec-WebSocket-Version: 13'])),
  often(3, fc.constant([KEY, 'Sec-WebSocket-Version: 8'])),
  often(3, fc.constant([KEY, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: graphql-transport-ws'])),
  often(3, fc.constant([KEY, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Extensions: permessage-deflate'])),
  often(
    4,
    fc.constantFrom<readonly string[]>(
      [KEY],
      ['Sec-WebSocket-Version: 13'],
      [KEY, KEY, 'Sec-WebSocket-Version: 13'],
      [KEY, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 13'],
      [KEY, 'Sec-WebSocket-Version: 7'],
      [KEY, 'Sec-WebSocket-Version: 0x0d'],
      ['Sec-WebSocket-Key: short', 'Sec-WebSocket-Version: 13'],
      ['Sec-WebSocket-Key1: 1', 'Sec-WebSocket-Key2: 2'],
      [KEY, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: a,,b'],
      [KEY, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Protocol: \x80'],
      [KEY, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Extensions: permessage-deflate; x="'],
    ),
  ),
);

/** `Origin` as version 8 of the protocol names it; makes lines of an origin that is allowed. */
const version8Lines = fc.oneof(
  { withCrossShrink: true },
  often(
    92,
    fc.constant(() => []),
  ),
  often(
    8,
    several(0, fc.tuple(spelling, originChange)).map(
      (all) => (allowed: string) => all.map(([spell, change]) => spell('Sec-WebSocket-Origin', change(allowed))),
    ),
  ),
);

const siteLines: Lines = lines(
  70,
  'Sec-Fetch-Site',
  fc.constantFrom(
    ...['same-origin', 'none', 'cross-site', 'same-site', 'Same-Origin', 'same-origin, none', '', 'null', 'x'],
  ),
);

const hostLines: Lines = fc.oneof(
  { withCrossShrink: true },
  often(80, fc.constant(['Host: localhost'])),
  often(
    10,
    fc.constantFrom<readonly string[]>(
      ['Host: evil.test'],
      ['Host: app.example.com'],
      ['Host: [::1]:8443'],
      ['Host: 127.0.0.1'],
      ['Host: LOCALHOST'],
      ['Host: localhost:80'],
    ),
  ),
  often(
    4,
    fc.constantFrom<readonly string[]>(
      [],
      ['Host:'],
      ['Host: localhost', 'Host: evil.test'],
      ['Host: evil.test', 'X-Forwarded-Host: localhost'],
      ['Host: [', 'X-Forwarded-Host: evil.test'],
      ['Host: a b'],
      ['Host: localhost/', 'Forwarded: host=evil.test'],
      ['Host: evil.test@localhost'],
      ['Host: \xff'],
    ),
  ),
);

/** Some come from the own origin: its page, or another one at this host. */
const ownOrigin = fc.constantFrom('http://localhost', 'https://localhost', 'http://evil.test', 'https://[::1]:8443');

const allOriginLines = fc.oneof(
  { withCrossShrink: true },
  often(90, originLines),
  often(
    5,
    ownOrigin.map((origin) => () => [`Origin: ${origin}`]),
  ),
  often(
    5,
    fc.constant(() => []),
  ),
);

type Edit = (query: string) => string;

/** What makes another request of engine.io of a query, or only seems to. */
const queryEdits: readonly Edit[] = [
  ...['&j=0', '&j', '&%6a=0', '&J=0', ';j=0', '&j=0&j=1', '&b64=1', '&sid=', '&sid=unknown', '&sid=__proto__'].map(
    (suffix): Edit =>
      (query) =>
        query + suffix,
  ),
  ...['&sid=constructor', '&EIO=3', '&EIO=4', '&transport=websocket', '&transport=polling', '&transport=webtransport'],
  ...['&transport=constructor', '&t=x', '&%', '&__proto__=1', '&sid[]=x', '#&j=0', '&sid=x&sid=y'],
].map((edit): Edit => (typeof edit === 'string' ? (query) => query + edit : edit));
const otherQueryEdits: readonly Edit[] = [
  (query) => query.replace('?', '?j=0&'),
  (query) => query.replace('?', '?sid=x&'),
  (query) => query.replace('?', '??'),
  (query) => query.replace('EIO=4', 'EIO=3'),
  (query) => query.replace('EIO=4', 'EIO=5'),
  (query) => query.replace('transport=', 'Transport='),
  (query) => query.replace('polling', 'websocket'),
  (query) => query.replace('websocket', 'polling'),
  (query) => query.replaceAll('=', '%3d'),
  (query) => query.replace('{sid}', '{sid}&sid={sid}'),
  () => '',
];

const queryChange = fc.oneof(
  { withCrossShrink: true },
  often(
    75,
    fc.constant<Edit>((query) => query),
  ),
  often(20, fc.constantFrom(...queryEdits, ...otherQueryEdits)),
  often(
    5,
    fc.tuple(fc.constantFrom(...queryEdits), fc.constantFrom(...queryEdits)).map(
      ([first, second]): Edit =>
        (query) =>
          second(first(query)),
    ),
  ),
);

/** In front of a path: absolute forms, another host, and what hides a path. */
const prefix = fc.oneof(
  { withCrossShrink: true },
  often(92, fc.constant('')),
  often(8, fc.constantFrom('http://localhost', 'ws://evil.test', '//evil.test', '/x/..', '/open/..', '/assets/%2e%2e')),
);

const target = (path: string, query: string, change: TargetChange, before: string, edit: Edit): string =>
  before + change(path) + edit(query);

const method = fc.oneof(
  { withCrossShrink: true },
  often(90, fc.constant(undefined)),
  often(7, fc.constantFrom('GET', 'POST', 'OPTIONS', 'PUT', 'HEAD', 'CONNECT', 'get', 'DELETE')),
);

const credentials: Lines = fc.oneof(
  { withCrossShrink: true },
  often(70, fc.constant([])),
  often(
    20,
    fc.constantFrom<readonly string[]>(
      ['Cookie: session=1'],
      ['Authorization: Basic eDp5'],
      ['cookie:a', 'COOKIE: b', 'authorization: c'],
    ),
  ),
);

const others: Lines = fc.oneof(
  { withCrossShrink: true },
  often(85, fc.constant([])),
  often(
    10,
    otherLine.map((text) => [text]),
  ),
  often(
    4,
    fc.constantFrom<readonly string[]>(
      ['Access-Control-Request-Method: GET'],
      ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: x-one'],
    ),
  ),
);

/** What a client sends in the place of frames: another handshake, a body, or anything. */
const afterHead: fc.Arbitrary<{ readonly lines: readonly string[]; readonly bytes: string } | undefined> = fc.oneof(
  { withCrossShrink: true },
  often(92, fc.constant(undefined)),
  often(4, body),
  often(
    2,
    fc.constantFrom('/live', '/graphql', '/socket.io/?EIO=4&transport=websocket').map((path) => ({
      lines: [],
      bytes:
        [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Origin: https://evil.test', ...UPGRADE, KEY].join('\r\n') +
        '\r\nSec-WebSocket-Version: 13\r\n\r\n',
    })),
  ),
  often(
    2,
    bytes(30).map((text) => ({ lines: [], bytes: text })),
  ),
);

export const handshakeCase: fc.Arbitrary<HandshakeCase> = fc
  .record({
    to: fc.constantFrom(...destinations),
    change: fc.oneof(
      { withCrossShrink: true },
      often(
        60,
        fc.constant<TargetChange>((path) => path),
      ),
      often(40, targetChange),
    ),
    edit: queryChange,
    before: prefix,
    version: httpVersion,
    eol,
    method,
    host: hostLines,
    origin: allOriginLines,
    version8: version8Lines,
    site: siteLines,
    upgrade: upgradeLines,
    socket: webSocketLines,
    cookies: credentials,
    other: others,
    after: afterHead,
    frames: fc.integer({ min: 0, max: 3 }),
    cuts: fc.oneof(
      { withCrossShrink: true },
      often(8, fc.constant([])),
      often(2, fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 3 })),
    ),
    ending: fc.oneof(
      { withCrossShrink: true },
      often(90, fc.constant<Ending>('waits')),
      often(7, fc.constantFrom<Ending[]>('resets', 'stops halfway', 'resets halfway')),
    ),
  })
  .map(({ to, change, edit, before, version, eol: end, after: given, frames, cuts, ending, ...head }) => {
    // socket.io alone on a port never ends the upgrade of another path behind a request that was answered.
    const after = to.server === 'io own port' && given?.bytes.startsWith('GET ') === true ? undefined : given;
    const isPoll = to.protocol === 'polling' || to.protocol === 'later poll';
    const ofProtocol = isPoll ? [] : [...head.upgrade, ...head.socket];
    const origins = [...head.origin(to.allowed), ...head.version8(to.allowed)];
    return {
      to,
      method: head.method ?? 'GET',
      target: target(to.path, to.query, change, before, edit),
      version,
      lines: [
        ...[...head.host, ...origins, ...head.site, ...ofProtocol, ...head.cookies, ...head.other],
        ...(head.method === 'OPTIONS' ? ['Access-Control-Request-Method: POST'] : []),
        ...(after?.lines ?? []),
      ],
      eol: end,
      body: after?.bytes,
      frames,
      cuts,
      ending,
    };
  });
