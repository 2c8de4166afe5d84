import { inspect } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Put } from '@nestjs/common';
import { BehaviorSubject, Subject } from 'rxjs';
import {
  CorsInspector,
  type CorsModuleOptions,
  CorsOriginCache,
  type OriginChange,
  type OriginList,
  type OriginRow,
} from '../../lib/index.js';
import {
  PLATFORMS,
  RecordingLogger,
  type RunningApplication,
  corsHeaders,
  createApplication,
  startApplication,
} from '../support/application.js';

const KNOWN = 'https://known.example';
const SHARED = 'https://x.shared.example';

@Injectable()
class PartnerList implements OriginList {
  rows: unknown[] = [
    { id: 1, origin: KNOWN, tenant: 'acme' },
    { id: 2, origin: 'https://*.shared.example', tenant: null },
  ];
  readings = 0;
  failure: Error | undefined;
  readonly changes = new Subject<OriginChange>();

  async loadOrigins(): Promise<OriginRow[]> {
    this.readings++;
    if (this.failure !== undefined) {
      throw this.failure;
    }
    return [...this.rows] as OriginRow[];
  }
}

@Injectable()
class Administration {
  constructor(
    @Inject(PartnerList) private readonly list: PartnerList,
    @Inject(CorsOriginCache) private readonly cache: CorsOriginCache,
  ) {}

  async removeAll(): Promise<void> {
    this.list.rows = [];
    await this.cache.invalidate({ tenant: 'acme' });
  }
}

@Controller('t/:tenant/items')
class ItemsController {
  @Get()
  list() {
    return 'items';
  }

  @Put()
  replace() {
    return 'replaced';
  }
}

