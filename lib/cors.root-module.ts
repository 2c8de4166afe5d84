import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type NestModule,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { CorsBootstrap } from './cors.bootstrap.js';
import { GatewayGuard } from './gateways/gateway-guard.js';
import { EventStreams } from './gateways/event-streams.js';
import { OpenConnections } from './gateways/open-connections.js';
import { ApplicationInspector } from './inspect/application-inspector.js';
import { ONE_COPY_OF_CORE } from './inspect/core-copies.js';
import { CorsInspector, INSPECTOR_TOKEN } from './inspect/inspector.js';
import { DecisionLog } from './logging/decision-log.js';
import { ForeignHeaderLog } from './logging/foreign-header-log.js';
import { CorsShadow } from './logging/shadow.js';
import { CorsLookups } from './lookup/lookups.js';
import { ApplicationOriginCache, CorsOriginCache } from './lookup/origin-cache.js';
import type { CorsModuleOptions } from './options/index.js';
import { CORS_MODULE_OPTIONS } from './options/tokens.js';
import { ApplicationOrigins, CorsOrigins } from './lookup/origins.js';
import { DecisionReporter, decisionChannel } from './request/decision-reporter.js';
import { CorsEnhancerPlan } from './request/enhancer-plan.js';
import { CorsGuard } from './request/guard.js';
import { CorsInterceptor } from './request/interceptor.js';
import { RunningEvaluator } from './request/running-evaluator.js';
import { CorsPolicyRegistry } from './routing/policy-registry.js';
import { RegisteredRoutes } from './routing/registered-routes.js';
import { once } from './support/memo.js';

/** Options of `forRoot()` and `forRootAsync()` besides those of the library. */
export interface CorsModuleExtras {
  /** Providers to add to the module, such as those that a factory injects. */
  extraProviders?: Provider[];
}

/** The argument of `forRootAsync()`. */
export type CorsModuleAsyncOptions = ConfigurableModuleAsyncOptions<CorsModuleOptions, 'createCorsOptions'> &
  CorsModuleExtras;

/** Implemented by the class that `CorsModule.forRootAsync({ useClass | useExisting })` names. */
export interface CorsOptionsFactory {
  createCorsOptions(): CorsModuleOptions | Promise<CorsModuleOptions>;
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<CorsModuleOptions>({
  moduleName: 'Cors',
  optionsInjectionToken: CORS_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createCorsOptions')
  .setExtras<CorsModuleExtras>({ extraProviders: [] }, (definition, { extraProviders = [] }) => ({
    ...definition,
    global: true,
    providers: [...(definition.providers ?? []), ...extraProviders],
  }))
  .build();

/**
 * What `CorsModule.forRoot()` registers. A class of its own, so that applications see no internal type on `CorsModule`.
 *
 * The guard and the interceptor are global enhancers that exist only in applications whose policies have work for them:
 * their factories return nothing otherwise, and Nest leaves such an enhancer out of every route.
 */
@Module({
  exports: [CorsInspector, CorsOriginCache, CorsOrigins],
  providers: [
    ONE_COPY_OF_CORE,
    CorsPolicyRegistry,
    CorsEnhancerPlan,
    RegisteredRoutes,
    CorsShadow,
    CorsLookups,
    { provide: CorsOriginCache, useClass: ApplicationOriginCache },
    { provide: CorsOrigins, useClass: ApplicationOrigins },
    {
      provide: OpenConnections,
      inject: [CorsLookups, CorsPolicyRegistry],
      useFactory: (lookups: CorsLookups, registry: CorsPolicyRegistry) =>
        new OpenConnections(lookups, registry, registry.catalog.sockets.closeRevoked),
    },
    {
      provide: EventStreams,
      inject: [CorsLookups, CorsPolicyRegistry],
      useFactory: (lookups: CorsLookups, registry: CorsPolicyRegistry) =>
        registry.catalog.eventStreams.closeRevoked
          ? new EventStreams(new OpenConnections(lookups, registry, true))
          : undefined,
    },
    RunningEvaluator,
    {
      provide: DecisionReporter,
      inject: [CorsPolicyRegistry, RunningEvaluator, EventStreams],
      useFactory: (
        { catalog }: CorsPolicyRegistry,
        running: RunningEvaluator,
        eventStreams: EventStreams | undefined,
      ) =>
        new DecisionReporter([new DecisionLog(catalog.logging)], {
          foreignHeaders: once(() => new ForeignHeaderLog()),
          channel: decisionChannel(),
          eventStreams,
          placeOf: ({ method, url, adapterRequest }) => running.evaluator.router.placeOf(method, url, adapterRequest),
        }),
    },
    ApplicationInspector,
    { provide: CorsInspector, useExisting: ApplicationInspector },
    { provide: INSPECTOR_TOKEN, useExisting: ApplicationInspector },
    GatewayGuard,
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
        plan.mayNeedInterceptor ? new CorsInterceptor(registry, plan) : undefined,
    },
  ],
})
export class CorsRootModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    @Inject(CorsEnhancerPlan) private readonly plan: CorsEnhancerPlan,
    @Inject(RegisteredRoutes) private readonly registered: RegisteredRoutes,
  ) {
    super();
  }

  /** Nest's last call before it registers the routes, so `main.ts` has set everything. No middleware is added. */
  configure(): void {
    this.plan.settle();
    this.registered.open();
  }
}

/**
 * Adds `isGlobal` of the argument of `forRootAsync()` to what its factory returns, where the check of the options finds it.
 * Nest ignores names that it does not know there, and an application that relies on the option has to hear that it is gone.
 */
export function withIsGlobal(definition: DynamicModule, options: object): DynamicModule {
  const { isGlobal } = options as { readonly isGlobal?: unknown };
  if (isGlobal === undefined) {
    return definition;
  }
  const addTo = (read: unknown): unknown => (typeof read === 'object' && read !== null ? { ...read, isGlobal } : read);
  const providers = definition.providers?.map((provider): Provider => {
    const { provide, useFactory } = provider as FactoryProvider;
    return provide === CORS_MODULE_OPTIONS
      ? { ...(provider as FactoryProvider), useFactory: async (...args) => addTo(await useFactory(...args)) }
      : provider;
  });
  return { ...definition, providers: providers ?? [] };
}
