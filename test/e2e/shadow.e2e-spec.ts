import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { CorsInspector, type CorsModuleOptions, CorsPolicy } from '../../lib/index.js';
import { CORS_SHADOW_CHANNEL, type CorsShadowEntry } from '../../lib/entry-points/diagnostics/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';
import { eventsDuring } from '../support/published-events.js';

const KEPT = 'https://kept.example';
const DROPPED = 'https://dropped.example';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return 'orders';
  }

  @Put(':id')
  @CorsPolicy({ origin: [KEPT, DROPPED] })
  replace() {
    return 'replaced';
  }
}

describe.each(PLATFORMS)('shadow policy on %s', (platform) => {
  let application: RunningApplication | undefined;

  afterEach(async () => {
    await application?.close();
    application = undefined;
  });

  async function start(cors: CorsModuleOptions) {
    application = await startApplication(platform, 'NestFactory', { controllers: [OrdersController], cors });
    return application;
  }

  /** Shadows are judged when the answer is out. */
  async function report(): Promise<readonly CorsShadowEntry[]> {
    await sleep(20);
    return (application as RunningApplication).app.get(CorsInspector, { strict: false }).shadowReport();
  }

  it('different decisions: are counted with samples, and the shadow is never applied', async () => {
    const { from, preflight, logger } = await start({ origin: [KEPT, DROPPED], shadow: { origin: [KEPT] } });
    for (let i = 0; i < 3; i++) {
      expect((await from(DROPPED, '/orders')).headers['access-control-allow-origin']).toBe(DROPPED);
    }
    expect((await preflight(DROPPED, 'GET', '/orders')).status).toBe(204);
    expect((await from(KEPT, '/orders')).headers['access-control-allow-origin']).toBe(KEPT);
    expect(await report()).toEqual([
      {
        kind: 'actual',
        method: 'GET',
        route: '/orders',
        policy: 'module defaults',
        differences: ['granted'],
        live: 'origin-listed',
        shadow: 'origin-not-listed',
        count: 3,
        origins: [DROPPED],
      },
      expect.objectContaining({ kind: 'preflight', differences: ['granted'], count: 1 }),
    ]);
    expect(logger.warnings.filter((line) => line.startsWith('The shadow of module defaults'))).toHaveLength(2);
  });

  it('field that changes no decision: is evaluated, too', async () => {
    const { from, preflight } = await start({
      origin: KEPT,
      credentials: true,
      maxAge: 60,
      shadow: { credentials: false, maxAge: 5, exposedHeaders: ['ETag'], rejectDisallowed: true },
    });
    await from(KEPT, '/orders');
    await preflight(KEPT, 'GET', '/orders');
    await from(DROPPED, '/orders');
    const found = (await report()).map(({ kind, differences }) => [kind, ...differences]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['actual', 'allow-credentials', 'expose-headers'],
        ['preflight', 'allow-credentials', 'max-age'],
        ['actual', 'rejected'],
      ]),
    );
  });

  it('live field of a nearer level: replaces it', async () => {
    const { from } = await start({ origin: [KEPT, DROPPED], shadow: { origin: [KEPT] } });
    await from(DROPPED, '/orders/1', { method: 'PUT' });
    expect(await report()).toEqual([]);
  });

  it('shadow lookup that never settles: leaves the live response unchanged', async () => {
    const { from } = await start({
      origin: KEPT,
      lookupTimeout: 50,
      shadow: { originLookup: { isOriginAllowed: () => new Promise(() => {}) } },
    });
    expect(corsHeaders(await from(KEPT, '/orders'))).toEqual({ 'access-control-allow-origin': KEPT });
    await sleep(80);
    expect(await report()).toMatchObject([{ live: 'origin-listed', shadow: 'lookup-timed-out' }]);
  });

  it('each difference: is published', async () => {
    const events = await eventsDuring(CORS_SHADOW_CHANNEL, async () => {
      const { from } = await start({ origin: DROPPED, shadow: { origin: false } });
      await from(DROPPED, '/orders');
      await report();
    });
    expect(events).toMatchObject([{ origin: DROPPED, route: '/orders', shadow: 'cors-disabled' }]);
  });

  it('problem: is reported as in a live policy', async () => {
    const setup = {
      origin: KEPT,
      credentials: true,
      shadow: { origin: '*', unknown: 1 },
    } as unknown as CorsModuleOptions;
    await expect(start(setup)).rejects.toMatchObject({
      problems: [
        { code: 'unknown-option', path: 'shadow.unknown' },
        { code: 'wildcard-with-credentials', path: 'shadow.origin' },
      ],
    });
  });

  it('explain(): is not counted', async () => {
    const { app } = await start({ origin: DROPPED, shadow: { origin: false } });
    const inspector = app.get(CorsInspector, { strict: false });
    await inspector.explain({ method: 'GET', path: '/orders', origin: DROPPED });
    expect(await report()).toEqual([]);
  });
});
