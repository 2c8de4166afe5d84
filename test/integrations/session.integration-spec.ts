import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Post,
  Put,
  Req,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import expressSession from 'express-session';
import { CorsPolicy } from '../../lib/index.js';
import { type RunningApplication, corsHeaders } from '../support/application.js';
import { type InstalledSetup, startInstalled } from './helmet.application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const SECRET = 'a secret of the tests that is long enough';
/** What lets a cookie of another site be sent at all; the proxy that ends TLS is in `SECURE`. */
const COOKIE = { secure: true, sameSite: 'none' } as const;
const SECURE = { 'X-Forwarded-Proto': 'https' };
const READABLE = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

interface WithSession {
  readonly url: string;
  readonly session: { user?: string };
}

@Injectable()
class SignedInGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { url, session } = context.switchToHttp().getRequest<WithSession>();
    if (url !== '/login' && session.user === undefined) {
      throw new UnauthorizedException();
    }
    return true;
  }
}

@Controller()
class ProfileController {
  @Post('login')
  login(@Req() { session }: WithSession) {
    session.user = 'Ada';
  }

  @Get('profile')
  read(@Req() { session }: WithSession) {
    return { user: session.user };
  }

  @Put('profile')
  @CorsPolicy({ rejectDisallowed: true })
  rename(@Req() { session }: WithSession) {
    session.user = 'Grace';
  }
}

const adapters: Record<string, () => Pick<InstalledSetup, 'adapter' | 'install'>> = {
  'express-session on express': () => ({
    adapter: new ExpressAdapter(),
    install: (app) =>
      (app as NestExpressApplication).use(
        expressSession({ secret: SECRET, resave: false, saveUninitialized: true, proxy: true, cookie: COOKIE }),
      ),
  }),
  '@fastify/session on fastify': () => ({
    adapter: new FastifyAdapter({ trustProxy: true }),
    install: async (app) => {
      await (app as NestFastifyApplication).register(fastifyCookie);
      await (app as NestFastifyApplication).register(fastifySession, { secret: SECRET, cookie: COOKIE });
    },
  }),
};

describe.each(Object.keys(adapters))('%s', (name) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startInstalled({
      ...adapters[name]!(),
      cors: { origin: APP, credentials: true, exposedHeaders: 'all', logging: 'off' },
      controllers: [ProfileController],
      providers: [{ provide: APP_GUARD, useClass: SignedInGuard }],
    });
  });

  afterAll(() => application.close());

  const request = (origin: string, method: string, path: string, cookie?: string) =>
    application.from(origin, path, { method, headers: { ...SECURE, ...(cookie === undefined ? {} : { cookie }) } });

  const signIn = async () => {
    const response = await request(APP, 'POST', '/login');
    expect(response.status).toBe(201);
    return { response, cookie: String(response.headers['set-cookie']?.[0]).split(';')[0]! };
  };

  it('preflight: starts no session, and lets an allowed origin send its cookie', async () => {
    const headers = { ...SECURE, 'Access-Control-Request-Method': 'GET' };
    const granted = await application.from(APP, '/profile', { method: 'OPTIONS', headers });
    expect(granted.status).toBe(204);
    expect(corsHeaders(granted)).toMatchObject({ ...READABLE, 'access-control-allow-methods': 'GET' });
    const refused = await application.from(STRANGER, '/profile', { method: 'OPTIONS', headers });
    expect([refused.status, corsHeaders(refused)]).toEqual([403, {}]);
    for (const preflight of [granted, refused]) {
      expect(preflight.headers).not.toHaveProperty('set-cookie');
    }
  });

  it('page of an allowed origin: has its session', async () => {
    const { response, cookie } = await signIn();
    expect(response.headers['set-cookie']).toEqual([expect.stringMatching(/; Secure.*SameSite=None/i)]);
    expect(corsHeaders(response)).toMatchObject(READABLE);
    const profile = await request(APP, 'GET', '/profile', cookie);
    expect([profile.status, JSON.parse(profile.body)]).toEqual([200, { user: 'Ada' }]);
    expect(corsHeaders(profile)).toMatchObject(READABLE);
    expect(profile.headers.vary).toBe('Origin');
  });

  it('401: is readable to an allowed origin', async () => {
    for (const cookie of [undefined, 'connect.sid=forged', 'sessionId=forged']) {
      const response = await request(APP, 'GET', '/profile', cookie);
      expect(response.status).toBe(401);
      expect(response.headers['set-cookie']).toHaveLength(1);
      expect(corsHeaders(response)).toMatchObject(READABLE);
      expect(response.headers.vary).toBe('Origin');
    }
  });

  it('is never named to the page, whatever else exposedHeaders: all names', async () => {
    const { response } = await signIn();
    const exposed = String(response.headers['access-control-expose-headers']).split(',');
    expect(exposed).toContain('vary');
    expect(exposed).not.toContain('set-cookie');
  });

  it('refused origin with the right cookie: can read nothing', async () => {
    const { cookie } = await signIn();
    const read = await request(STRANGER, 'GET', '/profile', cookie);
    expect([read.status, corsHeaders(read), read.headers.vary]).toEqual([200, {}, 'Origin']);
  });

  it('refused origin under a policy that rejects: changes nothing', async () => {
    const { cookie } = await signIn();
    expect((await request(STRANGER, 'PUT', '/profile', cookie)).status).toBe(403);
    expect(JSON.parse((await request(APP, 'GET', '/profile', cookie)).body)).toEqual({ user: 'Ada' });
    expect((await request(APP, 'PUT', '/profile', cookie)).status).toBe(200);
    expect(JSON.parse((await request(APP, 'GET', '/profile', cookie)).body)).toEqual({ user: 'Grace' });
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});
