import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  browserFrom,
  type BrowserEventSource,
  type BrowserWebSocket,
  type EventSourceResult,
  type TestBrowser,
  type WebSocketResult,
} from '../../../lib/entry-points/testing/index.js';
import { close, listen } from '../../support/listening.js';

const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';
const SESSION = 'session=1; Secure; SameSite=None';

/** The open socket, or a failed test. */
function opened(result: WebSocketResult): BrowserWebSocket {
  expect(result).toMatchObject({ kind: 'open' });
  return result as BrowserWebSocket;
}

function openedSource(result: EventSourceResult): BrowserEventSource {
  expect(result).toMatchObject({ kind: 'open' });
  return result as BrowserEventSource;
}

describe('browserFrom() › connections that stay open', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let handshakes: IncomingMessage[];
  let connected: WebSocket[];
  let browser: TestBrowser;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  let url: string;

  beforeEach(async () => {
    handshakes = [];
    connected = [];
    answer = (_request, response) => void response.end();
    server = createServer((request, response) => answer(request, response));
    url = `http://127.0.0.1:${await listen(server)}`;
    sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered].at(-1) ?? false });
    server.on('upgrade', (request, socket, head) => {
      handshakes.push(request);
      if (request.headers.origin === STRANGER) {
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        connected.push(client);
        client.send('hello');
      });
    });
    browser = browserFrom(PARTNER, url);
  });

  afterEach(async () => {
    browser.close();
    connected.forEach((client) => client.terminate());
    await close(server);
  });

  describe('webSocket()', () => {
    it('allowed page: opens with its origin, and receives what came with the handshake', async () => {
      const socket = opened(await browser.webSocket('/board?room=1'));
      await expect(socket.nextMessage()).resolves.toBe('hello');
      expect(socket.messages).toEqual(['hello']);
      expect(socket.url).toBe(`${url.replace('http', 'ws')}/board?room=1`);
      expect(handshakes.map(({ headers, url: path }) => [path, headers.origin, headers['sec-fetch-site']])).toEqual([
        ['/board?room=1', PARTNER, undefined],
      ]);
      expect(socket.request?.headers).toContainEqual(['Origin', PARTNER]);
      expect(socket.response?.status).toBe(101);
    });

    it.each([0, 125, 126, 65_535, 65_536])('messages of %i characters: are sent and received', async (length) => {
      const socket = opened(await browser.webSocket('/'));
      await socket.nextMessage();
      connected[0]?.on('message', (data: Buffer) => connected[0]?.send(`got ${String(data)}`));
      socket.send('x'.repeat(length));
      await expect(socket.nextMessage()).resolves.toBe(`got ${'x'.repeat(length)}`);
    });

    it('bytes and fragmented text: are received', async () => {
      const socket = opened(await browser.webSocket('/'));
      await socket.nextMessage();
      connected[0]?.send(Buffer.from([1, 2]));
      connected[0]?.send('one ', { fin: false });
      connected[0]?.ping();
      connected[0]?.send('two', { fin: true });
      await expect(socket.nextMessage()).resolves.toEqual(new Uint8Array([1, 2]));
      await expect(socket.nextMessage()).resolves.toBe('one two');
      await once(connected[0] as WebSocket, 'pong');
    });

    it.each([
      ['with a code', (client: WebSocket) => client.close(1008, 'revoked'), { code: 1008, reason: 'revoked' }],
      ['without a code', (client: WebSocket) => client.close(), { code: 1005, reason: '' }],
      ['without a word', (client: WebSocket) => client.terminate(), { code: 1006, reason: '' }],
    ])('closed by the server %s: says so', async (_how, end, expected) => {
      const socket = opened(await browser.webSocket('/'));
      await socket.nextMessage();
      const next = socket.nextMessage();
      end(connected[0] as WebSocket);
      await expect(next).rejects.toThrow(`The WebSocket has closed with the code ${expected.code}`);
      await expect(socket.closed).resolves.toEqual(expected);
    });

    it('close(): sends the code', async () => {
      const socket = opened(await browser.webSocket('/'));
      socket.close(4000, 'done');
      const [code, reason] = (await once(connected[0] as WebSocket, 'close')) as [number, Buffer];
      expect([code, String(reason)]).toEqual([4000, 'done']);
      await socket.closed;
    });

    it('refused origin: fails with the status', async () => {
      const result = await browser.pageOf(STRANGER).webSocket('/');
      expect(result).toMatchObject({ kind: 'failed', step: 'status', response: { status: 403 } });
      expect(result).toMatchObject({ message: expect.stringMatching(/^WebSocket connection to 'ws:.*: 403$/) });
    });

    it('cookies for the server: are sent as SameSite allows', async () => {
      await browser.setCookie(SESSION);
      await browser.setCookie('own=1');
      await browser.webSocket('/');
      await browser.pageOf(url).webSocket('/');
      browser.clearCookies();
      await browser.webSocket('/');
      expect(handshakes.map(({ headers }) => headers.cookie)).toEqual(['session=1', 'session=1; own=1', undefined]);
    });

    it('cookies of the response: are stored', async () => {
      sockets.once('headers', (headers) => void headers.push(`Set-Cookie: ${SESSION}`));
      await browser.webSocket('/');
      await browser.webSocket('/');
      expect(handshakes.map(({ headers }) => headers.cookie)).toEqual([undefined, 'session=1']);
    });

    it('subprotocols: are offered, and the chosen one is known', async () => {
      const socket = opened(await browser.webSocket('/', ['graphql-ws', 'graphql-transport-ws']));
      expect(handshakes[0]?.headers['sec-websocket-protocol']).toBe('graphql-ws, graphql-transport-ws');
      expect(socket.protocol).toBe('graphql-transport-ws');
    });

    it('no subprotocol chosen of the offered ones: fails', async () => {
      sockets.options.handleProtocols = () => false;
      await expect(browser.webSocket('/', 'graphql-ws')).resolves.toMatchObject({ kind: 'failed', step: 'handshake' });
    });

    it.each([
      ['another key', ['Sec-WebSocket-Accept: AAAA'], 'incorrect'],
      ['an extension', ['Sec-WebSocket-Extensions: permessage-deflate'], 'extension'],
    ])('response with %s: fails', async (_what, lines, message) => {
      sockets.on('headers', (headers) => {
        const isSame = (line: string) => line.startsWith(String(lines[0]).split(':', 1).join());
        headers.splice(0, headers.length, ...headers.filter((line) => !isSame(line)), ...lines);
      });
      await expect(browser.webSocket('/')).resolves.toMatchObject({
        step: 'handshake',
        message: expect.stringContaining(message),
      });
    });

    it('page of https and an insecure connection to another machine: fails', async () => {
      const page = browserFrom(PARTNER, url, { url: 'http://api.example.com' });
      const result = await page.webSocket('/');
      expect(result).toMatchObject({ kind: 'failed', step: 'mixed-content', request: undefined });
      await expect(page.pageOf('http://partner.example').webSocket('/')).resolves.toMatchObject({ kind: 'open' });
      expect(handshakes.map(({ headers }) => headers.host)).toEqual(['api.example.com']);
      page.close();
    });

    it('no server: fails', async () => {
      await expect(browser.webSocket('wss://elsewhere.example')).resolves.toMatchObject({ step: 'connection' });
      server.removeAllListeners('upgrade').on('upgrade', (_request, socket) => socket.destroy());
      await expect(browser.webSocket('/')).resolves.toMatchObject({ step: 'connection' });
    });

    it.each([
      ['ftp://127.0.0.1/', undefined],
      ['/#part', undefined],
      ['/', ['a', 'a']],
      ['/', 'a b'],
    ])('%s with the subprotocols %j: throws as the constructor does', async (target, protocols) => {
      await expect(browser.webSocket(target, protocols)).rejects.toThrow(TypeError);
      expect(handshakes).toEqual([]);
    });
  });

  describe('eventSource()', () => {
    /** Answers as a server that allows the partner, with or without credentials. */
    const stream =
      (credentials: boolean, headers: Record<string, string> = {}, status = 200) =>
      (request: IncomingMessage, response: ServerResponse): void => {
        handshakes.push(request);
        response.writeHead(status, {
          'Content-Type': 'text/event-stream; charset=utf-8',
          'Access-Control-Allow-Origin': PARTNER,
          ...(credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
          ...headers,
        });
        response.write(': comment\r\nid: 7\r\ndata: one\r\ndata:two\r\n\r\n');
        response.write('event: moved\ndata\n\nretry: 1\n\ndata: never');
      };

    it('allowed origin: opens, and reads its events', async () => {
      answer = stream(false);
      const source = openedSource(await browser.eventSource('/events'));
      await expect(source.nextEvent()).resolves.toEqual({ type: 'message', data: 'one\ntwo', lastEventId: '7' });
      await expect(source.nextEvent()).resolves.toEqual({ type: 'moved', data: '', lastEventId: '7' });
      expect(source.events).toHaveLength(2);
      expect(source.url).toBe(`${url}/events`);
      const { origin, accept, cookie } = handshakes[0]?.headers ?? {};
      expect([origin, accept, cookie]).toEqual([PARTNER, 'text/event-stream', undefined]);
      source.close();
      await source.closed;
    });

    it('ended by the server: says so', async () => {
      let response: ServerResponse | undefined;
      answer = (request, given) => stream(false)(request, (response = given));
      const source = openedSource(await browser.eventSource('/events'));
      response?.destroy();
      await source.closed;
      await source.nextEvent();
      await source.nextEvent();
      await expect(source.nextEvent()).rejects.toThrow('The response has ended');
    });

    it('cookies to another origin: are sent with withCredentials alone, and the response has to allow that', async () => {
      await browser.setCookie(SESSION);
      answer = stream(true);
      openedSource(await browser.eventSource('/events', { withCredentials: true }));
      openedSource(await browser.eventSource('/events', { withCredentials: false }));
      expect(handshakes.map(({ headers }) => headers.cookie)).toEqual(['session=1', undefined]);
      answer = stream(false);
      await expect(browser.eventSource('/events', { withCredentials: true })).resolves.toMatchObject({
        kind: 'failed',
        step: 'cors-check-credentials',
      });
    });

    it.each([
      [
        'another origin is allowed',
        () => stream(false, { 'Access-Control-Allow-Origin': STRANGER }),
        'cors-check-origin',
      ],
      ['the status is not 200', () => stream(false, {}, 500), 'status'],
      ['the type is another one', () => stream(false, { 'Content-Type': 'application/json' }), 'content-type'],
    ])('%s: fails', async (_what, given, step) => {
      answer = given();
      await expect(browser.eventSource('/events')).resolves.toMatchObject({ kind: 'failed', step });
    });

    it('page of https and an insecure stream of another machine: fails', async () => {
      const page = browserFrom(PARTNER, url, { url: 'http://api.example.com' });
      await expect(page.eventSource('/events')).resolves.toMatchObject({ step: 'mixed-content', exchanges: [] });
    });
  });
});
