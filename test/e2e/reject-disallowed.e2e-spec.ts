import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Put } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { ENVIRONMENTS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

const runs: string[] = [];

@Controller('strict')
@CorsPolicy({ rejectDisallowed: true, methods: ['GET', 'POST'] })
class StrictController {
  @Get()
  read() {
    runs.push('read');
    return 'read';
  }

  @Post()
  write() {
    runs.push('write');
    return 'written';
  }

  @Put()
  replace() {
    runs.push('replace');
    return 'replaced';
  }

  @Get('disabled')
  @DisableCors()
  disabled() {
    runs.push('disabled');
    return 'disabled';
  }
}

@Controller('lenient')
class LenientController {
  @Post()
  write() {
    return 'written';
  }
}

describe.each(ENVIRONMENTS)('rejectDisallowed on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      controllers: [StrictController, LenientController],
      cors: {
        origin: APP,
        paths: [{ path: '/mounted', policy: { rejectDisallowed: true } }],
      },
      configure: (app) => {
        app.use('/mounted', (_request: Request, response: Response, _next: NextFunction) => response.end('mounted'));
      },
    });
  });

  afterAll(() => application.close());

  it('refused origin: is answered with 403 before the handler runs, without a CORS header', async () => {
    runs.length = 0;
    for (const method of ['GET', 'POST']) {
      const response = await application.from(STRANGER, '/strict', { method });
      expect(response.status).toBe(403);
      expect(JSON.parse(response.body)).toEqual({
        statusCode: 403,
        error: 'Forbidden',
        message: 'Refused by the CORS policy: origin-not-listed',
      });
      expect(corsHeaders(response)).toEqual({});
      expect(response.headers.vary).toContain('Origin');
    }
    expect(runs).toEqual([]);
  });

  it('allowed origin, or no Origin: passes', async () => {
    expect((await application.from(APP, '/strict')).body).toBe('read');
    const response = await application.send('/strict');
    expect(response.body).toBe('read');
    expect(response.headers.vary).toContain('Origin');
  });

  it('method that the policy leaves out: is answered with 403, even to an allowed origin', async () => {
    const response = await application.from(APP, '/strict', { method: 'PUT' });
    expect(response.status).toBe(403);
    expect(corsHeaders(response)).toEqual({});
  });

  it('disabled handler: is answered with 403', async () => {
    expect((await application.from(APP, '/strict/disabled')).status).toBe(403);
  });

  it('own origin, by Sec-Fetch-Site or by Host under either scheme: passes', async () => {
    const host = `127.0.0.1:${application.port}`;
    expect((await application.from(`http://${host}`, '/strict')).status).toBe(200);
    expect((await application.from(`https://${host}`, '/strict')).status).toBe(200);
    const proxied = { headers: { 'Sec-Fetch-Site': 'same-origin' } };
    expect((await application.from('https://public.example', '/strict', proxied)).status).toBe(200);
    const crossSite = { headers: { 'Sec-Fetch-Site': 'cross-site' } };
    expect((await application.from(`http://${host}`, '/strict', crossSite)).status).toBe(403);
  });

  it('X-Forwarded-Host: is ignored unless the framework trusts the proxy', async () => {
    const headers = { 'X-Forwarded-Host': 'stranger.example' };
    expect((await application.from(STRANGER, '/strict', { headers })).status).toBe(403);
  });

  it('option not set: is off', async () => {
    expect((await application.from(STRANGER, '/lenient', { method: 'POST' })).body).toBe('written');
  });

  it('path that Nest does not route: is enforced by the hook', async () => {
    const refused = await application.from(STRANGER, '/mounted/x');
    expect(refused.status).toBe(403);
    expect(refused.headers.vary).toContain('Origin');
    expect(JSON.parse(refused.body).message).toBe('Refused by the CORS policy: origin-not-listed');
    const granted = await application.from(APP, '/mounted/x');
    expect(granted.body).toBe('mounted');
    expect(granted.headers['access-control-allow-origin']).toBe(APP);
  });

  it.each(['/x/../mounted/x', '/./mounted/x', '/%6dounted/x', '/mounted/../x'])(
    'unrouted path: is enforced for either reading of %s',
    async (path) => {
      expect((await application.from(STRANGER, path)).status).toBe(403);
      expect((await application.send(path)).status).not.toBe(403);
    },
  );

  it('unrouted path none of whose readings rejects: is not enforced', async () => {
    expect((await application.from(STRANGER, '/x/../y')).status).toBe(404);
  });
});
