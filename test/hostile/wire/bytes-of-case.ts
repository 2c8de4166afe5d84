import type { HostileCase, HostileRequest } from '../generator/cases.js';

/** The bytes of a request, one character each. */
export function bytesOf({ method, target, version, lines, eol, body }: HostileRequest, index: number): string {
  const head = [`${method} ${target} ${version}`, `X-Index: ${index}`, ...lines, ...body.lines];
  return `${head.join(eol)}${eol}${eol}${body.bytes}`;
}

// No control characters, no whitespace around names, no folding: what every parser reads alike.
const PLAIN_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\x20-\x7e\x80-\xff\t]*$/;
const PLAIN_TARGET = /^\/[\x21-\x7e]*$/;
const PLAIN_METHOD = /^(?:GET|PUT|POST|DELETE|HEAD|PATCH|OPTIONS)$/;
/** They change how the connection goes on, or let it end. */
const TURNING = /^(?:(?:proxy-)?connection|expect|upgrade|keep-alive|content-length|transfer-encoding)[ \t]*:/i;

/** Whether it is beyond doubt that the request is answered, and where the next one begins. */
function isPlain({ method, target, version, lines, eol, body }: HostileRequest): boolean {
  return (
    version === 'HTTP/1.1' &&
    eol === '\r\n' &&
    body.framed &&
    PLAIN_METHOD.test(method) &&
    PLAIN_TARGET.test(target) &&
    lines.every((line) => PLAIN_LINE.test(line) && !TURNING.test(line)) &&
    lines.filter((line) => /^host:/i.test(line)).length === 1 &&
    lines.concat(target).join('').length < 12_000
  );
}

/** Closes the connection of a case that leaves it open who reads what, if it is read as a request. */
const LAST_REQUEST = 'GET /nowhere HTTP/1.1\r\nX-Index: 99\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** What goes over a connection. */
export interface Sending {
  /** One character per byte, write by write. */
  readonly writes: readonly string[];
  /** How many answers there have to be; `undefined`: that is the parser's to decide. */
  readonly answers: number | undefined;
}

/** What is sent of a case. */
export function sendingOf({ requests, cuts }: HostileCase): Sending {
  const plain = requests.every(isPlain);
  const all = requests.map((request, index) => bytesOf(request, index)).join('') + (plain ? '' : LAST_REQUEST);
  const positions = [...new Set(cuts.map((percent) => Math.floor((all.length * percent) / 100)))].sort((a, b) => a - b);
  const writes = [0, ...positions].map((from, at) => all.slice(from, positions[at])).filter((text) => text !== '');
  return { writes, answers: plain ? requests.length : undefined };
}
