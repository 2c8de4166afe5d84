import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Module, Post, Put } from '@nestjs/common';
import {
  CorsPolicy,
  type CorsPolicyDefinition,
  type OriginLookup,
  type OriginLookupContext,
  type CorsTenantRequest,
} from '../../lib/index.js';
import {
  PLATFORMS,
  type Platform,
  type RecordingLogger,
  corsHeaders,
  startApplication,
} from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';

const FLOOR = 'https://operator.example';
const KNOWN = 'https://known.example';
const STRANGER = 'https://stranger.example';

@Controller('items')
class ItemsController {
  @Get()
  list() {
    return 'items';
  }

  @Put(':id')
  replace() {
    return 'replaced';
  }
}

/** A lookup that remembers what it was asked, and answers as it is told. */
class Recorder implements OriginLookup {
  readonly questions: { origin: string; tenant: string | undefined; policy: string }[] = [];
  constructor(private readonly answer: (origin: string, context: OriginLookupContext) => unknown) {}
  isOriginAllowed(origin: string, context: OriginLookupContext): boolean {
    this.questions.push({ origin, tenant: context.tenant, policy: context.policy });
    return this.answer(origin, context) as boolean;
  }
}

/** What was logged of lookups, apart from the refusals that follow. */
function failuresIn({ errors, warnings }: RecordingLogger): string[] {
  return [...errors, ...warnings.filter((line) => !line.startsWith('Refused '))];
}

