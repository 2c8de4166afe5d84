import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Post, VersioningType } from '@nestjs/common';
import express from 'express';
import { CorsDevtoolsModule } from '../../lib/entry-points/devtools/index.js';
import { devtoolsCookie } from '../support/devtools.js';
import { CorsPolicy } from '../../lib/index.js';
import { type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import type { Sent } from '../support/http-client.js';

const APP = 'https://app.example.com';
const EVIL = 'https://evil.example';

const runs: string[] = [];

@Controller({ path: 'strict', version: ['1', '2'] })
@CorsPolicy({ rejectDisallowed: true })
class StrictController {
  @Post()
  write() {
    runs.push('write');
    return 'written';
  }
}

@Controller({ path: 'versioned', version: '1' })
@CorsPolicy({ credentials: true })
class FirstController {
  @Post()
  write() {
    runs.push('first');
    return 'first';
  }
}

@Controller({ path: 'versioned', version: '2' })
class SecondController {
  @Post()
  write() {
    runs.push('second');
    return 'second';
  }
}

@Controller({ path: 'exposed', version: ['1', '2'] })
@CorsPolicy({ exposedHeaders: 'all' })
class ExposedController {
  @Get()
  read() {
    return 'read';
  }

  @Post()
  write() {
    return 'written';
  }
}

/** Bodies whose fields are called like what the library reads of requests and responses. */
const FIELDS = (host: string): readonly (readonly [what: string, fields: Record<string, unknown>])[] => [
  ['headers of an allowed origin', { headers: { origin: APP } }],
  ['headers without an origin', { headers: {} }],
  ['headers of the own origin', { headers: { origin: `http://${host}`, host } }],
  ['headers that say same-origin', { headers: { origin: EVIL, 'sec-fetch-site': 'same-origin' } }],
  ['raw headers', { rawHeaders: ['Origin', APP], headersDistinct: { origin: [APP] } }],
  ['a method and a URL', { method: 'GET', url: '/open', originalUrl: '/open', headers: { origin: APP } }],
  [
    'a whole request',
    { raw: { headers: { origin: APP }, method: 'GET', url: '/open' }, socket: { encrypted: 'true' } },
  ],
  ['methods of a response', { headers: { origin: APP }, setHeader: 'x', getHeader: 'x', writeHead: 'x', end: 'x' }],
  ['the state of a response', { headers: { origin: APP }, headersSent: 'true', writableEnded: 'true' }],
  ['names of prototypes', { constructor: { name: 'IncomingMessage' }, headers: { origin: APP } }],
];

const ENCODINGS = ['application/json', 'application/x-www-form-urlencoded'] as const;

/** A body as qs reads it: `headers[origin]=…`. */
function formOf(fields: Record<string, unknown>, prefix?: string): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      const key = prefix === undefined ? name : `${prefix}[${name}]`;
      return typeof value === 'object' && value !== null
        ? formOf(value as Record<string, unknown>, key)
        : `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`;
    })
    .filter((pair) => pair !== '')
    .join('&');
}

function post(encoding: string, fields: Record<string, unknown>, headers: Record<string, string> = {}): Sent {
  const body = encoding === 'application/json' ? JSON.stringify(fields) : formOf(fields);
  return { method: 'POST', headers: { 'Content-Type': encoding, 'X-Version': '2', ...headers }, body };
}

/** Where applications leave a body, under names that the library knows from Fastify. */
const LEAVES: Readonly<Record<string, (request: Record<string, unknown>, response: Record<string, unknown>) => void>> =
  {
    'req.raw': (request) => void (request['raw'] = request['body']),
    'res.raw': (request, response) => void (response['raw'] = request['body']),
    both: (request, response) => void (request['raw'] = response['raw'] = request['body']),
    'req.raw and req.req': (request) => void (request['raw'] = request['req'] = request['body']),
  };

describe.each(Object.keys(LEAVES))('hostile body that a middleware leaves in %s on express', (place) => {
  let application: RunningApplication;
  let host: string;

  beforeAll(async () => {
    application = await startApplication('express', 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot()],
      controllers: [StrictController, FirstController, SecondController, ExposedController],
      cors: { origin: APP, logging: 'off' },
      configure: (app: INestApplication) => {
        app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
        app.use(express.json() as never);
        app.use(express.urlencoded({ extended: true }) as never);
        app.use(
          (request: Record<string, unknown>, response: ServerResponse & Record<string, unknown>, next: () => void) => {
            LEAVES[place]?.(request, response);
            next();
          },
        );
      },
    });
    host = `127.0.0.1:${application.port}`;
  });

  beforeEach(() => {
    runs.length = 0;
  });

  afterAll(() => application.close());

  it.each(ENCODINGS)('%s, refused origin: rejectDisallowed still answers 403', async (encoding) => {
    for (const [what, fields] of FIELDS(host)) {
      const response = await application.from(EVIL, '/strict', post(encoding, fields));
      expect([what, response.status]).toEqual([what, 403]);
      expect(corsHeaders(response)).toEqual({});
      expect(varyOf(response)).toContain('origin');
    }
    expect(runs).toEqual([]);
  });

  it.each(ENCODINGS)('%s, allowed origin: keeps its grant', async (encoding) => {
    for (const [what, fields] of [
      ...FIELDS(host),
      ['headers of a refused origin', { headers: { origin: EVIL } }] as const,
    ]) {
      const response = await application.from(APP, '/strict', post(encoding, fields));
      expect([what, response.status, response.body]).toEqual([what, 201, 'written']);
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
      const exposed = await application.from(APP, '/exposed', post(encoding, fields));
      expect([what, exposed.status]).toEqual([what, 201]);
      expect(exposed.headers['access-control-allow-origin']).toBe(APP);
      expect(exposed.headers['access-control-expose-headers']).toContain('x-powered-by');
    }
  });

  it.each(ENCODINGS)('%s, credentials of another version: are still refused', async (encoding) => {
    for (const fields of [{ headers: { origin: APP } }, { headers: {} }, { headers: { origin: APP, cookie: '' } }]) {
      const borrowed = await application.from(APP, '/versioned', post(encoding, fields, { Cookie: 'session=1' }));
      expect(borrowed.status).toBe(403);
    }
    expect(runs).toEqual([]);
  });

  it.each(ENCODINGS)('%s, refused origin: grants nothing', async (encoding) => {
    for (const [what, fields] of FIELDS(host)) {
      const response = await application.from(EVIL, '/exposed', post(encoding, fields));
      expect([what, corsHeaders(response)]).toEqual([what, {}]);
    }
  });

  it('devtools: stay closed to another host name and to forwarded requests', async () => {
    const fields = {
      headers: { host: 'localhost' },
      socket: { remoteAddress: '127.0.0.1' },
      connection: { remoteAddress: '127.0.0.1' },
    };
    const body = JSON.stringify(fields);
    const length = { 'Content-Type': 'application/json', 'Content-Length': String(body.length) };
    for (const headers of [{ Host: 'rebound.example' }, { 'X-Forwarded-For': '203.0.113.1' }]) {
      for (const path of ['/__cors', '/__cors/routes', '/__cors/audit']) {
        const response = await application.send(path, { headers: { ...length, ...headers }, body });
        expect([path, response.status]).toEqual([path, 403]);
      }
    }
    const Cookie = await devtoolsCookie(application);
    expect((await application.send('/__cors/routes', { headers: { ...length, Cookie }, body })).status).toBe(200);
  });
});
