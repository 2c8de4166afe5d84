import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Injectable, type OnModuleInit, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CorsModule,
  type CorsModuleOptions,
  CorsOriginCache,
  CorsOrigins,
  CorsPolicy,
  type OriginLookup,
  type OriginLookupContext,
} from '../../lib/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';

const KNOWN = 'https://known.example';
const STRANGER = 'https://stranger.example';

@Injectable()
class Partners implements OriginLookup {
  readonly rows = new Set([`acme ${KNOWN}`, `undefined ${KNOWN}`]);
  readonly calls: (readonly [origin: string, tenant: string | undefined, policy: string])[] = [];
  isDown = false;

  async isOriginAllowed(origin: string, { tenant, policy }: OriginLookupContext): Promise<boolean> {
    this.calls.push([origin, tenant, policy]);
    await sleep(1);
    if (this.isDown) {
      throw new Error('database is down');
    }
    return this.rows.has(`${tenant} ${origin}`);
  }
}

@Controller('t/:tenant/items')
class ItemsController {
  @CorsPolicy('partners')
  @Get()
  list(@Param('tenant') tenant: string) {
    return tenant;
  }
}

/** Calls while the application starts. */
@Injectable()
class Early implements OnModuleInit {
  result: Promise<boolean> | undefined;

  constructor(@Inject(CorsOrigins) private readonly origins: CorsOrigins) {}

  onModuleInit(): void {
    this.result = this.origins.isAllowed(KNOWN);
    this.result.catch(() => {});
  }
}

const OPTIONS: CorsModuleOptions = {
  origin: ['https://own.example'],
  policies: {
    partners: { originLookup: Partners, tenant: ({ params }) => params['tenant'] },
    everybody: { origin: '*' },
    anonymous: { originLookup: Partners },
    opaque: { origin: ['null', 'app://desktop'], dangerouslyAllow: ['null-origin', 'nonstandard-origin'] },
  },
};

describe('CorsOrigins.isAllowed()', () => {
  let running: RunningApplication;

  async function start(options: CorsModuleOptions = OPTIONS) {
    running = await startApplication('express', 'NestFactory', {
      cors: options,
      controllers: [ItemsController],
      providers: [Partners, Early],
    });
    return { origins: running.app.get(CorsOrigins), partners: running.app.get(Partners) };
  }

  afterEach(() => running.close());

  it.each([
    ['https://own.example', undefined, true],
    ['https://own.example', { policy: 'default' }, true],
    [STRANGER, undefined, false],
    [STRANGER, { policy: 'everybody' }, true],
    [KNOWN, { policy: 'partners', tenant: 'acme' }, true],
    [KNOWN, { policy: 'partners', tenant: 'umbrella' }, false],
    [KNOWN, { policy: 'partners', tenant: undefined }, true],
    [KNOWN, { policy: 'anonymous' }, true],
    [KNOWN, { policy: 'anonymous', tenant: 'umbrella' }, false],
    ['null', { policy: 'opaque' }, true],
    ['null', { policy: 'partners', tenant: 'acme' }, false],
    ['app://desktop', { policy: 'opaque' }, true],
  ] as const)('origin %s, options %j: is %j', async (origin, options, expected) => {
    const { origins } = await start();
    await expect(origins.isAllowed(origin, options)).resolves.toBe(expected);
  });

  it.each([
    'https://KNOWN.example',
    'https://known.example/',
    'https://known.example:443',
    "https://a.example; script-src 'unsafe-inline'",
    '*',
    '',
    undefined,
    null,
    ['https://a.example'],
  ])('%j, which no browser sends, under a policy for any origin: is false', async (value) => {
    const { origins } = await start();
    await expect(origins.isAllowed(value as string, { policy: 'everybody' })).resolves.toBe(false);
  });

  it('cached result: is shared with requests, and dropped by invalidate()', async () => {
    const { origins, partners } = await start();
    const { headers } = await running.from(KNOWN, '/t/acme/items');
    expect(headers['access-control-allow-origin']).toBe(KNOWN);
    const ask = () => origins.isAllowed(KNOWN, { policy: 'partners', tenant: 'acme' });
    await expect(ask()).resolves.toBe(true);
    expect(partners.calls).toEqual([[KNOWN, 'acme', 'partners']]);
    partners.rows.clear();
    await running.app.get(CorsOriginCache).invalidate({ origin: KNOWN });
    await expect(ask()).resolves.toBe(false);
  });

  it('lookup that fails: is false', async () => {
    const { origins, partners } = await start();
    partners.isDown = true;
    await expect(origins.isAllowed(KNOWN, { policy: 'anonymous' })).resolves.toBe(false);
    expect(running.logger.errors).toEqual([expect.stringContaining('database is down')]);
  });

  it.each([
    [{ policy: 'partner' }, '`policy` must be the name of a policy; got "partner". Write "partners".'],
    [
      { policy: 'partners' },
      '`tenant` must be given under policy "partners", which derives tenants from requests; got nothing. Write { tenant: \'…\' }.',
    ],
    [{ policy: 'anonymous', tenant: 7 }, "`tenant` must be a string; got 7. Write { tenant: '…' }."],
  ])('options %j: is a TypeError that says what to write', async (options, message) => {
    const { origins } = await start();
    await expect(origins.isAllowed(KNOWN, options as never)).rejects.toThrow(new TypeError(message));
  });

  it('before bootstrap: is an Error that says so', async () => {
    await start();
    await expect(running.app.get(Early).result).rejects.toThrow(/must be called when the application has bootstrapped/);
  });
});

describe('CorsOrigins.isAllowed() › application without HTTP', () => {
  it('any call: is an Error that says so', async () => {
    const context = await NestFactory.createApplicationContext(CorsModule.forRoot(), { logger: false });
    await expect(context.get(CorsOrigins).isAllowed(KNOWN)).rejects.toThrow(/answers HTTP requests/);
    await context.close();
  });
});