describe.each(PLATFORMS)('origin lookup on %s', (platform: Platform) => {
  const startForTest = closedAfterEach(startApplication);

  async function start(defaults: CorsPolicyDefinition & { lookupTimeout?: number }, providers: never[] = []) {
    return startForTest(platform, 'NestFactory', {
      controllers: [ItemsController],
      providers,
      cors: defaults,
    });
  }

  const isKnown = (origin: string) => origin === KNOWN;

  it.each([
    ['a synchronous answer', isKnown],
    ['a promise', (origin: string) => Promise.resolve(isKnown(origin))],
    ['a promise that takes its time', (origin: string) => sleep(20).then(() => isKnown(origin))],
  ])('%s: grants preflight and actual response alike', async (_name, answer) => {
    const { preflight, from } = await start({ originLookup: new Recorder(answer), credentials: true });
    expect(corsHeaders(await from(KNOWN, '/items'))).toEqual({
      'access-control-allow-origin': KNOWN,
      'access-control-allow-credentials': 'true',
    });
    expect((await preflight(KNOWN, 'PUT', '/items/1')).status).toBe(204);
    expect(corsHeaders(await from(STRANGER, '/items'))).toEqual({});
    expect((await preflight(STRANGER, 'PUT', '/items/1')).status).toBe(403);
  });

  it('beside a static list: is not called for origins of the list', async () => {
    const lookup = new Recorder(isKnown);
    const { from } = await start({ origin: [FLOOR], originLookup: lookup });
    expect((await from(FLOOR, '/items')).headers['access-control-allow-origin']).toBe(FLOOR);
    expect(lookup.questions).toEqual([]);
    expect((await from(KNOWN, '/items')).headers['access-control-allow-origin']).toBe(KNOWN);
    expect(lookup.questions).toEqual([{ origin: KNOWN, tenant: undefined, policy: 'default' }]);
  });

  it('any Origin: is called with serialized origins only', async () => {
    const lookup = new Recorder(() => true);
    const { from, send } = await start({ originLookup: lookup });
    for (const origin of [
      'null',
      'https://UPPER.example',
      'https://a.example/',
      'https://a.example, https://b.example',
      '',
    ]) {
      expect(corsHeaders(await from(origin, '/items'))).toEqual({});
    }
    await send('/items');
    expect(lookup.questions).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('database is down');
      },
      /Recorder failed.*database is down/,
    ],
    ['rejects', () => Promise.reject(new Error('database is down')), /Recorder failed.*database is down/],
    ['hangs', () => new Promise(() => {}), /Recorder gave no answer within 60 ms/],
    ['answers with a truthy string', () => 'yes', /Recorder answered with a string/],
    ['answers with a truthy object', () => ({ rows: [1] }), /Recorder answered with an object/],
    ['resolves to a number', () => Promise.resolve(1), /Recorder answered with a number/],
    ['returns nothing', () => undefined, /Recorder answered with undefined/],
  ])('lookup that %s: refuses, logs once, and leaves the static list in force', async (_name, answer, line) => {
    const { from, preflight, logger } = await start({
      origin: [FLOOR],
      originLookup: new Recorder(answer),
      lookupTimeout: 60,
    });
    for (let i = 0; i < 3; i++) {
      const response = await from(KNOWN, '/items');
      expect(response.status).toBe(200);
      expect(corsHeaders(response)).toEqual({});
      expect((await preflight(KNOWN, 'PUT', '/items/1')).status).toBe(403);
      expect((await from(FLOOR, '/items')).headers['access-control-allow-origin']).toBe(FLOOR);
    }
    const lines = failuresIn(logger);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
    expect(lines[0]).not.toContain(KNOWN);
  });

  it('late lookup: aborts the signal at the deadline', async () => {
    let aborted = false;
    const { from } = await start({
      originLookup: new Recorder((_origin, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise(() => {});
      }),
      lookupTimeout: 50,
    });
    await from(KNOWN, '/items');
    expect(aborted).toBe(true);
  });

  it('function in place of a class: has the same rules', async () => {
    const { from, logger } = await start({
      origin: (origin) => (origin === STRANGER ? ('sure' as unknown as boolean) : origin === KNOWN),
    });
    expect((await from(KNOWN, '/items')).headers['access-control-allow-origin']).toBe(KNOWN);
    expect(corsHeaders(await from(STRANGER, '/items'))).toEqual({});
    expect(corsHeaders(await from('null', '/items'))).toEqual({});
    expect(failuresIn(logger)[0]).toMatch(/origin function of module defaults answered with a string/);
  });

  it('tenant function: sees what the preflight carries, too', async () => {
    const seen: CorsTenantRequest[] = [];
    const lookup = new Recorder((origin, { tenant }) => origin === `https://${tenant}.example`);

    @Controller('t/:tenant')
    @CorsPolicy({
      originLookup: lookup,
      tenant: (request) => {
        seen.push(request);
        return request.params['tenant'];
      },
    })
    class TenantController {
      @Put('x')
      put() {
        return 'ok';
      }
    }

    const application = await startForTest(platform, 'NestFactory', { controllers: [TenantController] });
    expect((await application.preflight('https://acme.example', 'PUT', '/t/acme/x?q=1')).status).toBe(204);
    expect((await application.preflight('https://acme.example', 'PUT', '/t/umbrella/x')).status).toBe(403);
    const response = await application.from('https://acme.example', '/t/acme/x?q=1', { method: 'PUT' });
    expect(response.headers['access-control-allow-origin']).toBe('https://acme.example');
    expect(seen[0]).toEqual(seen[2]);
    expect(seen[0]).toEqual({
      method: 'PUT',
      path: '/t/acme/x',
      params: { tenant: 'acme' },
      host: '127.0.0.1',
      origin: 'https://acme.example',
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no tenant');
      },
      /tenant of module defaults failed.*no tenant/,
    ],
    ['returns no string', () => 7 as unknown as string, /tenant of module defaults returned a number/],
  ])('tenant function that %s: refuses, and logs once', async (_name, tenant, line) => {
    const lookup = new Recorder(() => true);
    const { from, logger } = await start({ originLookup: lookup, tenant });
    expect(corsHeaders(await from(KNOWN, '/items'))).toEqual({});
    expect(corsHeaders(await from(KNOWN, '/items'))).toEqual({});
    expect(lookup.questions).toEqual([]);
    expect(failuresIn(logger)).toHaveLength(1);
    expect(failuresIn(logger)[0]).toMatch(line);
  });

  it('class, symbol and string token: is found, in a module of its own', async () => {
    @Injectable()
    class Known {
      readonly origin = KNOWN;
    }

    @Injectable()
    class ByClass implements OriginLookup {
      constructor(@Inject(Known) private readonly known: Known) {}
      isOriginAllowed(origin: string) {
        return origin === this.known.origin;
      }
    }

    const symbol = Symbol('origins');

    @Module({
      providers: [
        Known,
        ByClass,
        { provide: symbol, useExisting: ByClass },
        { provide: 'ORIGINS', useFactory: async (lookup: ByClass) => lookup, inject: [ByClass] },
      ],
    })
    class OriginsModule {}

    @Controller()
    class TokensController {
      @Get('class')
      @CorsPolicy({ originLookup: ByClass })
      byClass() {}

      @Get('symbol')
      @CorsPolicy({ originLookup: symbol })
      bySymbol() {}

      @Get('string')
      @CorsPolicy({ originLookup: 'ORIGINS' })
      byString() {}
    }

    const application = await startForTest(platform, 'NestFactory', {
      controllers: [TokensController],
      imports: [OriginsModule],
    });
    for (const path of ['/class', '/symbol', '/string']) {
      expect((await application.from(KNOWN, path)).headers['access-control-allow-origin']).toBe(KNOWN);
      expect(corsHeaders(await application.from(STRANGER, path))).toEqual({});
    }
  });

  it('context: has the name of the policy that defines it', async () => {
    const lookup = new Recorder(() => true);

    @Controller()
    class NamesController {
      @Get('named')
      @CorsPolicy('partners')
      named() {}

      @Get('extended')
      @CorsPolicy({ extends: 'partners', maxAge: 1 })
      extended() {}

      @Post('inline')
      @CorsPolicy({ originLookup: lookup })
      inline() {}
    }

    const application = await startForTest(platform, 'NestFactory', {
      controllers: [NamesController],
      cors: { policies: { partners: { originLookup: lookup } } },
    });
    await application.from(KNOWN, '/named');
    await application.from(KNOWN, '/extended');
    await application.from(KNOWN, '/inline', { method: 'POST' });
    expect(lookup.questions.map(({ policy }) => policy)).toEqual(['partners', 'partners', 'default']);
  });
});
