import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplicationContext,
  Inject,
  Injectable,
  Module,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CorsConfigurationError,
  CorsInspector,
  CorsModule,
  type CorsModuleOptions,
  type CorsOptionsFactory,
  CorsOriginCache,
  CorsPolicy,
  type OriginLookup,
} from '../../lib/index.js';
import {
  type ApplicationSetup,
  ENVIRONMENTS,
  RecordingLogger,
  type RunningApplication,
  corsHeaders,
  createApplication,
  startApplication,
} from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';
const OTHER = 'https://other.example';

@Controller('own')
class OwnController {
  @Get()
  read() {
    return 'own';
  }
}

@Controller('partners')
@CorsPolicy('partners')
class PartnersController {
  @Get()
  read() {
    return 'partners';
  }
}

@Injectable()
class Settings {
  readonly origins = [APP];
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class OptionsFromSettings implements CorsOptionsFactory {
  constructor(@Inject(Settings) private readonly settings: Settings) {}

  createCorsOptions(): CorsModuleOptions {
    return { origin: this.settings.origins };
  }
}

@Injectable()
class LaterOptions implements CorsOptionsFactory {
  async createCorsOptions(): Promise<CorsModuleOptions> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { origin: [APP] };
  }
}

@Module({ imports: [SettingsModule], providers: [OptionsFromSettings], exports: [OptionsFromSettings] })
class OptionsModule {}

@Injectable()
class StoredOrigins implements OriginLookup {
  isOriginAllowed(origin: string) {
    return origin === APP;
  }
}

/** A module of its own for a controller: what it uses, it has from elsewhere. */
function moduleOf(controller: Type): Type {
  @Module({ controllers: [controller] })
  class ControllerModule {}
  return ControllerModule;
}

