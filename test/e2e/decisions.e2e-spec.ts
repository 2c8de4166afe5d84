import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import type { CorsModuleOptions } from '../../lib/index.js';
import { PLATFORMS, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { eventsDuring } from '../support/published-events.js';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return 'orders';
  }

  @Put(':id')
  replace() {
    return 'replaced';
  }
}

describe.each(PLATFORMS)('reported decisions on %s', (platform) => {
  const startForTest = closedAfterEach(startApplication);

  async function start(cors: CorsModuleOptions) {
    return startForTest(platform, 'NestFactory', { controllers: [OrdersController], cors });
  }

  it('diagnostics_channel: publishes reason, route and policy', async () => {
    const { from, preflight, send } = await start({ origin: APP, logging: 'off' });
    await from(STRANGER, '/orders');
    const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
      await preflight(APP, 'PUT', '/orders/7');
      await from(STRANGER, '/orders?x=1');
      await from(APP, '/nowhere');
      await send('/orders');
      await preflight(APP, 'DELETE', '/orders');
    });
    await from(STRANGER, '/orders');
    const policy = 'module defaults';
    expect(events).toEqual([
      {
        kind: 'preflight',
        granted: true,
        reason: 'origin-listed',
        method: 'PUT',
        route: '/orders/:id',
        handler: 'OrdersController.replace',
        policy,
        origin: APP,
        path: '/orders/7',
      },
      {
        kind: 'actual',
        granted: false,
        reason: 'origin-not-listed',
        method: 'GET',
        route: '/orders',
        handler: 'OrdersController.list',
        policy,
        origin: STRANGER,
        path: '/orders',
      },
      {
        kind: 'actual',
        granted: true,
        reason: 'origin-listed',
        method: 'GET',
        route: undefined,
        handler: undefined,
        policy,
        origin: APP,
        path: '/nowhere',
      },
      {
        kind: 'actual',
        granted: undefined,
        reason: 'no-origin',
        method: 'GET',
        route: '/orders',
        handler: 'OrdersController.list',
        policy,
        origin: undefined,
        path: '/orders',
      },
      {
        kind: 'preflight',
        granted: false,
        reason: 'method-not-routed',
        method: 'DELETE',
        route: undefined,
        handler: undefined,
        policy: undefined,
        origin: APP,
        path: '/orders',
      },
    ]);
  });

  it('repeated refusal: is logged once, with reason and fix', async () => {
    const { from, preflight, port, logger } = await start({ origin: APP });
    for (let i = 0; i < 5; i++) {
      await from(STRANGER, '/orders');
      await preflight(STRANGER, 'PUT', `/orders/${i}`);
      await from(APP, '/orders');
      await from(`http://127.0.0.1:${port}`, '/orders/1', { method: 'PUT' });
    }
    await from('https://evil.example\u0085Refused', '/orders');
    expect(logger.warnings).toEqual([
      'Refused GET /orders (OrdersController.list) from https://stranger.example by module defaults: origin-not-listed. Add the origin to `origin`, exactly as the browser sends it: scheme, host and port.',
      'Refused the preflight of PUT /orders/:id (OrdersController.replace) from https://stranger.example by module defaults: origin-not-listed. Add the origin to `origin`, exactly as the browser sends it: scheme, host and port.',
      expect.stringMatching(
        /^Refused GET \/orders \(OrdersController\.list\) from a malformed origin of \d+ characters/,
      ),
    ]);
  });

  it('logging off: logs nothing', async () => {
    const { from, logger } = await start({ origin: APP, logging: 'off' });
    await from(STRANGER, '/orders');
    expect(logger.warnings).toEqual([]);
  });
});
