import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import {
  type CorsModuleAsyncOptions,
  type CorsModuleExtras,
  CorsRootModule,
  withIsGlobal,
} from './cors.root-module.js';
import { ONE_COPY_OF_CORE } from './inspect/core-copies.js';
import type { CorsFeatureOptions, CorsModuleOptions } from './options/index.js';
import { CORS_FEATURE_OPTIONS, CORS_MODULE_OPTIONS } from './options/tokens.js';

/**
 * Per-route CORS. Register it once with `forRoot()` or `forRootAsync()`; policies are then written on controllers and handlers. It
 * is global: any provider of the application can inject `CorsInspector`, `CorsOriginCache` and `CorsOrigins`.
 */
@Module({ providers: [ONE_COPY_OF_CORE] })
export class CorsModule implements OnModuleInit {
  readonly #modules: ModulesContainer;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#modules = modules;
  }

  /**
   * Registers the module for the whole application.
   * @throws CorsConfigurationError at boot (from `app.init()` or `app.listen()`), with every configuration problem
   */
  static forRoot(options: CorsModuleOptions & CorsModuleExtras = {}): DynamicModule {
    // The builder turns anything that is no object into an empty object, which would be an application without CORS.
    return typeof options === 'object' && options !== null
      ? CorsRootModule.forRoot(options)
      : { module: CorsRootModule, providers: [{ provide: CORS_MODULE_OPTIONS, useValue: options }] };
  }

  /**
   * Registers the module with options that come from elsewhere: `useFactory` with `inject` and `imports`, or a
   * `CorsOptionsFactory` by `useClass` or `useExisting`; `extraProviders` are added to the module.
   * @throws CorsConfigurationError at boot (from `app.init()` or `app.listen()`), with every configuration problem
   */
  static forRootAsync(options: CorsModuleAsyncOptions): DynamicModule {
    return withIsGlobal(CorsRootModule.forRootAsync(options), options);
  }

  /** Adds named policies from a feature module, so that they stand beside the controllers that use them. */
  static forFeature(options: CorsFeatureOptions): DynamicModule {
    return { module: CorsModule, providers: [{ provide: CORS_FEATURE_OPTIONS, useValue: options }] };
  }

  /** @throws Error when there is no `CorsModule.forRoot()`: the application would have no CORS at all, without a word */
  onModuleInit(): void {
    if (![...this.#modules.values()].some((module) => module.providers.has(CORS_MODULE_OPTIONS))) {
      throw new Error(
        'CorsModule.forFeature(), and CorsModule without options, need CorsModule.forRoot() or CorsModule.forRootAsync() in ' +
          'the root module.',
      );
    }
  }
}