describe.each(ENVIRONMENTS)('CorsModule on %s through %s', (platform, bootstrap) => {
  const running: { close(): Promise<void> }[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((application) => application.close()));
  });

  async function start(setup: ApplicationSetup): Promise<RunningApplication> {
    const application = await startApplication(platform, bootstrap, setup);
    running.push(application);
    return application;
  }

  /** What stops the boot. */
  async function failureOf(setup: ApplicationSetup): Promise<Error> {
    const app = await createApplication(platform, bootstrap, setup);
    running.push(app);
    return app.init().then(
      () => new Error('The application booted'),
      (error: unknown) => error as Error,
    );
  }

  async function expectAllowed(application: RunningApplication, origin: string, path = '/own'): Promise<void> {
    expect(corsHeaders(await application.from(origin, path))).toEqual({ 'access-control-allow-origin': origin });
    expect((await application.preflight(origin, 'GET', path)).status).toBe(204);
  }

  async function expectRefused(application: RunningApplication, origin: string, path = '/own'): Promise<void> {
    expect(corsHeaders(await application.from(origin, path))).toEqual({});
    expect((await application.preflight(origin, 'GET', path)).status).toBe(403);
  }

  describe('registration', () => {
    it.each<[string, ApplicationSetup]>([
      ['with forRoot()', { cors: { origin: [APP] } }],
      [
        'with forRoot() and a lookup among extraProviders',
        { imports: [CorsModule.forRoot({ originLookup: StoredOrigins, extraProviders: [StoredOrigins] })] },
      ],
      ['with a factory', { imports: [CorsModule.forRootAsync({ useFactory: () => ({ origin: [APP] }) })] }],
      [
        'with an asynchronous factory',
        { imports: [CorsModule.forRootAsync({ useFactory: async () => new LaterOptions().createCorsOptions() })] },
      ],
      [
        'with a factory that injects from a module',
        {
          imports: [
            CorsModule.forRootAsync({
              imports: [SettingsModule],
              inject: [Settings],
              useFactory: ({ origins }: Settings) => ({ origin: origins }),
            }),
          ],
        },
      ],
      [
        'with a factory that injects from extraProviders',
        {
          imports: [
            CorsModule.forRootAsync({
              inject: [Settings],
              useFactory: ({ origins }: Settings) => ({ origin: origins }),
              extraProviders: [Settings],
            }),
          ],
        },
      ],
      [
        'with a factory and a lookup among extraProviders',
        {
          imports: [
            CorsModule.forRootAsync({
              useFactory: () => ({ originLookup: StoredOrigins }),
              extraProviders: [StoredOrigins],
            }),
          ],
        },
      ],
      [
        'with a class',
        { imports: [CorsModule.forRootAsync({ imports: [SettingsModule], useClass: OptionsFromSettings })] },
      ],
      ['with a class that answers later', { imports: [CorsModule.forRootAsync({ useClass: LaterOptions })] }],
      [
        'with an existing provider',
        { imports: [CorsModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsFromSettings })] },
      ],
    ])('%s: allows the origins of its options', async (_, setup) => {
      const application = await start({ cors: false, ...setup, controllers: [OwnController] });
      await expectAllowed(application, APP);
      await expectRefused(application, OTHER);
      expect(application.logger.warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
    });

    it.each([
      ['undefined', undefined],
      ['nothing', {}],
    ])('options %s: allow no origin, and preflights are answered', async (_, options) => {
      const application = await start({
        cors: false,
        imports: [CorsModule.forRoot(options)],
        controllers: [OwnController],
      });
      await expectRefused(application, APP);
      expect((await application.send('/own')).body).toBe('own');
    });

    it('in a module that is not the root: governs every controller', async () => {
      @Module({ imports: [CorsModule.forRoot({ origin: [APP] })] })
      class InfrastructureModule {}

      const application = await start({ cors: false, imports: [InfrastructureModule, moduleOf(OwnController)] });
      await expectAllowed(application, APP);
    });

    it('made once and imported twice: counts once', async () => {
      const cors = CorsModule.forRoot({ origin: [APP] });

      @Module({ imports: [cors] })
      class FeatureModule {}

      const application = await start({ cors: false, imports: [cors, FeatureModule], controllers: [OwnController] });
      await expectAllowed(application, APP);
      const { rawHeaders } = await application.from(APP, '/own');
      expect(rawHeaders.filter((name) => /^access-control-allow-origin$/i.test(name))).toHaveLength(1);
    });

    it.each([
      ['different', { origin: [PARTNER] }],
      ['the same', { origin: [APP] }],
    ])('twice, with %s options: stops the boot with a hint', async (_, second) => {
      const error = await failureOf({
        cors: { origin: [APP] },
        imports: [CorsModule.forRoot(second)],
        controllers: [OwnController],
      });
      expect(error.message).toMatch(/forRoot\(\).* 2 times/);
      expect(error.message).toContain('forFeature');
    });

    it('by forRoot() and by forRootAsync(): stops the boot', async () => {
      const error = await failureOf({
        cors: { origin: [APP] },
        imports: [CorsModule.forRootAsync({ useFactory: () => ({ origin: [PARTNER] }) })],
      });
      expect(error.message).toContain('2 times');
    });

    it('factory that fails: stops the boot with its error', async () => {
      const failing = CorsModule.forRootAsync({
        useFactory: async () => {
          throw new Error('The settings are gone');
        },
      });
      await expect(
        createApplication(platform, bootstrap, { cors: false, imports: [failing] }).then((app) => app.init()),
      ).rejects.toThrow('The settings are gone');
    });
  });

  describe('global module', () => {
    @Injectable()
    class OriginsService {
      constructor(
        @Inject(CorsOriginCache) readonly cache: CorsOriginCache,
        @Inject(CorsInspector) readonly inspector: CorsInspector,
      ) {}
    }

    it.each([
      ['forRoot()', CorsModule.forRoot({ origin: [APP] })],
      ['forRootAsync()', CorsModule.forRootAsync({ useFactory: async () => ({ origin: [APP] }) })],
    ])(
      'with %s: a provider of a feature module injects cache and inspector without importing CorsModule',
      async (_, cors) => {
        @Module({ providers: [OriginsService] })
        class FeatureModule {}

        const application = await start({
          cors: false,
          imports: [FeatureModule, cors],
          controllers: [OwnController],
        });
        const { cache, inspector } = application.app.get(OriginsService, { strict: false });
        expect(cache).toBeInstanceOf(CorsOriginCache);
        expect(cache.stats()).toEqual({ lookups: [], lists: [] });
        expect(inspector).toBeInstanceOf(CorsInspector);
        expect(inspector.routes()).toMatchObject([{ controller: 'OwnController' }]);
      },
    );

    it('feature module that imports CorsModule without options: boots, and changes nothing', async () => {
      @Module({ imports: [CorsModule], providers: [OriginsService] })
      class FeatureModule {}

      const application = await start({
        cors: { origin: [APP] },
        imports: [FeatureModule],
        controllers: [OwnController],
      });
      await expectAllowed(application, APP);
      expect(application.app.get(OriginsService, { strict: false }).cache).toBeInstanceOf(CorsOriginCache);
    });

    it('CorsModule without options and without forRoot(): stops the boot, and says what to write', async () => {
      const error = await failureOf({ cors: false, imports: [CorsModule] });
      expect(error.message).toContain('CorsModule.forRoot()');
    });

    it.each<[string, (isGlobal: object) => DynamicModule]>([
      ['forRoot()', (isGlobal) => CorsModule.forRoot({ origin: [APP], ...isGlobal })],
      [
        'forRootAsync({ useFactory })',
        (isGlobal) => CorsModule.forRootAsync({ ...isGlobal, useFactory: () => ({ origin: [APP] }) }),
      ],
      [
        'what a factory returns',
        (isGlobal) => CorsModule.forRootAsync({ useFactory: () => ({ origin: [APP], ...isGlobal }) }),
      ],
      ['forRootAsync({ useClass })', (isGlobal) => CorsModule.forRootAsync({ ...isGlobal, useClass: LaterOptions })],
      [
        'forRootAsync({ useExisting })',
        (isGlobal) =>
          CorsModule.forRootAsync({ ...isGlobal, imports: [OptionsModule], useExisting: OptionsFromSettings }),
      ],
    ])('isGlobal in %s: is a configuration problem with a hint', async (_, register) => {
      for (const isGlobal of [true, false]) {
        const error = await failureOf({ cors: false, imports: [register({ isGlobal })] });
        expect(error).toBeInstanceOf(CorsConfigurationError);
        expect((error as CorsConfigurationError).problems).toMatchObject([
          { code: 'unknown-option', path: 'isGlobal', hint: expect.stringMatching(/^Remove it: the module is global/) },
        ]);
      }
    });

    it('isGlobal beside a factory that returns no object: the problem of the factory is reported', async () => {
      const nothing = { useFactory: () => null, isGlobal: true } as unknown as Parameters<
        typeof CorsModule.forRootAsync
      >[0];
      const error = await failureOf({ cors: false, imports: [CorsModule.forRootAsync(nothing)] });
      expect((error as CorsConfigurationError).problems).toMatchObject([{ code: 'invalid-value' }]);
    });
  });

  describe('forFeature()', () => {
    const partners = { policies: { partners: { origin: [PARTNER] } } };

    it('policies: controllers of other modules use them by name', async () => {
      @Module({ imports: [CorsModule.forFeature(partners)] })
      class FeatureModule {}

      const application = await start({
        cors: { origin: [APP] },
        imports: [moduleOf(PartnersController), FeatureModule, moduleOf(OwnController)],
      });
      await expectAllowed(application, PARTNER, '/partners');
      await expectRefused(application, APP, '/partners');
      await expectRefused(application, PARTNER, '/own');
    });

    it('policies: `paths` entries use them, and they extend those of the root', async () => {
      const application = await start({
        cors: { policies: { base: { origin: [PARTNER] } }, paths: [{ path: '/graphql', policy: 'feature' }] },
        imports: [CorsModule.forFeature({ policies: { feature: { extends: 'base' } } })],
      });
      await expectAllowed(application, PARTNER, '/graphql');
    });

    it('several calls, one of them imported several times: all policies are there', async () => {
      const feature = CorsModule.forFeature(partners);

      @Module({ imports: [feature, CorsModule.forFeature({ policies: { others: { origin: [OTHER] } } })] })
      class FeatureModule {}

      @Controller('others')
      @CorsPolicy('others')
      class OthersController {
        @Get()
        read() {
          return 'others';
        }
      }

      const application = await start({
        imports: [feature, FeatureModule],
        controllers: [PartnersController, OthersController],
      });
      await expectAllowed(application, PARTNER, '/partners');
      await expectAllowed(application, OTHER, '/others');
    });

    it('beside forRootAsync(): adds its policies', async () => {
      const application = await start({
        cors: false,
        imports: [
          CorsModule.forFeature(partners),
          CorsModule.forRootAsync({ useFactory: async () => ({ origin: [APP] }) }),
        ],
        controllers: [PartnersController, OwnController],
      });
      await expectAllowed(application, PARTNER, '/partners');
      await expectAllowed(application, APP);
    });

    it('name that the root, another feature or the library has: is reported', async () => {
      const error = await failureOf({
        cors: { policies: { partners: {} } },
        imports: [
          CorsModule.forFeature({ policies: { partners: {}, twice: {} } }),
          CorsModule.forFeature({ policies: { twice: {}, default: {} } }),
        ],
      });
      expect(error).toBeInstanceOf(CorsConfigurationError);
      const { problems } = error as CorsConfigurationError;
      expect(problems.map(({ code, value }) => [code, value])).toEqual([
        ['duplicate-policy', 'partners'],
        ['duplicate-policy', 'twice'],
        ['duplicate-policy', 'default'],
      ]);
    });

    it('without forRoot(): stops the boot, and the error names what is missing', async () => {
      const error = await failureOf({ cors: false, imports: [CorsModule.forFeature(partners)] });
      expect(error.message).toMatch(/forFeature\(\).*forRoot\(\)/);
    });
  });

  describe('beside enableCors()', () => {
    it.each<[string, Pick<ApplicationSetup, 'options' | 'configure'>]>([
      ['the option cors: true', { options: { cors: true } }],
      ['the option cors with an object', { options: { cors: { origin: OTHER } } }],
      ['enableCors() in main.ts', { configure: (app) => app.enableCors() }],
      [
        'enableCors() on the adapter',
        {
          configure: (app) => (app.getHttpAdapter() as unknown as { enableCors(options: object): void }).enableCors({}),
        },
      ],
    ])('one of both: warns once at boot: %s', async (_, setup) => {
      const application = await start({ cors: { origin: [APP] }, controllers: [OwnController], ...setup });
      const warnings = application.logger.warnings.filter((line) => /enableCors/.test(line));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('CorsModule');
      expect(warnings[0]).toMatch(/remove/i);
      await application.from(APP, '/own');
      await application.preflight(APP, 'GET', '/own');
      expect(application.logger.warnings.filter((line) => /enableCors/.test(line))).toHaveLength(1);
    });

    it('neither: writes no warning', async () => {
      for (const options of [{}, { cors: false }]) {
        const application = await start({ cors: { origin: [APP] }, options });
        expect(application.logger.warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
      }
    });
  });

  describe('several applications in one process', () => {
    it('shared controllers: share nothing', async () => {
      const [first, second, third] = await Promise.all([
        start({
          cors: { origin: [APP], policies: { partners: { origin: [PARTNER] } } },
          controllers: [OwnController, PartnersController],
        }),
        start({
          cors: { origin: [OTHER], policies: { partners: { origin: '*', maxAge: 5 } } },
          controllers: [OwnController, PartnersController],
        }),
        start({ cors: false, controllers: [OwnController, PartnersController] }),
      ]);
      for (let round = 0; round < 2; round++) {
        await expectAllowed(first, APP);
        await expectRefused(first, OTHER);
        await expectAllowed(second, OTHER);
        await expectRefused(second, APP);
        await expectAllowed(first, PARTNER, '/partners');
        await expectRefused(first, OTHER, '/partners');
        expect((await second.preflight(APP, 'GET', '/partners')).headers['access-control-max-age']).toBe('5');
        expect((await second.send('/partners')).headers['access-control-allow-origin']).toBe('*');
        const untouched = await third.from(APP, '/own');
        expect(corsHeaders(untouched)).toEqual({});
        expect(untouched.headers.vary ?? '').not.toContain('Origin');
      }
    });

    it('one that is closed: the other one goes on', async () => {
      const first = await startApplication(platform, bootstrap, {
        cors: { origin: [OTHER] },
        controllers: [OwnController],
      });
      const second = await start({ cors: { origin: [APP] }, controllers: [OwnController] });
      await first.close();
      await expectAllowed(second, APP);
      await expect(first.from(OTHER, '/own')).rejects.toThrow('ECONNREFUSED');
    });

    it('start after app.close(): works again', async () => {
      const setup: ApplicationSetup = {
        cors: { origin: [APP], policies: { partners: { originLookup: StoredOrigins } } },
        controllers: [OwnController, PartnersController],
        providers: [StoredOrigins],
      };
      for (let round = 0; round < 3; round++) {
        const application = await startApplication(platform, bootstrap, setup);
        await expectAllowed(application, APP);
        await expectAllowed(application, APP, '/partners');
        await expectRefused(application, OTHER, '/partners');
        await application.close();
      }
    });
  });
});

