import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { CorsInspector } from '../../lib/index.js';
import { describeUnknown, isUnknown } from '../../lib/inspect/unknown-route.js';
import { type RunningApplication, startApplication } from '../support/application.js';

@Controller('orders')
class OrdersController {
  @Get()
  list(): string[] {
    return [];
  }

  @Put(':id')
  replace(): object {
    return {};
  }
}

describe('a request that no route takes', () => {
  let application: RunningApplication | undefined;

  afterEach(() => application?.close());

  it.each([
    ['/api', 'PUT', '/orders/1', 'The nearest is PUT /api/orders/:id.'],
    ['/api', 'GET', '/orders', 'The nearest is GET /api/orders.'],
    ['', 'PUT', '/api/v1/orders/1', 'The nearest is PUT /orders/:id.'],
    ['', 'PUT', '/order/1', 'The nearest is PUT /orders/:id.'],
    ['', 'DELETE', '/orders/1', 'That path has PUT.'],
    ['', 'GET', '/elsewhere', 'No route resembles it.'],
  ])('with the prefix "%s", %s %s: says what was probably meant', async (prefix, method, path, meant) => {
    application = await startApplication('express', 'NestFactory', {
      controllers: [OrdersController],
      configure: (app) => void app.setGlobalPrefix(prefix),
    });
    const inspector = application.app.get(CorsInspector);
    const explanation = await inspector.explain({ method, path, origin: 'https://app.example.com' });
    expect(isUnknown(explanation)).toBe(true);
    expect(await describeUnknown(inspector, explanation)).toBe(
      `No route and no \`paths\` entry covers ${method} ${path}: the module defaults apply. ${meant}`,
    );
  });
});
