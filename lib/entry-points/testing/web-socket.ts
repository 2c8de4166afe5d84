import { createHash, randomBytes } from 'node:crypto';
import { request as requestOverHttp } from 'node:http';
import { request as requestOverHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { isToken } from '../../fetch/token.js';
import type { BrowserState } from './fetching.js';
import { type HeaderList, headerLines, headerValue } from './header-list.js';
import { pairs, type ReceivedHead, requestOptions, type SentHead, type ServerAddress } from './http-exchange.js';
import { Inbox } from './inbox.js';
import { isMixedContent, relationTo } from './site.js';
import { clientFrame, type Frame, FrameReader, OPCODES } from './web-socket-frames.js';
import type { BrowserWebSocket, BrowserWebSocketFailure, WebSocketResult } from './web-socket-result.js';

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3 */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The codes that a page sees where the server sent no code, and where it sent no close frame. */
const [NO_CODE, ABNORMAL] = [1005, 1006];

/** The response to a handshake; with `socket` where the server has switched protocols. */
interface HandshakeResponse {
  readonly head: ReceivedHead;
  readonly socket?: Duplex;
  /** The bytes that arrived with the response headers. */
  readonly first?: Buffer;
}

/**
 * Opens a WebSocket as a script of the page does.
 * @param url with a scheme of `http` or `https`, which stand for `ws` and `wss`
 * @throws TypeError where the constructor throws in a browser
 * @see https://websockets.spec.whatwg.org/#concept-websocket-establish
 */
export async function openWebSocket(
  origin: string,
  url: URL,
  protocols: readonly string[],
  state: BrowserState,
): Promise<WebSocketResult> {
  if (url.hash !== '') {
    throw new TypeError(`'${url.href}' has a fragment, and WebSocket takes no such URL`);
  }
  if (!protocols.every(isToken) || new Set(protocols).size < protocols.length) {
    throw new TypeError(`'${protocols.join("', '")}' are not subprotocols: each must be a token, and be listed once`);
  }
  const shown = url.href.replace(/^http/, 'ws');
  const fail = (
    step: BrowserWebSocketFailure['step'],
    reason: string,
    request?: SentHead,
    response?: ReceivedHead,
  ): BrowserWebSocketFailure => ({
    kind: 'failed',
    step,
    message: `WebSocket connection to '${shown}' failed: ${reason}`,
    request,
    response,
  });
  if (isMixedContent(origin, url)) {
    return fail('mixed-content', `an insecure connection may not be opened from a page of '${origin}'`);
  }
  const address = await state.network.addressOf(url);
  if (address === undefined) {
    return fail('connection', "it is neither the application, nor in 'network', nor on this machine");
  }
  const isCrossSite = relationTo(origin, url) === 'cross-site';
  const key = randomBytes(16).toString('base64');
  const request: SentHead = {
    method: 'GET',
    url: shown,
    headers: handshakeHeaders(origin, url, key, protocols, state.cookies.header(url, !isCrossSite)),
  };
  let response: HandshakeResponse;
  try {
    response = await sendHandshake(address, url, request.headers, state.signal);
  } catch (error) {
    return fail('connection', error instanceof Error ? error.message : String(error), request);
  }
  const { head, socket, first } = response;
  headerLines(head.headers, 'set-cookie').forEach((line) => state.cookies.store(url, line, !isCrossSite));
  if (socket === undefined || head.status !== 101) {
    socket?.destroy();
    return fail('status', `unexpected response code: ${head.status}`, request, head);
  }
  const mismatch = mismatchIn(head.headers, key, protocols);
  if (mismatch !== undefined) {
    socket.destroy();
    return fail('handshake', mismatch, request, head);
  }
  return new LiveWebSocket(shown, request, head, socket, first ?? Buffer.alloc(0));
}

/** As Chromium sends them: without `Sec-Fetch-*`, and here without extensions. */
function handshakeHeaders(
  origin: string,
  url: URL,
  key: string,
  protocols: readonly string[],
  cookie: string | undefined,
): HeaderList {
  return [
    ['Host', url.host],
    ['Connection', 'Upgrade'],
    ['Pragma', 'no-cache'],
    ['Cache-Control', 'no-cache'],
    ['Upgrade', 'websocket'],
    ['Origin', origin],
    ['Sec-WebSocket-Version', '13'],
    ...(cookie === undefined ? [] : [['Cookie', cookie] as const]),
    ['Sec-WebSocket-Key', key],
    ...(protocols.length === 0 ? [] : [['Sec-WebSocket-Protocol', protocols.join(', ')] as const]),
  ];
}

function sendHandshake(
  address: ServerAddress,
  url: URL,
  headers: HeaderList,
  signal: AbortSignal,
): Promise<HandshakeResponse> {
  return new Promise((resolve, reject) => {
    const send = address.secure ? requestOverHttps : requestOverHttp;
    const outgoing = send(requestOptions(address, url, headers, signal));
    const headOf = (incoming: {
      statusCode?: number | undefined;
      statusMessage?: string | undefined;
      rawHeaders: readonly string[];
    }): ReceivedHead => ({
      status: incoming.statusCode ?? 0,
      statusText: incoming.statusMessage ?? '',
      headers: pairs(incoming.rawHeaders),
    });
    outgoing.on('error', reject);
    outgoing.on('upgrade', (incoming, socket, first) => {
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      resolve({ head: headOf(incoming), socket, first });
    });
    outgoing.on('response', (incoming) => {
      incoming.resume().on('error', () => undefined);
      resolve({ head: headOf(incoming) });
    });
    outgoing.end();
  });
}

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-4.1 (page 19) */
function mismatchIn(headers: HeaderList, key: string, protocols: readonly string[]): string | undefined {
  const accept = createHash('sha1').update(`${key}${ACCEPT_GUID}`).digest('base64');
  if (headerValue(headers, 'sec-websocket-accept') !== accept) {
    return "incorrect 'Sec-WebSocket-Accept' header value";
  }
  if (headerValue(headers, 'sec-websocket-extensions') !== undefined) {
    return 'the response has an extension that was not requested';
  }
  const protocol = headerValue(headers, 'sec-websocket-protocol');
  if (protocol === undefined ? protocols.length > 0 : !protocols.includes(protocol)) {
    return "'Sec-WebSocket-Protocol' of the response is none that was requested";
  }
  return undefined;
}

/** A WebSocket whose handshake has succeeded. */
class LiveWebSocket implements BrowserWebSocket {
  readonly kind = 'open';
  readonly protocol: string;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  private readonly inbox = new Inbox<string | Uint8Array>();
  private readonly frames = new FrameReader();
  private parts: Buffer[] = [];
  private isText = false;
  private end = { code: ABNORMAL, reason: '' };

  constructor(
    readonly url: string,
    readonly request: SentHead,
    readonly response: ReceivedHead,
    private readonly socket: Duplex,
    first: Buffer,
  ) {
    this.protocol = headerValue(response.headers, 'sec-websocket-protocol') ?? '';
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.inbox.close(`The WebSocket has closed with the code ${this.end.code}`);
        resolve(this.end);
      });
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    // Without a close frame, the server's end is the end.
    socket.on('end', () => socket.end());
    this.receive(first);
  }

  get messages(): readonly (string | Uint8Array)[] {
    return this.inbox.received;
  }

  nextMessage(): Promise<string | Uint8Array> {
    return this.inbox.next();
  }

  send(text: string): void {
    this.socket.write(clientFrame(OPCODES.text, Buffer.from(text)));
  }

  close(code?: number, reason = ''): void {
    const payload = Buffer.from(code === undefined ? '' : `\0\0${reason}`);
    if (code !== undefined) {
      payload.writeUInt16BE(code, 0);
    }
    this.socket.write(clientFrame(OPCODES.close, payload));
  }

  private receive(chunk: Buffer): void {
    this.frames.read(chunk).forEach((frame) => this.handle(frame));
  }

  private handle({ opcode, payload, isFinal }: Frame): void {
    switch (opcode) {
      case OPCODES.close:
        this.end =
          payload.length < 2
            ? { code: NO_CODE, reason: '' }
            : { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
        this.socket.end(clientFrame(OPCODES.close, payload.subarray(0, 2)));
        return;
      case OPCODES.ping:
        this.socket.write(clientFrame(OPCODES.pong, payload));
        return;
      case OPCODES.pong:
        return;
      default:
        this.parts.push(Buffer.from(payload));
        this.isText = opcode === OPCODES.continuation ? this.isText : opcode === OPCODES.text;
        if (isFinal) {
          const whole = Buffer.concat(this.parts.splice(0));
          this.inbox.add(this.isText ? whole.toString() : new Uint8Array(whole));
        }
    }
  }
}
