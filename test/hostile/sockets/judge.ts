import { isSerialized } from '../oracle/policies.js';
import { type Answer, valuesOf } from '../wire/answers.js';
import type { HandshakeCase } from './cases.js';
import { type HandshakeExchange, framesOf } from './exchange.js';
import { type SeenHandshake, judgeAccepted, mayBeAccepted, valuesIn } from './oracle.js';
import { decodedOften, rulingOf } from './places.js';

/** What has to come of a handshake of which it is beyond doubt how it is read; `undefined`: there is doubt. */
export type Expected = 'accepted' | 'refused' | undefined;

// No control characters, no whitespace around names, no folding: what every parser reads alike.
const PLAIN_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\x20-\x7e\x80-\xff\t]*$/;
/** They change how the connection goes on, or let it end. */
const TURNING = /^(?:(?:proxy-)?connection|upgrade|expect|keep-alive|content-length|transfer-encoding|te)[ \t]*:/i;
const POLICIES = ['default', 'list', 'lookup', 'function', 'pattern', 'memory', 'graph'] as const;

export function expectedOf(hostile: HandshakeCase): Expected {
  const { to, method, target, version, lines, eol, body, ending } = hostile;
  const isPlain =
    method === 'GET' &&
    target === to.path + to.query &&
    version === 'HTTP/1.1' &&
    eol === '\r\n' &&
    body === undefined &&
    ending === 'waits' &&
    lines.every((line) => PLAIN_LINE.test(line)) &&
    lines.join('').length < 12_000;
  if (!isPlain || !hasPlainProtocol(hostile)) {
    return undefined;
  }
  const ruling = mayBeAccepted(seenOf(hostile));
  return ruling === undefined ? undefined : ruling ? 'accepted' : 'refused';
}

function isPoll({ to: { protocol } }: HandshakeCase): boolean {
  return protocol === 'polling' || protocol === 'later poll';
}

function rawHeadersOf({ lines }: HandshakeCase): string[] {
  return lines.flatMap((line) => {
    const [, name = '', value = ''] = /^([^:]*):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    return [name, value];
  });
}

function seenOf(hostile: HandshakeCase): SeenHandshake {
  const { place } = hostile.to;
  return { place, url: hostile.target, rawHeaders: rawHeadersOf(hostile), isPolling: isPoll(hostile) };
}

/** Whether there is one host, and whether the request is an upgrade as RFC 6455 has it, or none at all. */
function hasPlainProtocol(hostile: HandshakeCase): boolean {
  const rawHeaders = rawHeadersOf(hostile);
  const turning = hostile.lines.filter((line) => TURNING.test(line));
  if (!/^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?$/i.test(valuesIn(rawHeaders, 'host').join(' '))) {
    return false;
  }
  if (isPoll(hostile)) {
    return turning.length === 0;
  }
  const [connection = '', ...others] = valuesIn(rawHeaders, 'connection');
  const protocols = valuesIn(rawHeaders, 'sec-websocket-protocol');
  const extensions = valuesIn(rawHeaders, 'sec-websocket-extensions');
  return (
    turning.length === 2 &&
    others.length === 0 &&
    /^(?:keep-alive, )?upgrade$/i.test(connection) &&
    valuesIn(rawHeaders, 'upgrade').join().toLowerCase() === 'websocket' &&
    valuesIn(rawHeaders, 'sec-websocket-key').join() === 'dGhlIHNhbXBsZSBub25jZQ==' &&
    /^(?:13|8)$/.test(valuesIn(rawHeaders, 'sec-websocket-version').join()) &&
    /^[a-z-]*$/.test([...protocols, ...extensions].join(''))
  );
}

/** What has to come after a 101, in order: the beginnings of texts. */
function textsOf(hostile: HandshakeCase): readonly string[] {
  const { protocol, place, allowed } = hostile.to;
  switch (protocol) {
    case 'WebSocket':
      return framesOf(hostile);
    case 'upgrade of a session':
      return ['3probe'];
    default:
      return place === 'names' && allowed.length > 0 ? ['0{', '4', '4'] : ['0{', '40'];
  }
}

/** Whether everything has come that a handshake which is beyond doubt gets. */
export function isComplete(hostile: HandshakeCase, answers: readonly Answer[], texts: readonly string[]): boolean {
  const last = answers.at(-1);
  return last !== undefined && (last.status === 101 ? texts.length >= textsOf(hostile).length : isPoll(hostile));
}

/** What of an exchange breaks a promise. */
export function judgeHandshake(hostile: HandshakeCase, exchange: HandshakeExchange, expected: Expected): string[] {
  const { answers, malformation, hung } = exchange;
  const last = answers.at(-1);
  return [
    ...(hung ? ['no answer and no end of the connection'] : []),
    // WsAdapter writes such a line where it cannot read a URL. An answer to HEAD has a length, and no body.
    ...(malformation === undefined || malformation.includes('"HTTP/1.1 400') || hostile.method === 'HEAD'
      ? []
      : [malformation]),
    ...answers.flatMap((answer) => judgeAnswer(answer, hostile, exchange.sent)),
    ...(expected === 'accepted' ? judgeAllowed(hostile, last, exchange.texts) : []),
    ...(expected === 'refused' && last?.status !== 403 ? [`refused with ${last?.status ?? 'nothing'}`] : []),
  ];
}

function judgeAllowed(hostile: HandshakeCase, last: Answer | undefined, texts: readonly string[]): string[] {
  const status = isPoll(hostile) ? 200 : 101;
  if (last?.status !== status) {
    return [`an allowed handshake was answered with ${last?.status ?? 'nothing'}: ${last?.body ?? ''}`];
  }
  const taken = takenOf(last);
  if (taken?.place !== hostile.to.place) {
    return [`accepted at ${taken?.place ?? 'no place'} instead of ${hostile.to.place}`];
  }
  const awaited = status === 200 ? [] : textsOf(hostile);
  return awaited.every((text, at) => texts[at]?.startsWith(text))
    ? []
    : [`frames were lost: ${JSON.stringify(texts)} instead of ${JSON.stringify(awaited)}`];
}

function judgeAnswer(answer: Answer, { method }: HandshakeCase, sent: string): string[] {
  const taken = takenOf(answer);
  const complaints = taken === undefined ? [] : judgeAccepted(taken);
  if (answer.status === 101 && taken === undefined) {
    complaints.push('accepted by something unknown');
  }
  // engine.io answers methods that it does not know with 500.
  if (answer.status > 500 || (answer.status === 500 && /^(?:GET|POST)$/.test(method))) {
    complaints.push(`status ${answer.status}`);
  }
  const [allowed] = valuesOf(answer.headers, 'access-control-allow-origin');
  if (allowed !== undefined && !mayBeGranted(allowed, sent)) {
    complaints.push(`Access-Control-Allow-Origin: ${allowed}`);
  }
  return complaints;
}

/** Whether some policy allows the origin, and the client has sent it. */
function mayBeGranted(origin: string, sent: string): boolean {
  return origin === '*'
    ? // Express compares paths without case.
      decodedOften(sent).toLowerCase().includes('assets')
    : isSerialized(origin) !== false && sent.includes(origin) && rulingOf(POLICIES, origin, '/') !== false;
}

export function takenOf({ headers }: Answer): SeenHandshake | undefined {
  const [told] = valuesOf(headers, 'x-taken');
  return told === undefined ? undefined : (JSON.parse(Buffer.from(told, 'base64url').toString()) as SeenHandshake);
}
