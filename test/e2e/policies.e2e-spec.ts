import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, Options, Post, Put } from '@nestjs/common';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { ENVIRONMENTS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

@Controller('orders')
@CorsPolicy('partners')
class OrdersController {
  @Get()
  list() {
    return 'orders';
  }

  @Put(':id')
  @CorsPolicy({ allowedHeaders: ['content-type', 'if-match'] })
  replace(@Body() body: unknown) {
    return body;
  }

  @Delete(':id')
  @DisableCors()
  remove() {
    return 'removed';
  }
}

@Controller('public')
@CorsPolicy('public')
class PublicController {
  @Get()
  read() {
    return 'public';
  }
}

@Controller('own')
class OwnController {
  @Get()
  read() {
    return 'own';
  }

  @Post()
  write() {
    return 'written';
  }

  @Options('options')
  options() {
    return 'mine';
  }
}

@Controller('internal')
@DisableCors()
class InternalController {
  @Get()
  read() {
    return 'internal';
  }

  @Get('exception')
  @CorsPolicy({ maxAge: 5 })
  exception() {
    return 'exception';
  }
}

describe.each(ENVIRONMENTS)('policies on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      controllers: [OrdersController, PublicController, OwnController, InternalController],
      cors: {
        origin: [APP],
        credentials: true,
        policies: {
          public: { origin: '*' },
          partners: { origin: [PARTNER], credentials: true, maxAge: 600 },
        },
        paths: [{ path: '/graphql', policy: 'public' }],
      },
    });
  });

  afterAll(() => application.close());

  it('route without a decorator: can be read by the default origin, with credentials', async () => {
    const response = await application.from(APP, '/own');
    expect(response.status).toBe(200);
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
    });
    expect(response.headers.vary).toContain('Origin');
  });

  it('origin that is not allowed: gets no CORS header but Vary', async () => {
    const response = await application.from(STRANGER, '/own');
    expect(response.status).toBe(200);
    expect(corsHeaders(response)).toEqual({});
    expect(response.headers.vary).toContain('Origin');
  });

  it('controller with a policy: the default does not count', async () => {
    expect(corsHeaders(await application.from(PARTNER, '/orders'))).toEqual({
      'access-control-allow-origin': PARTNER,
      'access-control-allow-credentials': 'true',
    });
    expect(corsHeaders(await application.from(APP, '/orders'))).toEqual({});
  });

  it('preflight: is granted exactly what it asks for', async () => {
    const response = await application.preflight(PARTNER, 'GET', '/orders', 'x-one, X-Two');
    expect(response.status).toBe(204);
    expect(response.body).toBe('');
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': PARTNER,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'x-one,x-two',
      'access-control-max-age': '600',
    });
    expect(response.headers.vary).toBe('Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
  });

  it('handler with fields: replaces these, and starts from the module otherwise', async () => {
    expect((await application.preflight(PARTNER, 'PUT', '/orders/1', 'content-type,if-match')).status).toBe(204);
    expect((await application.preflight(PARTNER, 'PUT', '/orders/1', 'x-other')).status).toBe(403);
  });

  it('refused preflight: has no CORS header', async () => {
    const response = await application.preflight(STRANGER, 'GET', '/orders');
    expect(response.status).toBe(403);
    expect(corsHeaders(response)).toEqual({});
    expect(response.headers.vary).toBe('Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
  });

  it('disabled handler: gives no other origin access', async () => {
    expect((await application.preflight(PARTNER, 'DELETE', '/orders/1')).status).toBe(403);
    expect(corsHeaders(await application.from(PARTNER, '/orders/1', { method: 'DELETE' }))).toEqual({});
    expect(corsHeaders(await application.from(APP, '/internal'))).toEqual({});
  });

  it('handler with a policy in a disabled controller: has its policy', async () => {
    expect(corsHeaders(await application.from(APP, '/internal/exception'))).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
    });
  });

  it("policy of every origin: sends '*' with and without Origin, and never Vary", async () => {
    for (const response of [await application.send('/public'), await application.from(STRANGER, '/public')]) {
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': '*' });
      expect(response.headers.vary ?? '').not.toMatch(/origin/i);
    }
  });

  it('method that the path does not have: is refused', async () => {
    expect((await application.preflight(APP, 'PATCH', '/own')).status).toBe(403);
  });

  it('path that does not exist: an allowed origin can read the 404', async () => {
    expect((await application.preflight(APP, 'PATCH', '/nowhere')).status).toBe(204);
    const response = await application.from(APP, '/nowhere');
    expect(response.status).toBe(404);
    expect(response.headers['access-control-allow-origin']).toBe(APP);
  });

  it('`paths` entry: holds for its path and everything below, and for nothing else', async () => {
    for (const path of ['/graphql', '/graphql/', '/graphql/ws', '/graphql?query=x']) {
      expect((await application.from(STRANGER, path)).headers['access-control-allow-origin']).toBe('*');
    }
    expect(corsHeaders(await application.from(STRANGER, '/graphqlx'))).toEqual({});
  });

  it('OPTIONS that is not a preflight: is left to the application', async () => {
    const response = await application.from(APP, '/own/options', { method: 'OPTIONS' });
    expect(response.body).toBe('mine');
    expect(response.headers['access-control-allow-origin']).toBe(APP);
  });
});
