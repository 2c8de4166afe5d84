import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS, varyOf } from '../support/application.js';
import { type Received, send, type Sent } from '../support/http-client.js';
import { answeredTo, type CachedApplication, startCachedApplication } from './cached.application.js';
import { Nginx } from './nginx.js';
import { ALLOWED, ALSO_ALLOWED, REFUSED } from './origins.js';

const CLIENTS = [undefined, REFUSED, ALLOWED, ALSO_ALLOWED, 'null', `${ALLOWED}/`] as const;
type Client = (typeof CLIENTS)[number];

const ORDERS = [CLIENTS, [...CLIENTS].reverse()];

/** Answers of every kind that end somewhere else than at the end of a handler, or to something else than a plain GET. */
// Each has all four: in the place of one that is missing, jest passes a callback.
const ANSWERS: [name: string, status: number, path: string, sent: Sent][] = [
  ['a handler’s answer', 200, '/goods/list', {}],
  ['an answer to HEAD', 200, '/goods/list', { method: 'HEAD' }],
  ['a 304 to a page that has everything', 304, '/goods/validated', { headers: { 'If-None-Match': '*' } }],
  ['a part of an answer', 206, '/files/goods.txt', { headers: { Range: 'bytes=0-3' } }],
  ['a handler’s 404', 404, '/goods/missing', {}],
  ['the 404 of a path that no route has', 404, '/unknown', {}],
  ['a handler’s 410', 410, '/goods/gone', {}],
  ['a crash', 500, '/goods/crashing', {}],
  ['a static file', 200, '/files/goods.txt', {}],
  ['the 404 of a static file', 404, '/files/missing.txt', {}],
  ['a middleware’s own answer', 200, '/ended', {}],
  ['compressed', 200, '/goods/vary/compression', { headers: { 'Accept-Encoding': 'gzip' } }],
];

/** Express reads the body of a GET as well, and nginx keeps what comes of it. */
const BROKEN_BODY: (typeof ANSWERS)[number] = [
  'the body parser’s 400',
  400,
  '/goods/list',
  { headers: { 'Content-Type': 'application/json', 'Content-Length': '2' }, body: '{"' },
];

const VARY: [writer: string, path: string][] = [
  ['@Header()', 'header'],
  ['the reply', 'reply'],
  ['the raw response', 'raw'],
  ['appending a line', 'appended'],
  ['an interceptor', 'interceptor'],
  ['a compression', 'compression'],
  ['two lines, Origin not the last', 'lines'],
  ['a list with a tab in it', 'tab'],
  ['a list with a * in it', 'any-and-more'],
];

describe.each(PLATFORMS)('a cache before an application on %s', (platform) => {
  let application: CachedApplication;
  let nginx: Nginx<'plain' | 'slicing' | 'locking'>;
  let urls = 0;

  beforeAll(async () => {
    application = await startCachedApplication(platform);
    nginx = await Nginx.start(application.address, { plain: {}, slicing: { slice: 1024 }, locking: { lock: true } });
  });
  afterAll(async () => {
    await nginx?.stop();
    await application?.close();
  });

  const fresh = (path: string) => `${path}?url=${++urls}`;
  const ask = (client: Client, url: string, sent: Sent = {}, proxy: 'plain' | 'slicing' | 'locking' = 'plain') =>
    send(nginx.port(proxy), url, { ...sent, headers: { ...(client && { Origin: client }), ...sent.headers } });

  function expectOwnAnswer(client: Client, { headers }: Received): void {
    const granted = client === ALLOWED || client === ALSO_ALLOWED;
    expect(headers['access-control-allow-origin']).toBe(granted ? client : undefined);
    expect(headers['x-answered']).toBe(answeredTo(client));
  }

  describe.each(ORDERS)('first request from %s', (...clients) => {
    it.each(platform === 'express' ? [...ANSWERS, BROKEN_BODY] : ANSWERS)(
      '%s (%i): is given to the origin that it was made for alone',
      async (_name, status, path, sent) => {
        const url = fresh(path);
        for (const expected of ['MISS', 'HIT']) {
          for (const client of clients) {
            const received = await ask(client, url, sent);
            expect([received.status, received.headers['x-cache-status']]).toEqual([status, expected]);
            expectOwnAnswer(client, received);
            expect(varyOf(received)).toContain('origin');
          }
        }
      },
    );
  });

  it.each(VARY)('Vary written by %s: mixes nothing up', async (_writer, path) => {
    const url = fresh(`/goods/vary/${path}`);
    for (const client of [...CLIENTS, ...CLIENTS]) {
      expectOwnAnswer(client, await ask(client, url));
    }
  });

  it.each([
    ['with Vary: *', '/goods/vary/any'],
    // NGX_HTTP_CACHE_VARY_LEN is 128.
    ['with more in Vary than nginx can keep', '/goods/vary/long'],
  ])('response %s: is not cached', async (_name, path) => {
    const url = fresh(path);
    for (const client of [ALLOWED, ALLOWED] as const) {
      const received = await ask(client, url);
      expectOwnAnswer(client, received);
      expect(received.headers['x-cache-status']).toBe('MISS');
    }
  });

  it('policy with *: one response is cached for every origin', async () => {
    const url = fresh('/goods/public');
    const received = [await ask(REFUSED, url), await ask(ALLOWED, url), await ask(undefined, url)];
    expect(received.map(({ headers }) => headers['x-cache-status'])).toEqual(['MISS', 'HIT', 'HIT']);
    expect(received.map(({ headers }) => headers['access-control-allow-origin'])).toEqual(['*', '*', '*']);
  });

  it('slices of a file: are told apart', async () => {
    const url = fresh('/files/goods.txt');
    for (const expected of ['MISS', 'HIT']) {
      for (const client of CLIENTS) {
        const received = await ask(client, url, { headers: { Range: 'bytes=1000-2999' } }, 'slicing');
        expect([received.status, received.body.length]).toEqual([206, 2000]);
        expect(received.headers['x-cache-status']).toBe(expected);
        expectOwnAnswer(client, received);
      }
    }
  });

  it('many requests that wait for the first response: each gets its own', async () => {
    const url = fresh('/goods/credentials');
    const clients = Array.from({ length: 4 }, () => CLIENTS).flat();
    const received = await Promise.all(clients.map((client) => ask(client, url, {}, 'locking')));
    clients.forEach((client, index) => expectOwnAnswer(client, received[index] as Received));
  });

  it('403 that was made for another origin, an empty one included: is not cached', async () => {
    const url = fresh('/goods/rejecting');
    for (const rejected of ['', REFUSED, 'null', `${ALLOWED},`]) {
      await send(nginx.port('plain'), url, { headers: { Origin: rejected } });
    }
    for (const client of [undefined, ALLOWED] as const) {
      expect((await ask(client, url)).status).toBe(200);
    }
  });
});
