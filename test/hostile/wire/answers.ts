import type { Seen } from '../application/sight.js';

/** One response, as it came over the socket. */
export interface Answer {
  readonly status: number;
  /** Names in lower case, values without the whitespace around them, in the order of the lines. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** What it answers; `undefined`: Node.js or the framework answered before the application had the request. */
  readonly seen: Seen | undefined;
}

/** What came over a connection: complete answers, and what is wrong with the bytes, if anything is. */
export interface Parsed {
  readonly answers: readonly Answer[];
  readonly rest: string;
  readonly malformation: string | undefined;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [ -~]*$/;
/** A field line as a server should write it: a token, and visible ASCII. */
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ \t!-~]*[!-~])?)?[ \t]*$/;

/** Reads the answers at the beginning of `text` (one character per byte), as strictly as a client may. */
export function parseAnswers(text: string, closed: boolean): Parsed {
  const answers: Answer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) {
      break;
    }
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = STATUS_LINE.exec(statusLine)?.[1];
    const fields = lines.map((line) => FIELD_LINE.exec(line));
    if (status === undefined || fields.includes(null)) {
      return { answers, rest, malformation: `no head of a response: ${JSON.stringify(rest.slice(0, end))}` };
    }
    const headers = fields.map((field) => [field?.[1]?.toLowerCase() ?? '', field?.[2] ?? ''] as const);
    const seen = readSeen(headers);
    const following = rest.slice(end + 4);
    // An interim response has no body, and neither does one to HEAD.
    const isInterim = status.startsWith('1');
    const body = isInterim || seen?.method === 'HEAD' ? '' : readBody(Number(status), headers, following, closed);
    if (body === undefined) {
      break;
    }
    if (typeof body === 'object') {
      return { answers, rest, malformation: body.malformation };
    }
    if (!isInterim) {
      answers.push({ status: Number(status), headers, body, seen });
    }
    rest = following.slice(body.length);
  }
  return { answers, rest, malformation: undefined };
}

type Headers = Answer['headers'];

/** The bytes of the body, framing included; `undefined`: not all of it is there. */
function readBody(
  status: number,
  headers: Headers,
  following: string,
  closed: boolean,
): string | undefined | { readonly malformation: string } {
  const lengths = valuesOf(headers, 'content-length');
  const encodings = valuesOf(headers, 'transfer-encoding');
  if (lengths.length + encodings.length > 1) {
    return { malformation: `a body of two lengths: ${[...lengths, ...encodings].join('; ')}` };
  }
  if (status === 204 || status === 304) {
    return '';
  }
  if (encodings.length === 1) {
    return readChunks(following);
  }
  if (lengths.length === 1) {
    const length = Number(lengths[0]);
    return following.length < length ? undefined : following.slice(0, length);
  }
  return closed ? following : undefined;
}

function readChunks(text: string): string | undefined | { readonly malformation: string } {
  let at = 0;
  for (;;) {
    const end = text.indexOf('\r\n', at);
    if (end === -1) {
      return undefined;
    }
    const size = text.slice(at, end);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) {
      return { malformation: `no size of a chunk: ${JSON.stringify(size)}` };
    }
    at = end + 2 + Number.parseInt(size, 16) + 2;
    if (at > text.length) {
      return undefined;
    }
    if (Number.parseInt(size, 16) === 0) {
      return text.slice(0, at);
    }
  }
}

export function valuesOf(headers: Headers, name: string): string[] {
  return headers.filter((header) => header[0] === name).map(([, value]) => value);
}

export function readSeen(headers: Headers): Seen | undefined {
  const [told] = valuesOf(headers, 'x-seen');
  return told === undefined ? undefined : (JSON.parse(Buffer.from(told, 'base64url').toString()) as Seen);
}
