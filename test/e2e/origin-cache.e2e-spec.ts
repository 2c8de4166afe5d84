import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Inject, Injectable, Param, Put, Query } from '@nestjs/common';
import { Subject } from 'rxjs';
import {
  CorsInspector,
  type CorsModuleOptions,
  CorsOriginCache,
  type OriginChange,
  type OriginLookup,
  type OriginLookupContext,
} from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const KNOWN = 'https://known.example';
const STRANGER = 'https://stranger.example';

/** A database of origins: it answers in its own time, counts, and can be out of order. */
@Injectable()
class Partners implements OriginLookup {
  readonly rows = new Set([`acme ${KNOWN}`, `umbrella ${KNOWN}`]);
  readonly changes = new Subject<OriginChange>();
  questions = 0;
  isDown = false;

  async isOriginAllowed(origin: string, { tenant }: OriginLookupContext): Promise<boolean> {
    this.questions++;
    await sleep(2);
    if (this.isDown) {
      throw new Error('database is down');
    }
    return this.rows.has(`${tenant} ${origin}`);
  }
}

@Injectable()
class Administration {
  constructor(
    @Inject(Partners) private readonly partners: Partners,
    @Inject(CorsOriginCache) private readonly cache: CorsOriginCache,
  ) {}

  async remove(tenant: string, origin: string): Promise<void> {
    this.partners.rows.delete(`${tenant} ${origin}`);
    await this.cache.invalidate({ tenant, origin });
  }
}

@Controller('t/:tenant/items')
class ItemsController {
  constructor(@Inject(Administration) private readonly administration: Administration) {}

  @Get()
  list() {
    return 'items';
  }

  @Put()
  replace() {
    return 'replaced';
  }

  @Delete()
  async remove(@Param('tenant') tenant: string, @Query('origin') origin: string) {
    await this.administration.remove(tenant, origin);
    return 'removed';
  }
}