// Nest 11.1 on Fastify can't register its CORS twice; elsewhere it can.
describe.each(ENVIRONMENTS.filter(([platform]) => platform === 'express'))(
  'CorsModule beside enableCors() and the cors option, on %s through %s',
  (platform, bootstrap) => {
    it('both: warns once at boot', async () => {
      const { logger, close } = await startApplication(platform, bootstrap, {
        cors: { origin: [APP] },
        options: { cors: true },
        configure: (app) => app.enableCors(),
      });
      await close();
      expect(logger.warnings).toEqual([expect.stringContaining('enableCors()')]);
    });
  },
);

describe('CorsModule without an HTTP server', () => {
  const contexts: INestApplicationContext[] = [];

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });

  async function createContext(options: CorsModuleOptions): Promise<{ logger: RecordingLogger }> {
    @Module({ imports: [CorsModule.forRoot(options)], controllers: [OwnController], providers: [StoredOrigins] })
    class ContextModule {}

    const logger = new RecordingLogger();
    contexts.push(await NestFactory.createApplicationContext(ContextModule, { logger, abortOnError: false }));
    return { logger };
  }

  it('application context: starts without a log line', async () => {
    const { logger } = await createContext({ origin: [APP], originLookup: StoredOrigins, rejectDisallowed: true });
    expect(logger.warnings).toEqual([]);
    expect(logger.errors).toEqual([]);
  });

  it('configuration problems: are reported', async () => {
    await expect(createContext({ maxAge: -1 })).rejects.toBeInstanceOf(CorsConfigurationError);
  });
});
