import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { CorsInspector, type CorsModuleOptions } from '../../lib/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { PAGE_TIMEOUT, STORES, type StoreUnderTest } from './horizons/stores.js';
import { print } from './instances/figures.js';

/** Removed one after another, so that some are removed in the worst moment of whatever has a rhythm. */
const ORIGINS = Array.from({ length: 8 }, (_, index) => `https://shop-${index}.example`);
const BETWEEN_REMOVALS = 140;
const BETWEEN_REQUESTS = 40;
/** How much later than told access may be seen: timers that are late, and requests that are on their way, on a busy machine. */
const TOLERANCE = 500;
/** Of every byte of a slow store, in each direction. A reading or a call takes several times as long. */
const LATENCY = 75;
const LOOKUP_TIMEOUT = 1000;
const STALE_IF_ERROR = 2500;
const CACHE = {
  ttl: 700,
  staleWhileRevalidate: 600,
  staleIfError: STALE_IF_ERROR,
  refusalTtl: 200,
  retryInterval: 100,
};
const LISTS = { refreshInterval: 1000, loadTimeout: 3000 };

@Controller('items')
class Items {
  @Get()
  all(): string {
    return 'items';
  }
}

describe.each(STORES)('revocation horizon of %s', (name, kind, open) => {
  let store: StoreUnderTest;
  let application: RunningApplication;
  let watch: Watch;

  afterEach(async () => {
    await watch.stop();
    await application.close();
    await store.close();
  });

  async function start(latency = 0, cors: CorsModuleOptions = {}): Promise<void> {
    store = await open({ origins: ORIGINS, latency });
    application = await startApplication('fastify', 'NestFactory', {
      cors: { originLookup: store.source, lookupTimeout: LOOKUP_TIMEOUT, cache: CACHE, lists: LISTS, ...cors },
      controllers: [Items],
    });
    watch = new Watch(application);
    await watch.everyoneIsAllowed();
    // Until changes are listened to, and results are of different ages.
    await sleep(500 + 4 * latency);
  }

  /** What is said of the horizon, in milliseconds. */
  function told() {
    const [horizon] = application.app.get(CorsInspector).revocationHorizons();
    const { answers = 0, duringOutage, preflights = 0 } = horizon ?? {};
    return {
      answers: Math.round(answers * 1000),
      duringOutage: Math.round(((duringOutage ?? Infinity) - preflights) * 1000),
    };
  }

  async function removeAll(remove: (origin: string) => Promise<void>): Promise<void> {
    for (const origin of ORIGINS) {
      watch.removed(origin);
      await remove(origin);
      await sleep(BETWEEN_REMOVALS);
    }
  }

  /** For how long the origin that kept it longest had access. */
  async function measured(fault: string, most: number): Promise<number> {
    const access = await watch.longestAccess(most + TOLERANCE);
    print(`${name}, ${fault}: told ${most} ms, measured ${access.toFixed(0)} ms`);
    return access - TOLERANCE;
  }

  it('announced removal: ends access at once', async () => {
    await start();
    await removeAll(store.remove);
    expect(await measured('the change is told', 0)).toBeLessThanOrEqual(0);
  });

  it('removal without a message: ends access within the horizon', async () => {
    await start();
    const { answers } = told();
    await removeAll(store.removeQuietly);
    expect(await measured('no message tells of it', answers)).toBeLessThanOrEqual(answers);
  });

  it('listening connection cut: ends access within the horizon', async () => {
    await start();
    const { answers } = told();
    store.channel?.cut();
    await removeAll(store.channel === undefined ? store.removeQuietly : store.remove);
    expect(await measured('the connection that listens is cut', answers)).toBeLessThanOrEqual(answers);
  });

  it('slow store: ends access within the horizon', async () => {
    await start(LATENCY);
    const { answers } = told();
    await removeAll(store.removeQuietly);
    expect(await measured('the store is slow', answers)).toBeLessThanOrEqual(answers);
  });

  it('store that becomes slow after the removal: ends access within the horizon', async () => {
    await start();
    const { answers } = told();
    store.proxy.delay(LATENCY);
    // Connections that are there keep their pace: new ones are slow.
    store.proxy.resetAll();
    await removeAll(store.removeQuietly);
    const most = kind === 'list' ? answers + LISTS.loadTimeout : answers;
    expect(await measured('the store becomes slow', most)).toBeLessThanOrEqual(most);
  });

  it.each([
    ['is cut off', () => store.proxy.cut()],
    ['falls silent', () => store.proxy.blackHole()],
  ])('store that %s: ends access within the horizon', async (fault, fail) => {
    await start();
    const { answers, duringOutage } = told();
    fail();
    await removeAll(store.removeQuietly);
    let most = duringOutage;
    if (kind === 'list') {
      // The last good list stays in force, however long that takes.
      await sleep(2 * answers);
      expect(watch.allowedNow).toBe(ORIGINS.length);
      ORIGINS.forEach((origin) => watch.removed(origin));
      store.proxy.restore();
      // A query that was on its way counts as under way until its limit has passed.
      most = answers + LISTS.loadTimeout + PAGE_TIMEOUT + 1000;
    }
    expect(await measured(`the store ${fault}`, most)).toBeLessThanOrEqual(most);
  });

  it('store that fails, staleIfError 0: ends access within the horizon', async () => {
    await start(0, { cache: { ...CACHE, staleIfError: 0 } });
    const { answers, duringOutage } = told();
    if (kind === 'lookup') {
      store.proxy.cut();
    }
    await removeAll(store.removeQuietly);
    // It is an option of lookups.
    const most = kind === 'lookup' ? duringOutage : answers;
    expect(await measured('staleIfError is 0', most)).toBeLessThanOrEqual(most);
  });
});

/** Asks about every origin all the time, and remembers when each was last allowed. */
class Watch {
  private readonly lastAllowed = new Map<string, number>();
  private readonly latest = new Map<string, boolean>();
  private readonly removedAt = new Map<string, number>();
  private isStopped = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly application: RunningApplication) {
    this.running = Promise.all(ORIGINS.map((origin) => this.watch(origin)));
  }

  async everyoneIsAllowed(): Promise<void> {
    while (this.allowedNow < ORIGINS.length) {
      await sleep(10);
    }
  }

  get allowedNow(): number {
    return [...this.latest.values()].filter(Boolean).length;
  }

  removed(origin: string): void {
    this.removedAt.set(origin, performance.now());
  }

  /** Waits until no origin has had access for a while that exceeds `patience`, or that it was refused for. */
  async longestAccess(patience: number): Promise<number> {
    const last = Math.max(...this.removedAt.values());
    while (this.allowedNow > 0 && performance.now() < last + patience + 3000) {
      await sleep(20);
    }
    // Whoever has lost access does not get it back.
    await sleep(1500);
    const access = ORIGINS.map(
      (origin) => (this.lastAllowed.get(origin) ?? 0) - (this.removedAt.get(origin) ?? Number.NaN),
    );
    return Math.max(...access, 0);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async watch(origin: string): Promise<void> {
    while (!this.isStopped) {
      const { headers } = await this.application.from(origin, '/items');
      const isAllowed = headers['access-control-allow-origin'] === origin;
      this.latest.set(origin, isAllowed);
      if (isAllowed) {
        this.lastAllowed.set(origin, performance.now());
      }
      await sleep(BETWEEN_REQUESTS);
    }
  }
}
