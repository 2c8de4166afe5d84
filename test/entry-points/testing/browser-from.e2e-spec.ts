import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Headers, type INestApplication, Patch, Post, Put, Req, Res, Sse } from '@nestjs/common';
import { concat, NEVER, of } from 'rxjs';
import { CorsPolicy } from '../../../lib/index.js';
import { browserFrom, corsMatchers, type FetchResult } from '../../../lib/entry-points/testing/index.js';
import { createApplication, PLATFORMS } from '../../support/application.js';
import { portOf } from '../../support/listening.js';

expect.extend(corsMatchers);

const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

interface Reply {
  status(code: number): this;
  header(name: string, value: string): this;
  send(body?: unknown): unknown;
}

@Controller('orders')
@CorsPolicy({ origin: PARTNER, credentials: true, maxAge: 60, allowedHeaders: ['content-type', 'if-match'] })
class OrdersController {
  @Get() list(@Res() reply: Reply) {
    reply.header('X-Total', '2').header('Set-Cookie', 'seen=1; SameSite=None; Secure; Path=/').send(['one', 'two']);
  }
  @Put(':id') @CorsPolicy({ exposedHeaders: ['ETag'] }) replace(@Res() reply: Reply) {
    reply.header('ETag', '"8"').header('X-Total', '2').send({ replaced: true });
  }
  @Patch('notes/:id') change() {
    return 'changed';
  }
  @Get('moved') moved(@Res() reply: Reply) {
    reply.status(302).header('Location', '/orders').send();
  }
  @Get('away') away(@Res() reply: Reply) {
    reply.status(302).header('Location', 'https://elsewhere.example/').send();
  }
}

@Controller('conditional')
@CorsPolicy({ origin: PARTNER, maxAge: 60 })
class ConditionalController {
  @Put() replace() {
    return 'replaced';
  }
}

@Controller('public')
@CorsPolicy({ origin: '*', exposedHeaders: '*' })
class PublicController {
  @Get() read(@Headers() headers: Record<string, string>) {
    return headers;
  }
  @Sse('events') events() {
    return concat(of({ data: 'first' }), NEVER);
  }
  @Post() write(@Req() request: { headers: Record<string, string> }) {
    return request.headers;
  }
}

