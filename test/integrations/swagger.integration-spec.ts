import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Body, Controller, Get, type INestApplication, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import * as contentDisposition from 'content-disposition';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import {
  PLATFORMS,
  type RunningApplication,
  corsHeaders,
  createApplication,
  startApplication,
} from '../support/application.js';

// @fastify/static is CommonJS, and jest can't require() this dependency of it, which is not.
jest.mock('content-disposition', () => contentDisposition);

const APP = 'https://app.example.com';
const TOOL = 'https://tool.example';
const STRANGER = 'https://stranger.example';

class Order {
  @ApiProperty({ example: 'anvil' })
  item!: string;
}

@Controller('orders')
@ApiBearerAuth()
class OrdersController {
  @Get(':id')
  @CorsPolicy({ exposedHeaders: 'all' })
  find(@Param('id') item: string): Order {
    return { item };
  }

  @Put(':id')
  @CorsPolicy({ rejectDisallowed: true })
  replace(@Param('id') _id: string, @Body() order: Order): Order {
    return order;
  }

  @Get()
  @DisableCors()
  list(): Order[] {
    return [];
  }
}

const cors = {
  origin: APP,
  logging: 'off',
  paths: [
    { path: '/docs-json', policy: { origin: [APP, TOOL], maxAge: 600 } },
    { path: '/docs', policy: { origin: false } },
  ],
} as const;

const documentOf = (app: INestApplication) =>
  SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Orders').addBearerAuth().build());

describe.each(PLATFORMS)('an OpenAPI document and its page on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OrdersController],
      cors,
      configure: (app) => SwaggerModule.setup('docs', app, () => documentOf(app)),
    });
  });

  afterAll(() => application.close());

  it('document: is as without this library', async () => {
    const apps = [
      await createApplication(platform, 'NestFactory', { controllers: [OrdersController], cors }),
      await createApplication(platform, 'NestFactory', { controllers: [OrdersController], cors: false }),
    ];
    const [withCors, without] = apps.map((app) => JSON.stringify(documentOf(app)));
    expect(withCors).toBe(without);
    expect(Object.keys(documentOf(apps[0]!).paths)).toEqual(['/orders/{id}', '/orders']);
    await Promise.all(apps.map((app) => app.close()));
    expect(JSON.stringify(JSON.parse((await application.send('/docs-json')).body))).toBe(without);
  });

  it('origins of its path: may read it', async () => {
    for (const origin of [APP, TOOL]) {
      const response = await application.from(origin, '/docs-json');
      expect([response.status, JSON.parse(response.body).info.title]).toEqual([200, 'Orders']);
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': origin });
      expect(response.headers.vary).toBe('Origin');
    }
    const refused = await application.from(STRANGER, '/docs-json');
    expect([refused.status, corsHeaders(refused), refused.headers.vary]).toEqual([200, {}, 'Origin']);
  });

  it('path of its page: does not cover it, nor its YAML', async () => {
    expect(corsHeaders(await application.from(TOOL, '/docs-yaml'))).toEqual({});
    expect((await application.from(APP, '/docs-yaml')).headers['access-control-allow-origin']).toBe(APP);
  });

  it.each(['/docs', '/docs/swagger-ui.css', '/docs/swagger-ui-init.js'])('its page: is shown: %s', async (path) => {
    const response = await application.from(APP, path);
    expect(response.status).toBe(200);
    expect(response.body.length).toBeGreaterThan(500);
    expect(corsHeaders(response)).toEqual({});
  });

  it('preflights: are answered by the same policies', async () => {
    const granted = await application.preflight(TOOL, 'GET', '/docs-json', 'authorization');
    expect(granted.status).toBe(204);
    expect(corsHeaders(granted)).toEqual({
      'access-control-allow-origin': TOOL,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '600',
    });
    for (const [origin, path] of [
      [STRANGER, '/docs-json'],
      [APP, '/docs'],
    ] as const) {
      const refused = await application.preflight(origin, 'GET', path);
      expect([refused.status, corsHeaders(refused)]).toEqual([403, {}]);
    }
  });

  it('"Try it out" on the page’s own origin: works, also under policies that reject', async () => {
    const sent = {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' },
      body: '{"item":"anvil"}',
    };
    const own = await application.from(`http://127.0.0.1:${application.port}`, '/orders/1', sent);
    expect([own.status, own.body]).toEqual([200, '{"item":"anvil"}']);
    const headers = { 'Content-Type': 'application/json' };
    expect((await application.from(TOOL, '/orders/1', { ...sent, headers })).status).toBe(403);
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});
