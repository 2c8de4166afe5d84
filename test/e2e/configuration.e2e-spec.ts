import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Scope, type Type } from '@nestjs/common';
import {
  CorsConfigurationError,
  CorsModule,
  type CorsModuleOptions,
  CorsPolicy,
  type CorsPolicyDefinition,
  DisableCors,
  type OriginLookup,
} from '../../lib/index.js';
import { CORS_PROBLEM_CODES } from '../../lib/options/problem.js';
import { type ApplicationSetup, ENVIRONMENTS, createApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';

@Injectable()
class StoredOrigins implements OriginLookup {
  isOriginAllowed(origin: string) {
    return origin === 'https://stored.example';
  }
}

@Injectable()
class UnprovidedOrigins implements OriginLookup {
  isOriginAllowed() {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedOrigins implements OriginLookup {
  isOriginAllowed() {
    return true;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientOrigins implements OriginLookup {
  isOriginAllowed() {
    return true;
  }
}

/** A singleton by its own decorator, and request-scoped by what it depends on. */
@Injectable()
class IndirectlyScopedOrigins implements OriginLookup {
  constructor(readonly scoped: RequestScopedOrigins) {}

  isOriginAllowed() {
    return true;
  }
}

const NO_LOOKUP = Symbol('NoLookup');
const UNPROVIDED = Symbol('Unprovided');

interface OriginLookupCase {
  readonly token: NonNullable<CorsPolicyDefinition['originLookup']>;
  readonly code: string;
  readonly named: string;
}

const EVERY_FIELD: Required<CorsModuleOptions> = {
  origin: undefined,
  originLookup: undefined,
  methods: undefined,
  allowedHeaders: undefined,
  exposedHeaders: undefined,
  credentials: undefined,
  maxAge: undefined,
  optionsSuccessStatus: undefined,
  rejectDisallowed: undefined,
  tenant: undefined,
  dangerouslyAllow: undefined,
  policies: undefined,
  paths: undefined,
  gateways: undefined,
  lookupTimeout: undefined,
  lookupConcurrency: undefined,
  cache: undefined,
  lists: undefined,
  sockets: undefined,
  eventStreams: undefined,
  preflightsAtServer: undefined,
  logging: undefined,
  shadow: undefined,
};

/** A controller with policies of whatever type, as JavaScript would let them be written. */
function controllerWith(onClass: unknown, onMethod?: unknown): Type {
  class Orders {
    list() {
      return 'orders';
    }
  }
  const method = Object.getOwnPropertyDescriptor(Orders.prototype, 'list') as PropertyDescriptor;
  Get()(Orders.prototype, 'list', method);
  Controller('orders')(Orders);
  if (onClass !== undefined) {
    (CorsPolicy(onClass as string) as ClassDecorator)(Orders);
  }
  if (onMethod !== undefined) {
    CorsPolicy(onMethod as string)(Orders.prototype, 'list', method);
  }
  return Orders;
}

describe.each(ENVIRONMENTS)('configuration on %s through %s', (platform, bootstrap) => {
  /** What `app.init()` ends in. */
  async function boot(setup: ApplicationSetup): Promise<unknown> {
    const app = await createApplication(platform, bootstrap, setup);
    try {
      await app.init();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await app.close();
    }
  }

  async function errorOf(setup: ApplicationSetup): Promise<CorsConfigurationError> {
    const error = await boot(setup);
    expect(error).toBeInstanceOf(CorsConfigurationError);
    return error as CorsConfigurationError;
  }

  async function problemsOf(setup: ApplicationSetup): Promise<string[]> {
    const { problems, message } = await errorOf(setup);
    for (const problem of problems) {
      expect(CORS_PROBLEM_CODES).toContain(problem.code);
      expect(message).toContain(problem.message);
      expect(message).toContain(problem.hint);
    }
    return problems.map(({ code, path }) => `${code} at ${path}`);
  }

  const optionsOf = (options: unknown) => ({ cors: options as CorsModuleOptions });

  it('valid, with every option: boots', async () => {
    @Controller('orders')
    @CorsPolicy('partners')
    class OrdersController {
      @Get()
      list() {
        return 'orders';
      }

      @Get('inline')
      @CorsPolicy({ extends: 'public', exposedHeaders: 'all', maxAge: 0 })
      inline() {
        return 'inline';
      }

      @Get('disabled')
      @DisableCors()
      disabled() {
        return 'disabled';
      }
    }

    @Module({ imports: [CorsModule.forFeature({ policies: { feature: { extends: 'partners', maxAge: 86_400 } } })] })
    class FeatureModule {}

    const application = await startApplication(platform, bootstrap, {
      controllers: [OrdersController],
      providers: [StoredOrigins, { provide: 'STORED', useExisting: StoredOrigins }],
      imports: [FeatureModule],
      cors: {
        origin: [APP, 'https://*.example.com', 'https://app.example.com:*', /^https:\/\/[a-z]+\.example\.org$/],
        methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE'],
        allowedHeaders: ['Content-Type', 'authorization', 'x-requested-with'],
        exposedHeaders: ['ETag', 'x-total-count'],
        credentials: true,
        maxAge: 600,
        optionsSuccessStatus: 200,
        rejectDisallowed: true,
        tenant: ({ params }) => params['tenant'],
        dangerouslyAllow: [],
        lookupTimeout: 500,
        policies: {
          public: { origin: '*', credentials: false, exposedHeaders: '*', allowedHeaders: '*', methods: '*' },
          partners: { origin: APP, originLookup: StoredOrigins },
          byToken: { originLookup: 'STORED' },
          byInstance: { originLookup: { isOriginAllowed: async () => true } },
          byFunction: { origin: async (origin) => origin === APP },
          local: { origin: ['http://localhost:3000', 'http://127.0.0.1:8080', 'http://[::1]:4200'] },
          sandboxed: { origin: ['null'], credentials: false, dangerouslyAllow: ['null-origin'] },
          closed: { origin: false },
          commas: { allowedHeaders: 'content-type, x-one', methods: 'GET,PUT' },
        },
        paths: [
          { path: '/', policy: { origin: false } },
          { path: '/graphql', policy: 'public' },
          { path: '/files', policy: { extends: 'partners', maxAge: 5 } },
        ],
      },
    });
    try {
      const stored = await application.from('https://stored.example', '/orders');
      expect(stored.headers['access-control-allow-origin']).toBe('https://stored.example');
      expect((await application.send('/orders/inline')).headers['access-control-allow-origin']).toBe('*');
      expect(application.logger.warnings).toEqual([
        expect.stringMatching(
          /^maxAge 86400 of policy "feature" outlives the cache of StoredOrigins \(60 s\) by 86340 s/,
        ),
      ]);
      expect(application.logger.errors).toEqual([]);
    } finally {
      await application.close();
    }
  });

  it('empty: boots, and allows no origin', async () => {
    const application = await startApplication(platform, bootstrap, { controllers: [controllerWith(undefined)] });
    try {
      const response = await application.from(APP, '/orders');
      expect(response.status).toBe(200);
      expect(response.headers['access-control-allow-origin']).toBeUndefined();
    } finally {
      await application.close();
    }
  });

  it('invalid in many places: stops the boot with all problems in one error', async () => {
    @Controller('orders')
    @CorsPolicy('partner')
    class OrdersController {
      @Get()
      @CorsPolicy({ maxAge: 90_000 })
      list() {
        return 'orders';
      }

      @Get('twice')
      @CorsPolicy({ maxAge: 1 })
      @DisableCors()
      twice() {
        return 'twice';
      }
    }

    @Controller('users')
    @CorsPolicy({ originLookup: UnprovidedOrigins })
    class UsersController {
      @Get()
      list() {
        return 'users';
      }

      @Get('scoped')
      @CorsPolicy({ originLookup: RequestScopedOrigins })
      scoped() {
        return 'scoped';
      }
    }

    @Module({
      imports: [
        CorsModule.forFeature({ policies: { partners: {}, feature: { origin: ['https://Feature.example'] } } }),
      ],
    })
    class FeatureModule {}

    const setup: ApplicationSetup = {
      controllers: [OrdersController, UsersController],
      providers: [RequestScopedOrigins, TransientOrigins, { provide: NO_LOOKUP, useValue: {} }],
      imports: [FeatureModule],
      cors: {
        origin: ['https://app.example.com/', '*'],
        credentials: true,
        methods: ['get'],
        exposedHeader: ['etag'],
        lookupTimeout: 0,
        policies: {
          partners: { originLookup: NO_LOOKUP },
          open: { origin: '*', credentials: true },
          circular: { extends: 'circular' },
        },
        paths: [
          { path: 'graphql', policy: 'opne' },
          { path: '/files', policy: { originLookup: TransientOrigins } },
        ],
      } as CorsModuleOptions,
    };
    const problems = await problemsOf(setup);
    expect([...problems].sort()).toEqual(
      [
        'malformed-origin at origin[0]',
        'wildcard-in-list at origin[1]',
        'method-case at methods[0]',
        'unknown-option at exposedHeader',
        'out-of-range at lookupTimeout',
        'wildcard-with-credentials at policies.open.origin',
        'circular-extends at policies.circular.extends',
        'invalid-path at paths[0].path',
        'unknown-policy at paths[0].policy',
        'duplicate-policy at forFeature[0].policies.partners',
        'malformed-origin at forFeature[0].policies.feature.origin[0]',
        'unknown-policy at OrdersController',
        'out-of-range at OrdersController.list: maxAge',
        'conflicting-decorators at OrdersController.twice',
        'invalid-value at policies.partners.originLookup',
        'lookup-not-found at UsersController: originLookup',
        'lookup-not-singleton at UsersController.scoped: originLookup',
        'lookup-not-singleton at paths[1].policy.originLookup',
      ].sort(),
    );
  });

  it('invalid: the message explains each problem and what to write instead', async () => {
    const { message, name, problems } = await errorOf({
      controllers: [controllerWith('partner')],
      cors: {
        origin: ['https://Example.com:443/'],
        allowedHeader: 'x-one',
        policies: { partners: {}, open: { origin: '*', credentials: true } },
      } as CorsModuleOptions,
    });
    expect(name).toBe('CorsConfigurationError');
    expect(problems).toHaveLength(4);
    expect(message).toContain('4 problems');
    for (const instead of ['"https://example.com"', '`allowedHeaders`', '"partners"', 'credentials: false']) {
      expect(message).toContain(instead);
    }
  });

  it('policy that no route uses: is checked', async () => {
    expect(await problemsOf({ cors: { policies: { unused: { maxAge: -1 } } } })).toEqual([
      'out-of-range at policies.unused.maxAge',
    ]);
  });

  it('lookup in a named policy that no route uses: is checked', async () => {
    expect(await problemsOf({ cors: { policies: { unused: { originLookup: UNPROVIDED } } } })).toEqual([
      'lookup-not-found at policies.unused.originLookup',
    ]);
  });

  it('invalid: app.listen() rejects', async () => {
    await expect(startApplication(platform, bootstrap, { cors: { maxAge: -1 } })).rejects.toBeInstanceOf(
      CorsConfigurationError,
    );
  });

  describe('lookup', () => {
    it.each<[string, OriginLookupCase]>([
      [
        'a class that nobody provides',
        { token: UnprovidedOrigins, code: 'lookup-not-found', named: 'UnprovidedOrigins' },
      ],
      ['a symbol that nobody provides', { token: UNPROVIDED, code: 'lookup-not-found', named: 'Symbol(Unprovided)' }],
      ['a string that nobody provides', { token: 'ORIGINS', code: 'lookup-not-found', named: 'ORIGINS' }],
      [
        'a request-scoped provider',
        { token: RequestScopedOrigins, code: 'lookup-not-singleton', named: 'RequestScopedOrigins' },
      ],
      ['a transient provider', { token: TransientOrigins, code: 'lookup-not-singleton', named: 'TransientOrigins' }],
      [
        'a provider that depends on a request-scoped one',
        { token: IndirectlyScopedOrigins, code: 'lookup-not-singleton', named: 'IndirectlyScopedOrigins' },
      ],
      ['a provider without the method', { token: NO_LOOKUP, code: 'invalid-value', named: 'Symbol(NoLookup)' }],
      ['a provider that is null', { token: 'NULL', code: 'invalid-value', named: 'NULL' }],
    ])('%s: the problem names it', async (_, { token, code, named }) => {
      const { problems } = await errorOf({
        providers: [
          RequestScopedOrigins,
          TransientOrigins,
          {
            provide: IndirectlyScopedOrigins,
            inject: [RequestScopedOrigins],
            useFactory: (scoped: RequestScopedOrigins) => new IndirectlyScopedOrigins(scoped),
          },
          { provide: NO_LOOKUP, useValue: { isOriginAllowed: true } },
          { provide: 'NULL', useFactory: () => null },
        ],
        cors: { originLookup: token },
      });
      expect(problems).toEqual([
        expect.objectContaining({ code, path: 'originLookup', value: token, message: expect.stringContaining(named) }),
      ]);
    });

    it('missing, in several policies: is reported once, or once for each place', async () => {
      const problems = await problemsOf({
        controllers: [controllerWith({ originLookup: UNPROVIDED }, { originLookup: UNPROVIDED })],
        cors: { originLookup: UNPROVIDED },
      });
      expect(new Set(problems).size).toBe(problems.length);
      expect(problems.length).toBeGreaterThan(0);
    });

    it('provided by any module: is found', async () => {
      @Module({ providers: [StoredOrigins] })
      class OriginsModule {}

      const application = await startApplication(platform, bootstrap, {
        imports: [OriginsModule],
        controllers: [controllerWith({ originLookup: StoredOrigins })],
      });
      try {
        const response = await application.from('https://stored.example', '/orders');
        expect(response.headers['access-control-allow-origin']).toBe('https://stored.example');
      } finally {
        await application.close();
      }
    });
  });

  describe('untyped values from JavaScript', () => {
    const cycle: Record<string, unknown> = {};
    cycle['origin'] = cycle;
    const throwing = Object.defineProperty({}, 'origin', { enumerable: true, value: Symbol('origin') });

    it.each<[string, unknown]>([
      ['null', null],
      ['a string', 'https://app.example.com'],
      ['a number', 1],
      ['a list', ['https://app.example.com']],
      ['a function', () => ({})],
      ['true for origin', { origin: true }],
      ['null for origin', { origin: null }],
      ['numbers for origins', { origin: [1, null, undefined, {}, [], NaN] }],
      ['an origin that contains itself', cycle],
      ['a symbol for origin', throwing],
      ['a hole in a list', { origin: Object.assign([], { length: 3 }) }],
      ['an object without prototype for origin', { origin: Object.create(null) }],
      ['null for every field', Object.fromEntries(Object.keys(EVERY_FIELD).map((name) => [name, null]))],
      ['an object for every field', Object.fromEntries(Object.keys(EVERY_FIELD).map((name) => [name, {}]))],
      ['a number for every field', Object.fromEntries(Object.keys(EVERY_FIELD).map((name) => [name, NaN]))],
      ['a symbol for every field', Object.fromEntries(Object.keys(EVERY_FIELD).map((name) => [name, Symbol('x')]))],
      ['a list of nothing for every field', Object.fromEntries(Object.keys(EVERY_FIELD).map((name) => [name, [null]]))],
      ['numbers for policies', { policies: { one: 1, two: null, three: [] } }],
      ['a name for a policy', { policies: { one: 'two' } }],
      ['a list for policies', { policies: [{ origin: '*' }] }],
      ['an object for paths', { paths: { '/graphql': 'public' } }],
      ['nonsense in paths', { paths: [null, 1, 'x', {}, { path: 1 }, { path: '/x' }, { path: '/y', policy: null }] }],
      ['a policy named __proto__', JSON.parse('{"policies":{"__proto__":{"origin":1}},"__proto__":{"a":1}}')],
      ['a policy that extends __proto__', { policies: { one: { extends: '__proto__' } } }],
      ['a policy that extends toString', { policies: { one: { extends: 'toString' } } }],
      ['options of the cors package', { preflightContinue: true, origin: APP }],
      ['an Infinity', { maxAge: Infinity, lookupTimeout: Infinity, optionsSuccessStatus: Infinity }],
      ['a negative zero point five', { maxAge: -0.5 }],
      ['numbers in quotes', { maxAge: '600', credentials: 'true', optionsSuccessStatus: '204' }],
      ['line breaks in names', { allowedHeaders: ['x\r\ny: 1'], exposedHeaders: ['a\nb'], methods: ['GET\r\n'] }],
      ['line breaks in origins', { origin: ['https://app.example.com\r\nX-Injected: 1', 'https://a\nb.example'] }],
      ['an expression that matches too much', { origin: [/example/, /^https:\/\/a\.example|b$/, /^x$/gy] }],
    ])('%s: is a CorsConfigurationError', async (_, options) => {
      expect((await problemsOf(optionsOf(options))).length).toBeGreaterThan(0);
    });

    it.each<[string, unknown]>([
      ['null', null],
      ['a number', 1],
      ['a list', [{ origin: '*' }]],
      ['an empty string', ''],
      ['a function', () => 'public'],
      ['an unknown name', 'nobody'],
      ['__proto__', '__proto__'],
      ['a symbol', Symbol('policy')],
      ['an unknown field', { allowOrigin: '*' }],
      ['null for origin', { origin: null }],
      ['a number for extends', { extends: 1 }],
    ])('%s in a decorator: is a CorsConfigurationError', async (_, policy) => {
      expect((await problemsOf({ controllers: [controllerWith(policy)] })).length).toBeGreaterThan(0);
      expect((await problemsOf({ controllers: [controllerWith(undefined, policy)] })).length).toBeGreaterThan(0);
    });

    it.each<[string, unknown]>([
      ['undefined', undefined],
      ['null', null],
      ['a string', 'public'],
      ['a list', []],
      ['no policies', {}],
      ['null for policies', { policies: null }],
      ['fields beside policies', { policies: {}, origin: '*' }],
      ['an unknown option', { policy: {} }],
    ])('%s in forFeature(): is a CorsConfigurationError', async (_, options) => {
      const imports = [CorsModule.forFeature(options as never)];
      expect((await problemsOf({ imports })).length).toBeGreaterThan(0);
    });
  });

  it('from a factory: is checked', async () => {
    for (const options of [{ maxAge: -1 }, null, 'x', undefined] as unknown[]) {
      const imports = [CorsModule.forRootAsync({ useFactory: async () => options as CorsModuleOptions })];
      expect((await problemsOf({ cors: false, imports })).length).toBeGreaterThan(0);
    }
  });

  it('CorsConfigurationError: has the problems as data', async () => {
    const { problems } = await errorOf({ cors: { origin: ['https://app.example.com/path'] } });
    expect(problems).toEqual([
      {
        code: 'malformed-origin',
        path: 'origin[0]',
        value: 'https://app.example.com/path',
        message: expect.stringContaining('path'),
        hint: expect.stringContaining('"https://app.example.com"'),
      },
    ]);
  });
});
