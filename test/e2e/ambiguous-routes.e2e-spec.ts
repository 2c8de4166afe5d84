import { describe, expect, it } from '@jest/globals';
import { Controller, Get, VersioningType } from '@nestjs/common';
import { RouteConstraints } from '@nestjs/platform-fastify';
import { CorsPolicy } from '../../lib/index.js';
import { corsHeaders, startApplication } from '../support/application.js';
import { headerConstraint } from '../support/header-constraint.js';

const ONE = 'https://one.example';
const TWO = 'https://two.example';

@Controller('things')
class ThingsController {
  @Get()
  @RouteConstraints({ flavour: 'one' })
  @CorsPolicy({ origin: ONE, credentials: true })
  one() {
    return 'one';
  }

  @Get()
  @RouteConstraints({ flavour: 'two' })
  @CorsPolicy({ origin: TWO, exposedHeaders: 'all' })
  two() {
    return 'two';
  }
}

describe('routes with a custom Fastify constraint', () => {
  it('several possible routes: grants nothing until the guard knows the route, then by its policy', async () => {
    const { from, preflight, close } = await startApplication('fastify', 'NestFactory', {
      controllers: [ThingsController],
      configure: (app) => app.getHttpAdapter().getInstance().addConstraintStrategy(headerConstraint('flavour', true)),
    });
    const one = { headers: { 'X-Flavour': 'one' } };
    const two = { headers: { 'X-Flavour': 'two' } };
    expect(corsHeaders(await from(ONE, '/things', one))).toEqual({
      'access-control-allow-origin': ONE,
      'access-control-allow-credentials': 'true',
    });
    expect(corsHeaders(await from(ONE, '/things', two))).toEqual({});
    const response = await from(TWO, '/things', two);
    expect(response.body).toBe('two');
    expect(response.headers['access-control-allow-origin']).toBe(TWO);
    expect(response.headers['access-control-expose-headers']).toContain('content-type');
    expect(response.headers.vary).toContain('Origin');
    expect((await preflight(ONE, 'GET', '/things')).status).toBe(204);
    expect((await preflight(TWO, 'GET', '/things')).status).toBe(204);
    await close();
  });
});

@Controller({ path: 'old', version: '1' })
@CorsPolicy({ origin: ONE, credentials: true })
class OldController {
  @Get()
  read() {
    return 'old';
  }
}

@Controller({ path: 'new', version: '1' })
@CorsPolicy({ origin: TWO })
class NewController {
  @Get()
  read() {
    return 'new';
  }
}

describe('middleware that rewrites the URL', () => {
  it('with a guard: the policy of the handler applies', async () => {
    const { from, close } = await startApplication('express', 'NestFactory', {
      controllers: [OldController, NewController],
      configure: (app) => {
        app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
        app.use((request: { url: string }, _response: unknown, next: () => void) => {
          request.url = request.url.replace('/old', '/new');
          next();
        });
      },
    });
    const headers = { 'X-Version': '1' };
    const foreseen = await from(ONE, '/old', { headers });
    expect(foreseen.body).toBe('new');
    expect(corsHeaders(foreseen)).toEqual({});
    expect(corsHeaders(await from(TWO, '/old', { headers }))).toEqual({ 'access-control-allow-origin': TWO });
    await close();
  });
});
