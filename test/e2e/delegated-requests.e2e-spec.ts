import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get, type MiddlewareConsumer, Module, type NestModule, Next, Req, Res } from '@nestjs/common';
import express from 'express';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';

const application = express();
application.get(
  ['/off/users', '/partner/users', '/later/users', '/bound/users'],
  (_request, response) => void response.send('users'),
);
const router = express.Router();
router.get('/router/users', (_request, response) => void response.send('users'));
router.get('/router/broken', () => {
  throw new Error('broken');
});
router.get('/router/passed', (_request, _response, next) => next());

@Controller()
class DelegatingController {
  @All('off/*path')
  @DisableCors()
  off(@Req() request: never, @Res() response: never) {
    application(request, response);
  }

  @All('partner/*path')
  @CorsPolicy({ origin: PARTNER })
  partner(@Req() request: never, @Res() response: never) {
    application(request, response);
  }

  @All('later/*path')
  @DisableCors()
  later(@Req() request: never, @Res() response: never) {
    setTimeout(() => application(request, response), 5);
  }

  @All('router/*path')
  @DisableCors()
  router(@Req() request: never, @Res() response: never, @Next() next: never) {
    router(request, response, next);
  }

  @Get('router/passed')
  @CorsPolicy({ origin: PARTNER })
  passed() {
    return 'passed';
  }
}

@Controller('bound')
@DisableCors()
class BoundController {
  @Get('users')
  users() {
    return 'bound users';
  }
}

@Module({ controllers: [BoundController] })
class BoundModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply((request: never, response: never) => application(request, response)).forRoutes(BoundController);
  }
}

describe('request that a handler on express hands to another application or router', () => {
  let running: RunningApplication;

  beforeAll(async () => {
    running = await startApplication('express', 'NestFactory', {
      imports: [BoundModule],
      controllers: [DelegatingController],
      cors: { origin: APP, credentials: true },
      configure: (app) => void app.use('/mounted', application),
    });
  });

  afterAll(() => running.close());

  it('handed over by a middleware of a disabled controller: has no grant of the path', async () => {
    const response = await running.from(APP, '/bound/users');
    expect(response.body).toBe('users');
    expect(corsHeaders(response)).toEqual({});
  });

  it.each(['/off/users', '/later/users', '/router/users'])(
    '%s: is answered by the policy of the handler',
    async (path) => {
      const response = await running.from(APP, path);
      expect(response.body).toBe('users');
      expect(corsHeaders(response)).toEqual({});
    },
  );

  it.each(['/off/none', '/router/broken', '/router/none'])(
    '%s, which fails: has no grant on the error',
    async (path) => {
      const response = await running.from(APP, path);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect([undefined, path.startsWith('/router') ? APP : undefined]).toContain(
        response.headers['access-control-allow-origin'],
      );
    },
  );

  it('origin that the handler allows: can read the response', async () => {
    const response = await running.from(PARTNER, '/partner/users');
    expect(response.body).toBe('users');
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': PARTNER });
    expect(corsHeaders(await running.from(APP, '/partner/users'))).toEqual({});
  });

  it('passed on by the router: is answered by the policy of the next handler', async () => {
    const response = await running.from(PARTNER, '/router/passed');
    expect(response.body).toBe('passed');
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': PARTNER });
    expect(corsHeaders(await running.from(APP, '/router/passed'))).toEqual({});
  });

  it('taken by a mount, not a handler: has the policy of the path', async () => {
    const response = await running.from(APP, '/mounted/off/users');
    expect(response.body).toBe('users');
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': APP });
  });
});
