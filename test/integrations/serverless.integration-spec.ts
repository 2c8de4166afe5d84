import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS, corsHeaders, varyOf } from '../support/application.js';
import type { Received } from '../support/http-client.js';
import { type EventFormat, type EventRequest, eventOf, receivedOf } from './serverless-events.js';
import { ApplicationProcess, STARTING } from './application-process.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';
const FORMATS: EventFormat[] = ['1.0', '2.0'];

const granted = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

let program: ApplicationProcess;

// Fastify's inject(), which @fastify/aws-lambda stands on, needs an ES module that jest can't load before Node.js 24.9.
beforeAll(async () => {
  program = await ApplicationProcess.start('serverless-application.ts');
}, STARTING);

afterAll(() => program.stop());

describe.each(PLATFORMS)('an application without listen(), on %s', (platform) => {
  async function invoke(format: EventFormat, ...requests: EventRequest[]): Promise<Received[]> {
    const events = requests.map((request) => eventOf(format, request));
    const results = await program.ask<Parameters<typeof receivedOf>[0][]>('invoke', { platform, events });
    return results.map(receivedOf);
  }

  async function from(
    format: EventFormat,
    origin: string | string[],
    request: Partial<EventRequest>,
  ): Promise<Received> {
    const [received] = await invoke(format, {
      method: 'GET',
      path: '/orders',
      ...request,
      headers: { Host: 'api.example.com', Origin: origin, ...request.headers },
    });
    return received as Received;
  }

  const preflight = (format: EventFormat, origin: string, method: string) =>
    from(format, origin, {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type' },
    });

  it('cold start: all of its events are answered when its lists are read', async () => {
    const before = await program.ask<number>('loaded');
    const headers = { Host: 'api.example.com', Origin: PARTNER };
    const requests = Array.from({ length: 8 }, () => ({ method: 'GET', path: '/orders/partners', headers }));
    for (const response of await invoke('2.0', ...requests)) {
      expect(response.body).toBe('orders of partners');
      expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': PARTNER });
    }
    expect(await program.ask<number>('loaded')).toBe(before + 1);
  });

  describe.each(FORMATS)('with events of API Gateway, format %s', (format) => {
    it('preflights: are answered', async () => {
      const response = await preflight(format, APP, 'PUT');
      expect(response.status).toBe(204);
      expect(response.body).toBe('');
      expect(corsHeaders(response)).toMatchObject({
        ...granted,
        'access-control-allow-methods': 'PUT',
        'access-control-allow-headers': 'content-type',
      });
      expect(varyOf(response)).toEqual(['origin', 'access-control-request-method', 'access-control-request-headers']);
      for (const refused of [await preflight(format, STRANGER, 'PUT'), await preflight(format, APP, 'DELETE')]) {
        expect(refused.status).toBe(403);
        expect(corsHeaders(refused)).toEqual({});
      }
    });

    it.each([
      ['GET', 200],
      ['HEAD', 200],
      ['PUT', 204],
    ])('allowed origin, and others: get one set of headers, or none: %s', async (method, status) => {
      const allowed = await from(format, APP, { method });
      expect(allowed.status).toBe(status);
      expect(corsHeaders(allowed)).toEqual(granted);
      for (const name of ['access-control-allow-origin', 'vary']) {
        expect(allowed.rawHeaders.filter((each) => each === name)).toHaveLength(1);
      }
      const refused = await from(format, STRANGER, { method });
      expect(corsHeaders(refused)).toEqual({});
      for (const response of [allowed, refused]) {
        expect(varyOf(response).sort()).toEqual(method === 'PUT' ? ['origin'] : ['accept-language', 'origin']);
      }
    });

    it.each([
      ['of a handler', { path: '/orders/missing' }, 404],
      ['of an unknown path', { path: '/nowhere' }, 404],
      [
        'of the body parser',
        { method: 'PUT', body: '{"malformed', headers: { 'Content-Type': 'application/json' } },
        400,
      ],
    ])('error %s: is readable to an allowed origin', async (_, request, status) => {
      const response = await from(format, APP, request);
      expect(response.status).toBe(status);
      expect(JSON.parse(response.body)).toMatchObject({ statusCode: status });
      expect(corsHeaders(response)).toEqual(granted);
      expect(corsHeaders(await from(format, STRANGER, request))).toEqual({});
    });

    it('several Origin lines: are no origin', async () => {
      expect(corsHeaders(await from(format, [APP, STRANGER], {}))).toEqual({});
      expect(corsHeaders(await from(format, [STRANGER, APP], {}))).toEqual({});
    });

    it('own origin: is known by the Host of the event', async () => {
      const own = await from(format, 'https://api.example.com', {
        method: 'POST',
        body: '{}',
        headers: { 'Content-Type': 'application/json' },
      });
      expect(own.status).toBe(201);
      expect(
        (await from(format, STRANGER, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }))
          .status,
      ).toBe(403);
    });

    it("exposedHeaders 'all': names the headers that the result has", async () => {
      const response = await from(format, PARTNER, { path: '/orders/partners' });
      expect(response.headers['access-control-expose-headers']).toContain('content-type');
    });
  });

  it('log: has refusals only', async () => {
    const { warnings, errors } = await program.ask<Record<'warnings' | 'errors', string[]>>('log');
    expect(errors).toEqual([]);
    expect(warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
  });
});
