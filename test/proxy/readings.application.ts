import { All, Controller, type MiddlewareConsumer, Module } from '@nestjs/common';
import { request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CorsPolicy } from '../../lib/index.js';
import type { ApplicationSetup } from '../support/application.js';

export const APP = 'https://app.example.com';
export const EVIL = 'https://evil.example';

const POLICIES = {
  public: { origin: '*' },
  private: { origin: APP, credentials: true, rejectDisallowed: true },
} as const;

type Middleware = (incoming: IncomingMessage, outgoing: ServerResponse, next: () => void) => void;

/** An application that passes everything on to an upstream, below which two folders have policies. */
export function proxying(upstream: number, rejectDisallowed: boolean): ApplicationSetup {
  const proxy: Middleware = (incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    try {
      // The target as it came: what it means is the upstream's to say.
      const asked = request({ host: '127.0.0.1', port: upstream, method, path: url, headers: { host: headers.host } });
      asked.on('error', () => outgoing.writeHead(502).end());
      asked.on('response', (answered) => {
        const served = answered.headers['x-served'];
        outgoing.writeHead(answered.statusCode ?? 502, served === undefined ? {} : { 'X-Served': served });
        answered.pipe(outgoing);
      });
      asked.end();
    } catch {
      outgoing.writeHead(400).end();
    }
  };
  return {
    cors: {
      origin: APP,
      rejectDisallowed,
      policies: { ...POLICIES, private: { ...POLICIES.private, rejectDisallowed } },
      paths: [
        { path: '/assets', policy: 'public' },
        { path: '/private', policy: 'private' },
      ],
    },
    configure: (app) => void app.use(proxy),
  };
}

/** Says that it has run, and where. */
const saying =
  (where: string): Middleware =>
  (_incoming, outgoing) =>
    outgoing.writeHead(200, { 'X-Served': where }).end(where);

/** An application for everybody, but for what a middleware answers below `/admin`. */
export function administered(): ApplicationSetup {
  return {
    cors: { origin: '*', policies: POLICIES, paths: [{ path: '/admin', policy: 'private' }] },
    configure: (app) => void app.use('/admin', saying('/admin')),
  };
}

/** The same, where the middleware and the policy are those of a controller. */
export function administeredByController(): ApplicationSetup {
  @Controller('admin')
  @CorsPolicy('private')
  class AdminController {
    @All() index() {
      return 'never reached';
    }
    @All('users') users() {
      return 'never reached';
    }
  }

  @Module({ controllers: [AdminController] })
  class AdminModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(saying('/admin')).forRoutes(AdminController);
    }
  }
  return { cors: { origin: '*', policies: POLICIES }, imports: [AdminModule] };
}
