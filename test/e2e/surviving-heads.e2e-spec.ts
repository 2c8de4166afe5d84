import { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, type INestApplication, type MiddlewareConsumer, Module } from '@nestjs/common';
import express, { type Express } from 'express';
import type { CorsModuleOptions } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication, varyOf } from '../support/application.js';
import type { Received } from '../support/http-client.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

type Raw = ServerResponse & Record<string, unknown>;
type Tampering = (response: Raw) => ServerResponse | void;

const own = ServerResponse.prototype as unknown as Record<string, (...values: unknown[]) => unknown>;

/** Has a method of a response be one of its own, as a library that wraps it does. */
function replace(response: Raw, name: string, method: (this: Raw, ...values: unknown[]) => unknown): void {
  response[name] = method;
}

/** What libraries do to a response between the request hook and its head. */
const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'is left alone': () => undefined,
  'has the prototype of Node.js again': (response) => void Object.setPrototypeOf(response, ServerResponse.prototype),
  'has a prototype of its own': (response) =>
    void Object.setPrototypeOf(response, Object.create(Object.getPrototypeOf(response) as object) as object),
  'has a class of its own': (response) => {
    class OtherResponse extends ServerResponse {
      override writeHead(...values: unknown[]): this {
        return super.writeHead(...(values as [number]));
      }
    }
    Object.setPrototypeOf(response, OtherResponse.prototype);
  },
  'has its writeHead() wrapped, as on-headers does': (response) => {
    const { writeHead } = response as unknown as Record<string, (...values: unknown[]) => unknown>;
    replace(response, 'writeHead', function (...values) {
      this.setHeader('X-Wrapped', 'yes');
      return writeHead?.apply(this, values);
    });
  },
  'has its writeHead() replaced by that of Node.js': (response) => {
    replace(response, 'writeHead', function (...values) {
      return own['writeHead']?.apply(this, values);
    });
  },
  'has its end() and write() replaced by those of Node.js': (response) => {
    for (const name of ['end', 'write']) {
      replace(response, name, function (...values) {
        return own[name]?.apply(this, values);
      });
    }
  },
  'has a setHeader() that drops Vary': (response) => {
    replace(response, 'setHeader', function (...values) {
      return /^vary$/i.test(String(values[0])) ? this : own['setHeader']?.apply(this, values);
    });
  },
  'has getters of headers that know nothing': (response) => {
    replace(response, 'getHeader', () => undefined);
    replace(response, 'hasHeader', () => false);
    replace(response, 'getHeaderNames', () => []);
    replace(response, 'getHeaders', () => ({}));
  },
  'has lost the methods of its own': (response) => {
    for (const name of ['writeHead', 'setHeader', 'setHeaders', 'appendHeader', 'write', 'end', 'flushHeaders']) {
      delete response[name];
    }
  },
  'has lost the internal methods of its own': (response) => {
    delete response['_storeHeader'];
    delete response['_implicitHeader'];
  },
  'has all its headers removed': (response) => {
    for (const name of response.getHeaderNames()) {
      response.removeHeader(name);
    }
  },
  'is wrapped in a proxy': (response) =>
    new Proxy(response, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        // Node.js itself sends nothing where a method of the response is called on another object.
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }),
  'has another Vary': (response) => void response.setHeader('Vary', 'Accept'),
};

/** How the response is begun then. */
const ENDINGS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'end()': (response) => void response.end('ended'),
  'writeHead() with headers': (response) =>
    void response.writeHead(200, { Vary: 'Accept', 'X-Total': '3' }).end('ended'),
  'writeHead() with lines': (response) =>
    void response.writeHead(200, ['Vary', 'Accept', 'X-Total', '3'] as never).end(),
  'write()': (response) => {
    response.write('ended');
    response.end();
  },
  'flushHeaders()': (response) => {
    response.flushHeaders();
    response.end('ended');
  },
};

@Controller()
class HandledController {
  @Get('handled')
  @Header('X-Total', '3')
  handled() {
    return 'handled';
  }
}