describe.each(PLATFORMS)('browserFrom() an application on %s', (platform) => {
  let app: INestApplication;
  let now: number;

  beforeEach(async () => {
    now = Date.parse('2030-01-01T00:00:00Z');
    const controllers = [OrdersController, ConditionalController, PublicController];
    app = await createApplication(platform, 'TestingModule', { controllers });
  });

  afterEach(() => app.close());

  const from = (origin: string, options = {}) => browserFrom(origin, app, { now: () => now, ...options });
  const sent = ({ exchanges }: FetchResult) => exchanges.map(({ request }) => request.method);
  const header = ({ exchanges }: FetchResult, at: number, name: string) =>
    exchanges[at]?.request.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];

  it('application that is not started: is started, once for all browsers', async () => {
    const results = await Promise.all([from(PARTNER).fetch('/orders'), from(STRANGER).fetch('/public')]);
    expect(results.map(({ readable }) => readable)).toEqual([true, true]);
    expect(new Set(results.map(({ exchanges }) => new URL(exchanges[0]?.request.url ?? '').port)).size).toBe(1);
  });

  it('application that is initialised, listens, or runs at a URL: is reached', async () => {
    await app.init();
    expect(await from(PARTNER).fetch('/orders')).toBeReadable();
    expect(await browserFrom(PARTNER, `http://localhost:${portOf(app)}`).fetch('/orders')).toBeReadable();
  });

  it('allowed origin, and another one: may read, and sees the step that failed', async () => {
    const response = await from(PARTNER).fetch('/orders', { credentials: 'include' });
    expect(response).toBeReadable();
    expect(response).toMatchObject({ type: 'cors', status: 200, ok: true, redirected: false, preflight: 'none' });
    expect(await response.expectReadable().json()).toEqual(['one', 'two']);
    expect(response).not.toExposeHeader('X-Total');
    const refused = await from(STRANGER).fetch('/orders');
    expect(refused).toBeBlockedAt('cors-check-origin');
    expect(refused).toMatchObject({ message: expect.stringContaining(`from origin '${STRANGER}' has been blocked`) });
    expect(() => refused.expectReadable()).toThrow("No 'Access-Control-Allow-Origin' header");
    expect(await from('null').fetch('/orders')).toBeBlockedAt('cors-check-origin');
  });

  it('request that is not safelisted: sends a preflight, and caches its result for its time', async () => {
    const browser = from(PARTNER);
    const headers = { 'Content-Type': 'application/json' };
    const replace = () => browser.fetch('PUT /orders/1', { headers, body: '{}' });
    const first = await replace();
    expect(first).toMatchObject({ preflight: 'sent' });
    expect(sent(first)).toEqual(['OPTIONS', 'PUT']);
    expect(header(first, 0, 'access-control-request-headers')).toBe('content-type');
    expect(first).toExposeHeader('ETag');
    now += 59_000;
    expect(await replace()).toMatchObject({ preflight: 'cached' });
    expect(sent(await browser.fetch('PUT /orders/2'))).toEqual(['OPTIONS', 'PUT']);
    now += 1_000;
    expect(sent(await replace())).toEqual(['OPTIONS', 'PUT']);
    browser.clearPreflightCache();
    expect(sent(await replace())).toEqual(['OPTIONS', 'PUT']);
  });

  it.each(['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range'])(
    'request with %s: sends a preflight every time, as Chromium and Firefox do, and others use the cached one',
    async (name) => {
      const browser = from(PARTNER);
      const conditional = () => browser.fetch('PUT /conditional', { headers: { [name]: '"7"' } });
      expect(sent(await conditional())).toEqual(['OPTIONS', 'PUT']);
      expect(await conditional()).toMatchObject({ preflight: 'sent' });
      expect(await browser.fetch('PUT /conditional')).toMatchObject({ preflight: 'cached' });
    },
  );

  it('refused preflight: names what it does not grant', async () => {
    const browser = from(PARTNER);
    expect(await browser.fetch('PUT /orders/1', { headers: { 'X-Custom': '1' } })).toBeBlockedAt('preflight-origin');
    expect(await browser.fetch('DELETE /orders/1')).toBeBlockedAt('preflight-origin');
    expect(await browser.fetch('patch /orders/notes/1')).toBeBlockedAt('preflight-origin');
    expect(await browser.fetch('PATCH /orders/notes/1')).toBeReadable();
  });

  it('cookies: are sent only where the request includes them, to its own site or with SameSite=None', async () => {
    const browser = from(PARTNER);
    await browser.setCookie('session=1; Path=/');
    await browser.setCookie('partner=1; Path=/; SameSite=None; Secure');
    expect(header(await browser.fetch('/orders'), 0, 'cookie')).toBeUndefined();
    expect(header(await browser.fetch('/orders', { credentials: 'include' }), 0, 'cookie')).toBe('partner=1');
    expect(header(await browser.fetch('/orders', { credentials: 'include' }), 0, 'cookie')).toBe('partner=1; seen=1');
    browser.clearCookies();
    expect(header(await browser.fetch('/orders', { credentials: 'include' }), 0, 'cookie')).toBeUndefined();
  });

  it('published URL: the application is taken for that', async () => {
    const browser = from('https://app.example.com', { url: 'https://api.example.com' });
    await browser.setCookie('session=1; Path=/');
    const response = await browser.fetch('/public', { credentials: 'same-origin' });
    expect(header(response, 0, 'cookie')).toBeUndefined();
    expect(await response.expectReadable().json()).toMatchObject({
      host: 'api.example.com',
      origin: 'https://app.example.com',
      'sec-fetch-site': 'same-site',
    });
    const own = await browser.pageOf('https://api.example.com').fetch('/public');
    expect(own).toMatchObject({ type: 'basic' });
    expect(await own.expectReadable().json()).toMatchObject({ cookie: 'session=1', 'sec-fetch-site': 'same-origin' });
    const hosted = await browser.fetch('/public', { host: 'tenant.example.com' });
    expect(await hosted.expectReadable().json()).toMatchObject({ host: 'tenant.example.com' });
  });

  it('header that a script may not set: is dropped', async () => {
    const headers = { Origin: 'https://forged.example', Cookie: 'forged=1', Host: 'forged.example' };
    const response = await from(PARTNER).fetch('/public', { headers });
    const received = await response.expectReadable().json();
    expect(received).toMatchObject({ origin: PARTNER, host: expect.stringMatching(/^127\.0\.0\.1:/) });
    expect(received).not.toHaveProperty('cookie');
  });

  it('body: has the type that fetch() gives it', async () => {
    const browser = from(PARTNER);
    const types = [];
    for (const body of ['text', new URLSearchParams({ a: '1' }), new FormData()]) {
      const response = await browser.fetch('POST /public', { body });
      types.push(header(response, 0, 'content-type'));
    }
    expect(types).toEqual([
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded;charset=UTF-8',
      expect.stringMatching(/^multipart\/form-data; boundary=/),
    ]);
  });

  it('type of a body that no preflight can ask for: is dropped', async () => {
    const body = new Blob(['{}'], { type: 'application/json' });
    const response = await from(STRANGER).fetch('POST /public', { body, mode: 'no-cors' });
    expect(header(response, 0, 'content-length')).toBe('2');
    expect(header(response, 0, 'content-type')).toBeUndefined();
    const text = await from(STRANGER).fetch('POST /public', { body: 'text', mode: 'no-cors' });
    expect(header(text, 0, 'content-type')).toBe('text/plain;charset=UTF-8');
  });

  it('redirects: are followed up to the limit', async () => {
    const browser = from(PARTNER);
    expect(await browser.fetch('/orders/moved')).toMatchObject({ redirected: true, status: 200 });
    expect(await browser.fetch('/orders/moved', { redirect: 'manual' })).toMatchObject({
      type: 'opaqueredirect',
      status: 0,
    });
    expect(await browser.fetch('/orders/moved', { redirect: 'error' })).toBeBlockedAt('redirect-mode');
    expect(await browser.fetch('/orders/away')).toBeBlockedAt('connection');
  });

  it('origin of another application: is reached, and no longer vouches for the page', async () => {
    const other = await createApplication(platform, 'TestingModule', {
      controllers: [PublicController, OrdersController],
    });
    const browser = from(PARTNER, { url: 'https://api.example.com', network: { 'https://elsewhere.example': other } });
    const response = await browser.fetch('/orders/away');
    expect(response.exchanges.map(({ response: head }) => head?.status)).toEqual([302, 404]);
    expect(header(response, 1, 'origin')).toBe('null');
    expect(response).toBeBlockedAt('cors-check-origin');
    await other.close();
  });

  it('stream: resolves at its response headers, and ends when the browser is closed', async () => {
    const browser = from(PARTNER);
    const response = await browser.fetch('/public/events');
    expect(response).toBeReadable();
    const body = response.expectReadable().text();
    browser.close();
    await expect(body).rejects.toThrow('aborted');
  });

  it('opaque response: shows a script nothing', async () => {
    const response = await from(STRANGER).fetch('/orders', { mode: 'no-cors' });
    expect(response).toMatchObject({ kind: 'response', type: 'opaque', status: 0, url: '' });
    expect(response).not.toBeReadable();
    expect(() => response.expectReadable()).toThrow('A script cannot read an opaque response');
    expect(await from(STRANGER).fetch('/orders', { mode: 'same-origin' })).toBeBlockedAt('mode');
  });

  it('request that fetch() refuses: throws before it is sent', async () => {
    const browser = from(PARTNER);
    await expect(browser.fetch('TRACE /orders')).rejects.toThrow(TypeError);
    await expect(browser.fetch('GET /orders', { body: 'x' })).rejects.toThrow('cannot have a body');
    await expect(browser.fetch('GET /orders', { method: 'PUT' })).rejects.toThrow("'GET' in the target and 'PUT'");
    await expect(browser.fetch('PUT /orders/1', { mode: 'no-cors' })).rejects.toThrow('no-cors');
    await expect(browser.fetch('/orders', { mode: 'navigate' as never })).rejects.toThrow(
      "`mode` must be 'cors', 'no-cors' or 'same-origin'; got 'navigate'.",
    );
    await expect(browser.fetch('https://me:secret@api.example.com/')).rejects.toThrow('includes credentials');
    await expect(browser.fetch('/orders', { headers: { 'Not a name': '1' } })).rejects.toThrow(TypeError);
    expect(() => browserFrom('https://partner.example/', app)).toThrow('is not an origin as browsers write it');
    expect(browserFrom('file://', app).origin).toBe('file://');
    expect(() => browserFrom(PARTNER, 'http://127.0.0.1:3000/api')).toThrow('is not the URL of a server');
  });
});