describe.each(PLATFORMS)('origin list on %s', (platform) => {
  let application: RunningApplication | undefined;
  let list: PartnerList;

  const setup = (cors: CorsModuleOptions = {}) => ({
    controllers: [ItemsController],
    providers: [{ provide: PartnerList, useFactory: () => list }, Administration],
    cors: { originLookup: PartnerList, tenant: ({ params }) => params['tenant'], ...cors } satisfies CorsModuleOptions,
  });

  async function start(prepare: (list: PartnerList) => void = () => {}, cors: CorsModuleOptions = {}) {
    list = new PartnerList();
    prepare(list);
    application = await startApplication(platform, 'NestFactory', setup(cors));
    return application;
  }

  afterEach(async () => {
    await application?.close();
    application = undefined;
  });

  const preflightStatus = async (tenant: string, origin = KNOWN) =>
    (await (application as RunningApplication).preflight(origin, 'PUT', `/t/${tenant}/items`)).status;

  it('boot: is read before the application listens, and decides for each tenant', async () => {
    const { from } = await start();
    expect([
      await preflightStatus('acme'),
      await preflightStatus('umbrella'),
      await preflightStatus('umbrella', SHARED),
    ]).toEqual([204, 403, 204]);
    expect(corsHeaders(await from(KNOWN, '/t/acme/items'))).toEqual({ 'access-control-allow-origin': KNOWN });
    for (let i = 0; i < 20; i++) {
      expect(await preflightStatus('acme', `https://evil-${i}.example`)).toBe(403);
    }
    expect(list.readings).toBe(1);
  });

  it('invalidate(): settles when it has been read again', async () => {
    const { app } = await start();
    await app.get(Administration).removeAll();
    expect([await preflightStatus('acme'), await preflightStatus('umbrella', SHARED)]).toEqual([403, 403]);
  });

  it('emitted change: is read again', async () => {
    const { app } = await start();
    list.rows = [];
    list.changes.next({ origin: KNOWN, tenant: 'acme' });
    await app.get(CorsOriginCache).clear();
    expect(await preflightStatus('acme')).toBe(403);
  });

  it('reading that fails: stays in force, with a log line', async () => {
    const { app, logger } = await start();
    list.failure = new Error('database is down');
    await app.get(CorsOriginCache).clear();
    await app.get(CorsOriginCache).clear();
    expect(await preflightStatus('acme')).toBe(204);
    expect(logger.errors).toEqual([
      'PartnerList could not be read, so the list of 0 s ago stays in force: Error: database is down',
    ]);
    expect(app.get(CorsOriginCache).stats().lists).toMatchObject([{ list: 'PartnerList', failing: true }]);
  });

  it('rows that are not origins: are skipped and reported', async () => {
    const { app, logger } = await start((prepared) => {
      prepared.rows.push({ id: 3, origin: 'https://a.example\0' }, null, { id: 5, origin: 'https://*.com' }, 7);
    });
    expect(await preflightStatus('acme')).toBe(204);
    const [warning] = logger.warnings;
    expect(warning).toMatch(/^PartnerList: 4 rows were skipped/);
    expect(warning).toMatch(/row 3 \[malformed-origin\].*row 3 \[invalid-value\].*row 5 \[public-suffix\]/);
    const [stats] = app.get(CorsOriginCache).stats().lists;
    expect(stats).toMatchObject({ origins: 1, patterns: 1, failing: false, skipped: { count: 4 } });
    expect(stats?.skipped.first[0]).toEqual({
      code: 'malformed-origin',
      row: '3',
      message: expect.stringContaining('\\u0000'),
      hint: expect.stringContaining('Write'),
    });
    expect(stats?.age).toEqual(expect.any(Number));
    expect(app.get(CorsInspector).audit()).toContainEqual({
      code: 'skipped-rows',
      subject: 'PartnerList',
      message: expect.stringMatching(
        /^4 rows were skipped, and allow no origin\. row 3 \[malformed-origin\]: .* row 5 \[public-suffix\]: /,
      ),
      hint: 'Correct the rows in the store, or delete them.',
    });
  });

  it('skipped rows: are named in the audit', async () => {
    const { app } = await start((prepared) => prepared.rows.push('*'));
    const audit = () =>
      app
        .get(CorsInspector)
        .audit()
        .filter(({ code }) => code === 'skipped-rows');
    expect(audit()).toMatchObject([
      { message: expect.stringMatching(/^1 row was skipped, and allows no origin\. row \d/) },
    ]);
    list.rows.push(...Array.from({ length: 300 }, () => '*'));
    await app.get(CorsOriginCache).clear();
    expect(audit()).toMatchObject([{ message: expect.stringMatching(/^301 rows .* And 296 more, of which /) }]);
    list.rows = [];
    await app.get(CorsOriginCache).clear();
    expect(audit()).toEqual([]);
  });

  it('explanation: names the list and its age', async () => {
    const { app } = await start();
    const { lookupCalls } = await app
      .get(CorsInspector)
      .explain({ method: 'GET', path: '/t/acme/items', origin: KNOWN });
    expect(lookupCalls).toEqual([
      { subject: 'PartnerList', tenant: 'acme', result: 'allowed', from: 'list', age: expect.any(Number) },
    ]);
  });

  it.each([
    ['', () => new Subject<OriginChange>()],
    [', also when its changes speak up first', () => new BehaviorSubject<OriginChange>({})],
  ])('unreadable at boot: the application does not start%s', async (_name, changes) => {
    list = Object.assign(new PartnerList(), { failure: new Error('no route to host'), changes: changes() });
    const app = await createApplication(platform, 'NestFactory', setup(), new RecordingLogger());
    await expect(app.init()).rejects.toThrow(
      'PartnerList could not be read, so the application does not start: Error: no route to host. To start all the same, ' +
        "with the origins of unread lists refused, set lists: { onBootFailure: 'start-closed' } in CorsModule.forRoot().",
    );
    expect(list.changes.observed).toBe(false);
    await app.close();
  });

  it('unreadable at boot: the error and its cause show no secrets', async () => {
    const failure = Object.assign(new Error('password=hunter2 host=db'), { code: '28P01', password: 'hunter2' });
    list = Object.assign(new PartnerList(), { failure });
    const app = await createApplication(platform, 'NestFactory', setup(), new RecordingLogger());
    const thrown: unknown = await app.init().catch((error: unknown) => error);
    expect(inspect(thrown, { depth: 9 })).toContain('Error (28P01): password=*** host=db');
    expect(inspect(thrown, { depth: 9 })).not.toContain('hunter2');
    await app.close();
  });

  it('reading that hangs at boot: fails at loadTimeout', async () => {
    list = Object.assign(new PartnerList(), { loadOrigins: () => new Promise(() => {}) });
    const app = await createApplication(platform, 'NestFactory', setup({ lists: { loadTimeout: 20 } }));
    await expect(app.init()).rejects.toThrow(/could not be read within 20 ms \(lists\.loadTimeout\)/);
    await app.close();
  });

  it('unreadable at boot, start-closed: allows no origin until it is read', async () => {
    const { app, logger } = await start((prepared) => (prepared.failure = new Error('no')), {
      lists: { onBootFailure: 'start-closed' },
    });
    expect(await preflightStatus('acme')).toBe(403);
    expect(logger.errors).toEqual(['PartnerList could not be read, so none of its origins is allowed: Error: no']);
    const { response } = await app.get(CorsInspector).explain({ method: 'GET', path: '/t/acme/items', origin: KNOWN });
    expect(response.reason).toBe('lookup-failed');
    list.failure = undefined;
    await app.get(CorsOriginCache).clear();
    expect(await preflightStatus('acme')).toBe(204);
  });

  it('closed application: leaves no listener and no timer', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    try {
      const { close } = await start(undefined, { lists: { refreshInterval: 43_210, jitter: 0 } });
      const refreshes = timers.mock.results
        // The next reading is planned from the start of the last one.
        .filter((_, i) => Number(timers.mock.calls[i]?.[1]) > 40_000)
        .map(({ value }) => value as NodeJS.Timeout);
      expect(refreshes.map((timer) => timer.hasRef())).toEqual([false]);
      await close();
      expect(list.changes.observed).toBe(false);
      expect(cleared.mock.calls.map(([timer]) => timer)).toContain(refreshes[0]);
    } finally {
      timers.mockRestore();
      cleared.mockRestore();
    }
  });

  it('two lists of one class: report their failures separately', async () => {
    const failing = (name: string): PartnerList =>
      Object.assign(new PartnerList(), { failure: new Error(`${name} is down`) });
    application = await startApplication(platform, 'NestFactory', {
      cors: {
        policies: { one: { originLookup: failing('one') }, other: { originLookup: failing('other') } },
        lists: { onBootFailure: 'start-closed' },
      },
    });
    expect(application.logger.errors.map((line) => /\w+ is down/.exec(line)?.[0])).toEqual([
      'one is down',
      'other is down',
    ]);
  });
});
