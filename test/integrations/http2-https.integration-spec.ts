import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestApplicationOptions } from '@nestjs/common';
import {
  type Platform,
  type RunningApplication,
  corsHeaders,
  startApplication,
  varyOf,
} from '../support/application.js';
import type { Sent } from '../support/http-client.js';
import { OrdersController, endWithoutBody } from './http2-https-application.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { type Wire, sendOver } from './http2-https-client.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

const certificate = selfSignedCertificate();

interface Server {
  readonly platform: Platform;
  readonly wire: Wire;
  readonly options?: NestApplicationOptions;
  readonly adapterOptions?: Record<string, unknown>;
}

const http2 = { http2: true, https: { ...certificate, allowHTTP1: true } };

const SERVERS: [string, Server][] = [
  ['Express, HTTPS', { platform: 'express', wire: 'HTTP/1.1 over TLS', options: { httpsOptions: certificate } }],
  ['Fastify, HTTPS', { platform: 'fastify', wire: 'HTTP/1.1 over TLS', adapterOptions: { https: certificate } }],
  ['Fastify, HTTP/2', { platform: 'fastify', wire: 'HTTP/2 over TLS', adapterOptions: http2 }],
  ['Fastify, HTTP/2, client without it', { platform: 'fastify', wire: 'HTTP/1.1 over TLS', adapterOptions: http2 }],
  ['Fastify, h2c', { platform: 'fastify', wire: 'HTTP/2 in clear text', adapterOptions: { http2: true } }],
];

describe.each(SERVERS)('%s', (_name, { platform, wire, options, adapterOptions }) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OrdersController],
      cors: { origin: APP, credentials: true, paths: [{ path: '/ended', policy: { exposedHeaders: 'all' } }] },
      configure: (app) => void app.use('/ended', endWithoutBody),
      ...(options === undefined ? {} : { options }),
      ...(adapterOptions === undefined ? {} : { adapterOptions }),
    });
  });

  afterAll(() => application.close());

  const send = (path: string, sent?: Sent) => sendOver(wire, application.port, certificate.cert, path, sent);
  const from = (origin: string, path: string, sent?: Sent) =>
    send(path, { ...sent, headers: { Origin: origin, ...sent?.headers } });
  const preflight = (origin: string, method: string, path: string) =>
    from(origin, path, {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type' },
    });
  const granted = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

  it('client: speaks this protocol', async () => {
    expect((await send('/orders/wire')).body).toBe(
      {
        'HTTP/1.1 over TLS': 'HTTP/1.1 over TLS',
        'HTTP/2 over TLS': 'HTTP/2.0 over TLS',
        'HTTP/2 in clear text': 'HTTP/2.0',
      }[wire],
    );
  });

  it('preflights: are granted and refused', async () => {
    const response = await preflight(APP, 'PUT', '/orders');
    expect(response.status).toBe(204);
    expect(response.body).toBe('');
    expect(corsHeaders(response)).toEqual({
      ...granted,
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'content-type',
    });
    expect(varyOf(response)).toEqual(['origin', 'access-control-request-method', 'access-control-request-headers']);
    for (const refused of [await preflight(STRANGER, 'PUT', '/orders'), await preflight(APP, 'DELETE', '/orders')]) {
      expect(refused.status).toBe(403);
      expect(corsHeaders(refused)).toEqual({});
    }
  });

  it.each([
    ['GET', '/orders', 200],
    ['HEAD', '/orders', 200],
    ['PUT', '/orders', 204],
  ])(
    'gives an allowed origin one set of headers, and keeps Vary: Origin beside the other: %s %s',
    async (method, path, status) => {
      const allowed = await from(APP, path, { method });
      expect(allowed.status).toBe(status);
      expect(corsHeaders(allowed)).toEqual(granted);
      expect(varyOf(allowed).sort()).toEqual(['accept-language', 'origin']);
      const refused = await from(STRANGER, path, { method });
      expect(refused.status).toBe(status);
      expect(corsHeaders(refused)).toEqual({});
      expect(varyOf(refused).sort()).toEqual(['accept-language', 'origin']);
    },
  );

  it.each([
    ['of a handler', 'GET', '/orders/forbidden', undefined, 403, 'not yours'],
    ['of an unknown path', 'GET', '/nowhere', undefined, 404, 'nowhere'],
    ['of the body parser', 'POST', '/orders', '{"malformed', 400, 'message'],
    ['of a body that is too large', 'POST', '/orders', JSON.stringify('x'.repeat(1_100_000)), 413, 'large'],
  ])('error %s: is readable to an allowed origin', async (_, method, path, body, status, text) => {
    const sent = { method, headers: { 'Content-Type': 'application/json' }, ...(body === undefined ? {} : { body }) };
    const response = await from(APP, path, sent);
    expect(response.status).toBe(status);
    expect(response.body).toContain(text);
    expect(corsHeaders(response)).toEqual(granted);
    expect(corsHeaders(await from(STRANGER, path, sent))).toEqual({});
  });

  it("exposedHeaders 'all': names the headers that the response has", async () => {
    const exposed = (await from(APP, '/orders/exposed')).headers['access-control-expose-headers'];
    expect(exposed?.split(',')).toEqual(expect.arrayContaining(['x-total', 'content-type', 'date']));
    // Pseudo-headers are no headers that a script could read.
    expect(exposed).not.toContain(':');
  });

  it('response that ends without a body: its headers are completed', async () => {
    const response = await from(APP, '/ended');
    expect(response.status).toBe(204);
    expect(varyOf(response).sort()).toEqual(['accept-language', 'origin']);
    expect(response.headers['access-control-expose-headers']?.split(',')).toContain('vary');
  });

  it('own origin: is known by the authority of the request', async () => {
    const own = await from(`https://localhost:${application.port}`, '/orders/own', { method: 'POST' });
    expect(own.body).toBe('own');
    expect((await from(STRANGER, '/orders/own', { method: 'POST' })).status).toBe(403);
  });

  it('tenant: is derived from the host of the request', async () => {
    expect((await from(STRANGER, '/orders/tenant')).headers['access-control-allow-origin']).toBe(STRANGER);
  });

  it('log: has refusals only', () => {
    expect(application.logger.errors).toEqual([]);
    expect(application.logger.warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
  });
});
