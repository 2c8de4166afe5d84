import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import {
  CorsInspector,
  type CorsModuleOptions,
  CorsPolicy,
  type OriginList,
  type OriginLookup,
} from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';

class Partners implements OriginLookup {
  async isOriginAllowed(): Promise<boolean> {
    return true;
  }
}

class Tenants implements OriginList {
  loadOrigins() {
    return [];
  }
}

describe.each(PLATFORMS)('revocation horizon on %s', (platform) => {
  let application: RunningApplication;

  afterEach(() => application.close());

  async function horizonOf(cors: CorsModuleOptions, controllers: (new () => object)[] = []) {
    application = await startApplication(platform, 'NestFactory', { cors, controllers });
    return application.app.get(CorsInspector).revocationHorizons();
  }

  it('lookup with a cache: adds up how long server and browser cache', async () => {
    const [horizon] = await horizonOf({ originLookup: new Partners(), maxAge: 60 });
    expect(horizon).toEqual({
      policy: 'module defaults',
      source: 'Partners',
      answeredBy: 'cache',
      answers: 60,
      reading: undefined,
      preflights: 60,
      total: 120,
      duringOutage: 690,
    });
    expect(application.logger.warnings).toEqual([]);
  });

  it('list, and no maxAge: adds up its interval and the default of browsers', async () => {
    const [horizon] = await horizonOf({ originLookup: new Tenants(), lists: { refreshInterval: 1_500 } });
    expect(horizon).toMatchObject({ source: 'Tenants', answeredBy: 'list', preflights: 5, duringOutage: undefined });
    // On a busy machine, the reading takes long enough to count.
    const { longest = 0 } = horizon?.reading ?? {};
    expect(horizon?.answers).toBeCloseTo(1.5 + longest, 5);
    expect(horizon?.total).toBeCloseTo(6.5 + longest, 5);
    expect(application.logger.warnings).toEqual([]);
  });

  it('list that is read for longer than its interval: counts the reading, and warns', async () => {
    class SlowTenants implements OriginList {
      async loadOrigins() {
        await sleep(320);
        return [];
      }
    }
    const [horizon] = await horizonOf({ originLookup: new SlowTenants(), lists: { refreshInterval: 200 }, maxAge: 1 });
    const { longest = 0, most } = horizon?.reading ?? {};
    expect(longest).toBeGreaterThanOrEqual(0.4);
    expect(most).toBe(30);
    // The rows of one reading are in force until the end of the next one.
    expect(horizon?.answers).toBeCloseTo(longest + 0.2 + longest, 5);
    expect(horizon?.total).toBeCloseTo(longest + 0.2 + longest + 1, 5);
    const warnings = application.logger.warnings.filter((line) => line.startsWith('Reading SlowTenants took 0.'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /longer than lists\.refreshInterval \(0\.2 s\): an origin that has been removed may keep its access for/,
      ),
    ]);
  });

  it('short cache: is no shorter than a lookup call', async () => {
    const cache = { ttl: 1, staleWhileRevalidate: 0, staleIfError: 0 };
    const [horizon] = await horizonOf({ originLookup: new Partners(), cache, lookupTimeout: 1_500, maxAge: 0 });
    expect(horizon).toMatchObject({ answers: 1.5, total: 1.5, duringOutage: 1.5 });
  });

  it('no cache: is that of the browser alone', async () => {
    const [horizon] = await horizonOf({ originLookup: new Partners(), cache: false, maxAge: 0 });
    expect(horizon).toMatchObject({ answeredBy: 'application', answers: 0, preflights: 0, total: 0, duringOutage: 0 });
  });

  it('no lookup or list: has no entry', async () => {
    expect(await horizonOf({ origin: 'https://a.example', maxAge: 86_400 })).toEqual([]);
    expect(application.logger.warnings).toEqual([]);
  });

  it.each<[string, CorsModuleOptions, string]>([
    [
      'cache',
      { originLookup: new Partners(), maxAge: 600 },
      'maxAge 600 of module defaults outlives the cache of Partners (60 s) by 540 s',
    ],
    [
      'list',
      { originLookup: new Tenants(), maxAge: 86_400 },
      'maxAge 86400 of module defaults outlives the list in memory of Tenants (60 s) by 86340 s',
    ],
    [
      'lookup, where nothing is kept',
      { originLookup: new Partners(), cache: false, maxAge: 6 },
      'maxAge 6 of module defaults outlives the lookup itself of Partners (0 s) by 6 s',
    ],
    [
      'cache, in round figures',
      { originLookup: new Partners(), cache: { ttl: 9_700, staleWhileRevalidate: 0 }, maxAge: 10 },
      'maxAge 10 of module defaults outlives the cache of Partners (9.7 s) by 0.3 s',
    ],
  ])('maxAge longer than the %s: warns at boot', async (_name, cors, warning) => {
    await horizonOf(cors);
    expect(application.logger.warnings).toEqual([
      `${warning}: browsers go on using an earlier preflight of a removed origin for that long. ` +
        'Lower maxAge, or see CorsInspector.revocationHorizons() for what it adds up to.',
    ]);
  });

  it('several policies with one lookup: warns once', async () => {
    const originLookup = new Partners();

    @Controller()
    class ManyController {
      @Get('a')
      @CorsPolicy({ originLookup, maxAge: 600 })
      a() {}
      @Get('b')
      @CorsPolicy({ originLookup, maxAge: 600 })
      b() {}
      @Get('c')
      @CorsPolicy({ originLookup, maxAge: 600 })
      c() {}
      @Get('d')
      @CorsPolicy({ originLookup, maxAge: 600 })
      d() {}
      @Get('e')
      @CorsPolicy({ originLookup, maxAge: 60 })
      e() {}
    }

    expect(await horizonOf({}, [ManyController])).toHaveLength(5);
    expect(application.logger.warnings).toHaveLength(1);
    expect(application.logger.warnings[0]).toMatch(
      /^maxAge 600 of ManyController\.a, ManyController\.b, ManyController\.c and 1 more outlives the cache of Partners/,
    );
  });
});
