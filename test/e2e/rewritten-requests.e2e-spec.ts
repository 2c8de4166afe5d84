import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import type { Received } from '../support/http-client.js';
import {
  APP,
  CONTROLLERS,
  CORS,
  PARTNER,
  RewritingModule,
  StrictController,
  TargetsController,
  ThingsController,
  configure,
  rewriting,
  runs,
} from './rewritten-requests/application.js';

const EVIL = 'https://evil.example';

/** The origins that a response may be readable to: those of the policy of the handler that made it, or none. */
function grantOf(response: Received): unknown {
  return response.headers['access-control-allow-origin'];
}

/** An application on Express that believes X-Forwarded-Host, or does not. */
function start(trust: boolean, guarded: boolean): Promise<RunningApplication> {
  return startApplication('express', 'NestFactory', {
    imports: [RewritingModule],
    controllers: guarded ? [...CONTROLLERS, StrictController] : CONTROLLERS,
    cors: { ...CORS, paths: [...CORS.paths] },
    configure: (app) => {
      (app.getHttpAdapter().getInstance() as { set(name: string, value: unknown): void }).set('trust proxy', trust);
      configure(app);
    },
  });
}

describe.each([
  ['without a guard of the library', false],
  ['with the guard of the library', true],
])('requests that are rewritten on express, %s,', (_name, guarded) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await start(true, guarded);
  });

  afterAll(() => application.close());

  describe.each(['main', 'nest'])('by a middleware of %s', (of) => {
    it.each([
      ['GET', 'PUT', 'replaced'],
      ['POST', 'PUT', 'replaced'],
      ['POST', 'DELETE', 'removed'],
    ])('from %s to %s: carry no grant of the policy of the first URL', async (sent, made, body) => {
      const headers = { [`X-${of}-Method`]: made };
      const response = await application.from(APP, '/things', { method: sent, headers });
      expect(response.body).toBe(body);
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
    });

    it('to a method of another policy: are readable at most to its origins', async () => {
      const headers = { [`X-${of}-Method`]: 'DELETE' };
      const response = await application.from(PARTNER, '/things', { method: 'POST', headers });
      expect(response.body).toBe('removed');
      expect([undefined, PARTNER]).toContain(grantOf(response));
      expect(response.headers).not.toHaveProperty('access-control-expose-headers');
    });

    it('from a disabled method: are not readable to an origin that the other one refuses', async () => {
      const headers = { [`X-${of}-Method`]: 'GET' };
      const response = await application.from(EVIL, '/things', { method: 'PUT', headers });
      expect(response.body).toBe('list');
      expect(corsHeaders(response)).toEqual({});
    });
  });

  it.each(['/disabled', '/disabled?query', '/partner', '/Partner'])(
    'by a middleware of main to %s: carry no grant of another URL',
    async (url) => {
      const response = await application.from(APP, '/things', { headers: { 'X-Main-Url': url } });
      expect(response.body).toBe(url.slice(1).split('?')[0]?.toLowerCase());
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
      const other = await application.from(PARTNER, '/things', { headers: { 'X-Main-Url': url } });
      expect([undefined, url.toLowerCase() === '/partner' ? PARTNER : undefined]).toContain(grantOf(other));
    },
  );

  it('below a mount: carry no grant of another URL', async () => {
    const response = await application.from(APP, '/under/open', { headers: { 'X-Mount-Url': '/disabled' } });
    expect(response.body).toBe('under disabled');
    expect(corsHeaders(response)).toEqual({});
    const left = await application.from(APP, '/under/open');
    expect(left.body).toBe('under open');
    expect(corsHeaders(left)).toEqual({ 'access-control-allow-origin': APP });
  });

  it.each([
    ['/mounted/deeper/x', '/deeper/x'],
    ['/with-router/deeper/x', '/x'],
    ['/with-application/deeper/x', '/x'],
  ])('by the mount of %s alone: keep their grant', async (path, url) => {
    const granted = await application.from(PARTNER, path);
    expect(granted.body).toBe(url);
    expect(corsHeaders(granted)).toEqual({ 'access-control-allow-origin': PARTNER });
    const refused = await application.from(APP, path);
    expect(corsHeaders(refused)).toEqual({});
    for (const response of [granted, refused, await application.send(path)]) {
      expect(varyOf(response)).toContain('origin');
    }
  });

  it('not at all: keep their grant, also a HEAD that a GET handler serves', async () => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      expect(grantOf(await application.from(APP, '/things', { method }))).toBe(APP);
    }
  });

  it.each([
    ['to-disabled', APP, undefined],
    ['to-partner', APP, undefined],
    ['from-disabled', EVIL, undefined],
    ['from-disabled', PARTNER, undefined],
  ])('by next(), /chain/%s: carry no grant of the handler that passed them on', async (path, origin, grant) => {
    const response = await application.from(origin, `/chain/${path}`);
    expect(response.body).toBe('second');
    expect(grantOf(response)).toBe(grant);
    expect(varyOf(response)).toContain('origin');
  });

  it('by next() to no handler: are readable at most to the origins of the handler that passed them on', async () => {
    const response = await application.from(PARTNER, '/chain/to-nothing');
    expect(response.status).toBe(404);
    expect([undefined, PARTNER]).toContain(grantOf(response));
    expect(grantOf(await application.from('https://stranger.example', '/chain/to-nothing'))).toBeUndefined();
  });

  it('to another host: carry no grant of the host that was requested', async () => {
    const rewritten = { Host: 'public.example', 'X-Main-Host': 'private.example' };
    const response = await application.from(APP, '/hosted', { headers: rewritten });
    expect(response.body).toBe('private');
    expect(corsHeaders(response)).toEqual({});
  });

  it('to another host by X-Forwarded-Host: carry at most the grant of the handler that is reached', async () => {
    const headers = { Host: 'public.example', 'X-Forwarded-Host': 'private.example' };
    const response = await application.from(APP, '/hosted', { headers });
    expect(response.body).toBe('private');
    expect(corsHeaders(response)).toEqual({});
    const back = { Host: 'private.example', 'X-Forwarded-Host': 'public.example' };
    const reverse = await application.from(APP, '/hosted', { headers: back });
    expect(reverse.body).toBe('public');
    expect([undefined, APP]).toContain(grantOf(reverse));
  });
});

