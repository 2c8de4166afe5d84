import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Param } from '@nestjs/common';
import { Client, Pool } from 'pg';
import { type CorsModuleOptions, CorsPolicy } from '../../lib/index.js';
import { PostgresOriginLookup } from '../../lib/entry-points/postgres/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { print } from './instances/figures.js';
import { TemporaryDatabase } from './temporary-database.js';

const KNOWN = Array.from({ length: 10 }, (_, index) => `https://known-${index}.example`);
const MISSES_PER_SECOND = 10;
const INVENTED = 1500;
/** What the purpose of `missesPerSecond` was measured with: so many times the budget, for so long. */
const TIMES_THE_BUDGET = 45;
const TENTHS_OF_A_SECOND = 150;
const POLICIES = Array.from({ length: 10 }, (_, index) => `policy-${index}`);

@Controller()
class Shops {
  @Get(':tenant/items')
  items(@Param('tenant') tenant: string): string {
    return tenant;
  }
}

const controllers = POLICIES.map((policy) => {
  @Controller(policy)
  @CorsPolicy(policy)
  class OfPolicy {
    @Get('acme/items')
    items(): string {
      return policy;
    }
  }
  return OfPolicy;
});

/** Counts the queries that it makes. */
class CountingLookup extends PostgresOriginLookup {
  readonly asked: string[] = [];

  override isOriginAllowed(...[origin, context]: Parameters<PostgresOriginLookup['isOriginAllowed']>) {
    this.asked.push(origin);
    return super.isOriginAllowed(origin, context);
  }
}

describe('budget of lookup calls under a flood of origins that a pattern allows', () => {
  let database: TemporaryDatabase;
  let direct: Client;
  let pool: Pool;
  let lookup: CountingLookup;
  let application: RunningApplication;

  beforeEach(async () => {
    database = await TemporaryDatabase.create();
    direct = await database.connectToOrigins();
    await direct.query(`insert into cors_origins (origin) select unnest($1::text[])`, [
      [...KNOWN, 'https://*.test.example'],
    ]);
    pool = new Pool({ connectionString: database.url, max: 8 });
    lookup = new CountingLookup({ client: pool, listen: false });
  });

  afterEach(async () => {
    await application.close();
    await pool.end();
    await direct.end();
    await database.drop();
  });

  async function start(cors: CorsModuleOptions): Promise<void> {
    application = await startApplication('fastify', 'NestFactory', {
      cors: {
        tenant: ({ path }: { path: string }) => path.split('/').at(-2),
        policies: Object.fromEntries(POLICIES.map((policy) => [policy, {}])),
        cache: { missesPerSecond: MISSES_PER_SECOND, maxOrigins: 50 },
        ...cors,
      } as CorsModuleOptions,
      controllers: [...controllers, Shops],
    });
    for (const origin of KNOWN) {
      for (let round = 0; round < 2; round++) {
        const { headers } = await application.from(origin, '/acme/items');
        expect(headers['access-control-allow-origin']).toBe(origin);
      }
    }
  }

  /** @returns how many questions about unknown origins the budget has for the time that it took */
  async function flood(origin: (index: number) => string, path: (index: number) => string): Promise<number> {
    const startedAt = performance.now();
    lookup.asked.length = 0;
    for (let sent = 0; sent < INVENTED; sent += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => application.from(origin(sent + index), path(sent + index))),
      );
      await sleep(10);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    // Ten times as many at once, and half of that again for origins that come back.
    return MISSES_PER_SECOND * (15 + 1.5 * seconds) + 10;
  }

  const invented = (index: number) => `https://invented-${index}.test.example`;

  it.each<[string, (index: number) => string, (index: number) => string]>([
    ['origins', invented, () => '/acme/items'],
    ['tenants', () => invented(0), (index) => `/tenant-${index}/items`],
    ['origins under ten policies', invented, (index) => `/${POLICIES[index % 10]}/acme/items`],
  ])(
    'reach it no more often than missesPerSecond says, and displace no known one: invented %s',
    async (_, origin, path) => {
      await start({ originLookup: lookup });
      const budget = await flood(origin, path);
      expect(lookup.asked.length).toBeLessThanOrEqual(budget);
      expect(lookup.asked.filter((asked) => KNOWN.includes(asked))).toEqual([]);
      lookup.asked.length = 0;
      for (const known of KNOWN) {
        const { headers } = await application.from(known, '/acme/items');
        expect(headers['access-control-allow-origin']).toBe(known);
      }
      expect(lookup.asked).toEqual([]);
    },
  );

  it('origin function: is called no more often than the budget', async () => {
    await start({ origin: (origin, context) => lookup.isOriginAllowed(origin, context) });
    const budget = await flood(
      (index) => `https://invented-${index}.example`,
      () => '/acme/items',
    );
    expect(lookup.asked.length).toBeLessThanOrEqual(budget);
  });

  it('flood of 45 times the budget: half of the fresh allowed origins are allowed', async () => {
    const fresh = Array.from({ length: 60 }, (_, index) => `https://fresh-${index}.example`);
    await direct.query(`insert into cors_origins (origin) select unnest($1::text[])`, [fresh]);
    await start({ originLookup: lookup });
    const waiting = new Set(fresh.keys());
    const requests: Promise<unknown>[] = [];
    const from = async (origin: string) =>
      (await application.from(origin, '/acme/items')).headers['access-control-allow-origin'] === origin;
    lookup.asked.length = 0;
    const startedAt = performance.now();
    for (let tenth = 0, sent = 0; tenth < TENTHS_OF_A_SECOND; tenth++) {
      const until = (tenth * MISSES_PER_SECOND * TIMES_THE_BUDGET) / 10;
      for (; sent < until; sent++) {
        requests.push(from(`https://unlisted-${sent}.example`));
      }
      // The budget is used up when they come, two in a tenth of a second. Each tries again after one and a half seconds.
      for (const index of waiting) {
        const first = 20 + Math.floor(index / 2);
        if (tenth >= first && (tenth - first) % 15 === 0) {
          requests.push(
            from(fresh[index] as string).then((isAllowed) => {
              if (isAllowed) {
                waiting.delete(index);
              }
            }),
          );
        }
      }
      await sleep(100);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await Promise.all(requests);
    print(`${fresh.length - waiting.size} of ${fresh.length} fresh origins were served, ${lookup.asked.length} calls`);
    expect(lookup.asked.length).toBeLessThanOrEqual(MISSES_PER_SECOND * (15 + 1.5 * seconds) + 10);
    expect(waiting.size).toBeLessThanOrEqual(fresh.length / 2);
  });
});