/** An application that answers with headers of its own, as administration pages that come as a middleware do. */
function mountable(): Express {
  const application = express();
  application.get(
    '{/*mount}/page',
    (_request, response) => void response.set('X-Total', '3').vary('Accept').send('page'),
  );
  application.get(
    '{/*mount}/raw',
    (_request, response) => void response.writeHead(200, { Vary: 'Accept', 'X-Total': '3' }).end(),
  );
  application.get(
    '{/*mount}/overwritten',
    (_request, response) => void response.set({ Vary: 'Accept', 'X-Total': '3' }).json([]),
  );
  return application;
}

@Module({})
class MountingModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(mountable()).forRoutes('applied', 'applied/*path');
  }
}

function configure(app: INestApplication): void {
  app.use((request: { headers: Record<string, string> }, response: Raw, next: () => void) => {
    const tampered = TAMPERINGS[String(request.headers['x-tampering'])]?.(response) ?? response;
    const end = ENDINGS[String(request.headers['x-ending'])];
    return end === undefined ? next() : end(tampered);
  });
  const called = mountable() as unknown as (...values: unknown[]) => void;
  app.use('/called', (...values: unknown[]) => called(...values));
  app.use('/mounted', mountable() as never);
}

/** Whom a response is readable to, and which of its headers. */
function grantsOf({ headers }: Received) {
  const exposed = String(headers['access-control-expose-headers'] ?? '').split(',');
  return {
    to: headers['access-control-allow-origin'],
    exposing: exposed.filter((name) => /^(?:x-.*|vary)$/.test(name)).sort(),
  };
}

/** The names of its headers that are not in every response. */
function readableOf({ headers }: Received): string[] {
  return Object.keys(headers)
    .filter((name) => /^(?:x-.*|vary)$/.test(name))
    .sort();
}

const POLICIES = [
  ['a list of origins', { origin: APP }],
  ["exposedHeaders: 'all'", { origin: APP, exposedHeaders: 'all' }],
] as const satisfies readonly (readonly [string, CorsModuleOptions])[];

describe.each(PLATFORMS.flatMap((platform) => POLICIES.map(([name, cors]) => [name, platform, cors] as const)))(
  'response headers under %s on %s',
  (_name, platform, cors) => {
    let application: RunningApplication;
    const exposing = 'exposedHeaders' in cors;

    beforeAll(async () => {
      application = await startApplication(platform, 'NestFactory', {
        imports: [MountingModule],
        controllers: [HandledController],
        cors,
        configure,
      });
    });

    afterAll(() => application.close());

    it.each(Object.keys(TAMPERINGS))('response that %s: contain the grant and Vary', async (tampering) => {
      for (const ending of [...Object.keys(ENDINGS), 'of the handler']) {
        const headers = { 'X-Tampering': tampering, 'X-Ending': ending };
        const granted = await application.from(APP, '/handled', { headers });
        const refused = await application.from(STRANGER, '/handled', { headers });
        const plain = await application.send('/handled', { headers });
        expect({ ending, grants: grantsOf(granted), refused: corsHeaders(refused), plain: corsHeaders(plain) }).toEqual(
          {
            ending,
            grants: exposing ? { to: APP, exposing: readableOf(granted) } : { to: APP, exposing: [] },
            refused: {},
            plain: {},
          },
        );
        for (const response of [granted, refused, plain]) {
          expect({ ending, vary: varyOf(response) }).toEqual({ ending, vary: expect.arrayContaining(['origin']) });
        }
      }
    });

    // The adapter for Fastify strips the whole path for middleware with a pattern.
    const mounts = platform === 'express' ? ['/called', '/mounted', '/applied'] : ['/called', '/mounted'];
    it.each(mounts)('sent by an Express application at %s: are completed', async (mount) => {
      for (const path of ['/page', '/raw', '/overwritten']) {
        const granted = await application.from(APP, mount + path);
        expect(granted.headers['x-total']).toBe('3');
        expect(grantsOf(granted)).toEqual({ to: APP, exposing: exposing ? readableOf(granted) : [] });
        expect(varyOf(granted)).toEqual(expect.arrayContaining(['accept', 'origin']));
        const refused = await application.from(STRANGER, mount + path);
        expect(refused.status).toBe(200);
        expect(corsHeaders(refused)).toEqual({});
        expect(varyOf(refused)).toEqual(expect.arrayContaining(['accept', 'origin']));
      }
    });
  },
);