describe('requests with X-Forwarded-Host on express, which does not trust the proxy', () => {
  it('forwarded host: keep the grant of their Host header', async () => {
    const application = await start(false, false);
    const headers = { Host: 'public.example', 'X-Forwarded-Host': 'private.example' };
    const response = await application.from(APP, '/hosted', { headers });
    expect(response.body).toBe('public');
    expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
    await application.close();
  });
});

describe('requests that are rewritten to a handler that rejects, on express', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await start(true, true);
  });

  afterAll(() => application.close());

  it.each([
    ['method by main', EVIL, 'POST', { 'X-Main-Method': 'PATCH' }],
    ['method by nest', EVIL, 'POST', { 'X-Nest-Method': 'PATCH' }],
    ['method of an origin that the former allows', APP, 'POST', { 'X-Main-Method': 'PATCH' }],
    ['URL', APP, 'GET', { 'X-Main-Url': '/strict' }],
  ])('by their %s: do not reach it', async (_what, origin, method, headers) => {
    runs.length = 0;
    const response = await application.from(origin, '/things', { method, headers });
    expect(response.status).toBe(403);
    expect(corsHeaders(response)).toEqual({});
    expect(runs).toEqual([]);
  });
});

describe('requests whose method and URL change on fastify, which has found their route before', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication('fastify', 'NestFactory', {
      controllers: [ThingsController, TargetsController],
      cors: { ...CORS, paths: [...CORS.paths] },
      configure: (app) => void app.use(rewriting('main')),
    });
  });

  afterAll(() => application.close());

  it.each([
    ['/things', 'list', { 'X-Main-Url': '/partner' }, PARTNER],
    ['/things', 'list', { 'X-Main-Method': 'DELETE' }, PARTNER],
    ['/disabled', 'disabled', { 'X-Main-Url': '/things' }, APP],
    ['/partner', 'partner', { 'X-Main-Url': '/things' }, APP],
    ['/partner', 'partner', { 'X-Main-Url': '/disabled' }, APP],
  ])('%s: carry no grant of the changed URL', async (path, body, headers, origin) => {
    const response = await application.from(origin, path, { headers });
    expect(response.body).toBe(body);
    expect(corsHeaders(response)).toEqual({});
  });
});
