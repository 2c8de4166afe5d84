import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { CorsBootstrap } from './cors.bootstrap.js';
import { CorsEnhancerPlan } from './request/enhancer-plan.js';
import { CorsFeatureModule } from './cors.feature-module.js';
import { CorsGuard } from './request/guard.js';
import { CorsInterceptor } from './request/interceptor.js';
import { CORS_FEATURE_OPTIONS, CORS_MODULE_OPTIONS } from './options/tokens.js';
import { type ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, type OPTIONS_TYPE } from './cors.module-definition.js';
import { CorsLookups } from './lookup/lookups.js';
import { CorsOriginCache } from './lookup/origin-cache.js';
import { CorsPolicyRegistry } from './routing/policy-registry.js';
import { CorsInspector } from './inspect/inspector.js';
import { ForeignHeaderLog } from './logging/foreign-header-log.js';
import { INSPECTOR_TOKEN } from './inspect/inspector-token.js';
import { CorsShadow } from './logging/shadow.js';
import { DecisionReporter, decisionChannel } from './request/decision-reporter.js';
import { RunningEvaluator } from './request/running-evaluator.js';
import { DecisionLog } from './logging/decision-log.js';
import { RegisteredRoutes } from './routing/registered-routes.js';
import type { CorsFeatureOptions } from './options/index.js';

/**
 * Per-route CORS. Register it once with `forRoot()` or `forRootAsync()`; policies then sit on controllers and handlers.
 *
 * The guard and the interceptor are global enhancers that exist only in applications whose policies have work for them:
 * their factories return nothing otherwise, and Nest leaves such an enhancer out of every route.
 */
@Module({
  exports: [CORS_MODULE_OPTIONS, CorsInspector, CorsOriginCache],
  providers: [
    CorsPolicyRegistry,
    CorsEnhancerPlan,
    RegisteredRoutes,
    CorsShadow,
    CorsLookups,
    CorsOriginCache,
    RunningEvaluator,
    {
      provide: DecisionReporter,
      inject: [CorsPolicyRegistry, RunningEvaluator],
      useFactory: ({ catalog }: CorsPolicyRegistry, running: RunningEvaluator) =>
        new DecisionReporter([new DecisionLog(catalog.logging)], {
          foreignHeaders: new ForeignHeaderLog(),
          channel: decisionChannel(),
          placeOf: ({ method, url, adapterRequest }) => running.evaluator.router.placeOf(method, url, adapterRequest),
        }),
    },
    CorsInspector,
    { provide: INSPECTOR_TOKEN, useExisting: CorsInspector },
    CorsBootstrap,
    {
      provide: APP_GUARD,
      inject: [RunningEvaluator, CorsPolicyRegistry, CorsEnhancerPlan, DecisionReporter],
      useFactory: (
        running: RunningEvaluator,
        registry: CorsPolicyRegistry,
        plan: CorsEnhancerPlan,
        reporter: DecisionReporter,
      ) => (plan.mayNeedGuard ? new CorsGuard(running, registry, plan, reporter) : undefined),
    },
    {
      provide: APP_INTERCEPTOR,
      inject: [CorsPolicyRegistry, CorsEnhancerPlan],
      useFactory: (registry: CorsPolicyRegistry, plan: CorsEnhancerPlan) =>
        plan.needsInterceptor ? new CorsInterceptor(registry) : undefined,
    },
  ],
})
export class CorsModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    @Inject(CorsEnhancerPlan) private readonly plan: CorsEnhancerPlan,
    @Inject(RegisteredRoutes) private readonly registered: RegisteredRoutes,
  ) {
    super();
  }

  /** Nest's last call before it registers the routes: by now `main.ts` has had its say. There is no middleware to add. */
  configure(): void {
    this.plan.settle();
    this.registered.open();
  }

  /**
   * Registers the module for the whole application.
   * @throws CorsConfigurationError at boot (from `app.init()` or `app.listen()`), with every configuration problem
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    // The builder would make an empty object of what is no object, and with it an application without CORS.
    return typeof options === 'object' && options !== null
      ? super.forRoot(options)
      : { module: CorsModule, providers: [{ provide: CORS_MODULE_OPTIONS, useValue: options }] };
  }

  /**
   * Registers the module with options that come from elsewhere: `useFactory` with `inject` and `imports`, or a
   * {@link CorsOptionsFactory} by `useClass` or `useExisting`; `extraProviders` are added to the module.
   * @throws CorsConfigurationError at boot (from `app.init()` or `app.listen()`), with every configuration problem
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /** Adds named policies from a feature module, so that they are written beside the controllers that use them. */
  static forFeature(options: CorsFeatureOptions): DynamicModule {
    return { module: CorsFeatureModule, providers: [{ provide: CORS_FEATURE_OPTIONS, useValue: options }] };
  }
}
