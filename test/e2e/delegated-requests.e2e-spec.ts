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

describe('requests that a handler on express hands to another application or router of Express', () => {
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

  it('have no grant of the path where a middleware of a disabled controller hands them over', async () => {
    const response = await running.from(APP, '/bound/users');
    expect(response.body).toBe('users');
    expect(corsHeaders(response)).toEqual({});
  });

  it.each(['/off/users', '/later/users', '/router/users'])(
    '%s › are answered by the policy of the handler',
    async (path) => {
      const response = await running.from(APP, path);
      expect(response.body).toBe('users');
      expect(corsHeaders(response)).toEqual({});
    },
  );

  it.each(['/off/none', '/router/broken', '/router/none'])('%s › have no grant for errors either', async (path) => {
    const response = await running.from(APP, path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect([undefined, path.startsWith('/router') ? APP : undefined]).toContain(
      response.headers['access-control-allow-origin'],
    );
  });

  it('are readable to the origins that the handler allows', async () => {
    const response = await running.from(PARTNER, '/partner/users');
    expect(response.body).toBe('users');
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': PARTNER });
    expect(corsHeaders(await running.from(APP, '/partner/users'))).toEqual({});
  });

  it('are answered by the policy of the next handler where the router passes them on', async () => {
    const response = await running.from(PARTNER, '/router/passed');
    expect(response.body).toBe('passed');
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': PARTNER });
    expect(corsHeaders(await running.from(APP, '/router/passed'))).toEqual({});
  });

  it('are those of the path where a mount takes them, not a handler', async () => {
    const response = await running.from(APP, '/mounted/off/users');
    expect(response.body).toBe('users');
    expect(corsHeaders(response)).toMatchObject({ 'access-control-allow-origin': APP });
  });
});