describe.each(PLATFORMS)('lookup cache on %s', (platform) => {
  let application: RunningApplication;
  let partners: Partners;
  let cache: CorsOriginCache;

  async function start(cors: CorsModuleOptions = {}): Promise<RunningApplication> {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [ItemsController],
      providers: [Partners, Administration],
      cors: { originLookup: Partners, tenant: ({ params }) => params['tenant'], ...cors },
    });
    partners = application.app.get(Partners);
    cache = application.app.get(CorsOriginCache);
    return application;
  }

  const preflightStatus = async (tenant: string, origin = KNOWN) =>
    (await application.preflight(origin, 'PUT', `/t/${tenant}/items`)).status;

  afterEach(() => application.close());

  it('preflight, request, and all that follow: cause one lookup call', async () => {
    const { from } = await start();
    expect(await preflightStatus('acme')).toBe(204);
    const response = await from(KNOWN, '/t/acme/items', { method: 'PUT' });
    expect(response.headers['access-control-allow-origin']).toBe(KNOWN);
    expect(await preflightStatus('acme', STRANGER)).toBe(403);
    expect(corsHeaders(await from(STRANGER, '/t/acme/items'))).toEqual({});
    expect(partners.questions).toBe(2);
  });

  it('origin that the application has removed: the very next preflight is refused, for that tenant alone', async () => {
    const { send } = await start();
    expect([await preflightStatus('acme'), await preflightStatus('umbrella')]).toEqual([204, 204]);
    await send(`/t/acme/items?origin=${KNOWN}`, { method: 'DELETE' });
    expect([await preflightStatus('acme'), await preflightStatus('umbrella')]).toEqual([403, 204]);
    expect(partners.questions).toBe(3);
  });

  it('changes that the lookup emits: are followed, and one that cannot be read removes everything', async () => {
    await start();
    expect(await preflightStatus('acme')).toBe(204);
    partners.rows.clear();
    expect(await preflightStatus('acme')).toBe(204);
    partners.changes.next({ origin: KNOWN, tenant: 'umbrella' });
    expect(await preflightStatus('acme')).toBe(204);
    partners.changes.next('x'.repeat(10_000_000) as never);
    expect(await preflightStatus('acme')).toBe(403);
  });

  it('change of an untyped caller that cannot be read: removes every cached result', async () => {
    await start();
    for (const change of [{ tenant: 42 }, null, { origin: 7 }, 'everything']) {
      expect(await preflightStatus('acme')).toBe(204);
      await cache.invalidate(change as never);
      expect(cache.stats().lookups[0]?.origins).toBe(0);
    }
  });

  it('origin that was added: is allowed at once, because refusals are removed, too', async () => {
    await start();
    expect(await preflightStatus('acme', STRANGER)).toBe(403);
    partners.rows.add(`acme ${STRANGER}`);
    expect(await preflightStatus('acme', STRANGER)).toBe(403);
    await cache.clear();
    expect(await preflightStatus('acme', STRANGER)).toBe(204);
  });

  it('database that is down: known origins stay allowed, and each kind of failure has one log line', async () => {
    const { logger } = await start({ cache: { ttl: 1, jitter: 0, staleWhileRevalidate: 0 } });
    expect(await preflightStatus('acme')).toBe(204);
    partners.isDown = true;
    await sleep(5);
    for (let i = 0; i < 5; i++) {
      expect(await preflightStatus('acme')).toBe(204);
      expect(await preflightStatus('umbrella')).toBe(403);
    }
    expect(logger.errors.filter((line) => line.includes('database is down'))).toEqual([
      expect.stringContaining('keeps its access by a cached result'),
      expect.stringContaining('was refused'),
    ]);
  });

  it('unknown origins beyond the budget: are refused without a lookup call, with a reason and one log line', async () => {
    const { logger, app } = await start({ cache: { missesPerSecond: 1 }, lookupTimeout: 400 });
    expect(await preflightStatus('acme')).toBe(204);
    for (let i = 0; i < 30; i++) {
      expect(await preflightStatus('acme', `https://evil-${i}.example`)).toBe(403);
    }
    expect(partners.questions).toBeLessThan(20);
    expect(await preflightStatus('acme')).toBe(204);
    expect(
      logger.warnings.filter((line) =>
        line.startsWith('Requests from unknown origins needed more than 1 calls a second'),
      ),
    ).toHaveLength(1);
    // Some of the budget may be back by now.
    const reasons = new Set<string>();
    for (let i = 0; i < 15; i++) {
      const request = { method: 'GET', path: '/t/acme/items', origin: `https://more-evil-${i}.example` };
      reasons.add((await app.get(CorsInspector).explain(request)).response.reason);
    }
    expect(reasons).toContain('lookup-not-asked');
  });

  it('inspector: reports size and counts', async () => {
    await start();
    await preflightStatus('acme');
    await preflightStatus('acme');
    await preflightStatus('acme', STRANGER);
    expect(cache.stats()).toEqual({
      lookups: [
        {
          lookup: 'Partners',
          policy: 'default',
          origins: 1,
          refusals: 1,
          pending: 0,
          hits: 1,
          stale: 0,
          calls: 2,
          failures: 0,
          notAsked: 0,
        },
      ],
      lists: [],
    });
  });

  it('explain(): names it, with the age of the cached result', async () => {
    const { app } = await start();
    const explain = async () => {
      const { lookupCalls } = await app
        .get(CorsInspector)
        .explain({ method: 'GET', path: '/t/acme/items', origin: KNOWN });
      return lookupCalls[0];
    };
    await preflightStatus('acme');
    await sleep(30);
    const kept = await explain();
    expect(kept).toMatchObject({ subject: 'Partners', tenant: 'acme', result: 'allowed', from: 'cache' });
    expect(kept?.age).toBeGreaterThanOrEqual(25);
  });

  it('cache off: caches nothing', async () => {
    const { app } = await start({ cache: false });
    await preflightStatus('acme');
    await preflightStatus('acme');
    expect(partners.questions).toBe(2);
    expect(cache.stats().lookups).toEqual([]);
    const { lookupCalls } = await app
      .get(CorsInspector)
      .explain({ method: 'GET', path: '/t/acme/items', origin: KNOWN });
    expect(lookupCalls).toMatchObject([{ result: 'allowed', from: 'application', age: 0 }]);
  });

  it('tenant function that throws: shares no results between requests', async () => {
    const { logger } = await start({
      tenant: () => {
        throw new Error('no tenant');
      },
    });
    expect(await preflightStatus('acme')).toBe(403);
    expect(await preflightStatus('acme')).toBe(403);
    expect(partners.questions).toBe(0);
    expect(logger.errors.filter((line) => line.includes('no tenant'))).toHaveLength(1);
  });

  it('changes of the lookup: are listened to from the start of the application to its end', async () => {
    const { close } = await start();
    expect(partners.changes.observed).toBe(true);
    await close();
    expect(partners.changes.observed).toBe(false);
  });

  it('changes without subscribe(): the application does not start', async () => {
    await start();
    await expect(
      startApplication(platform, 'NestFactory', {
        cors: { originLookup: { isOriginAllowed: () => true, changes: Promise.resolve({}) as never } },
      }),
    ).rejects.toThrow(/changes of originLookup of a policy cannot be subscribed to: return an Observable/);
  });

  it.each([0, 1.5, '5', null])('concurrency %j: the application does not start', async (concurrency) => {
    await start();
    await expect(
      startApplication(platform, 'NestFactory', {
        cors: { originLookup: { isOriginAllowed: () => true, concurrency: concurrency as never } },
      }),
    ).rejects.toThrow(/concurrency of originLookup of a policy must be an integer from 1 to 10000; got /);
  });
});
