import type { ServerResponse } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { GatewayGuard } from './gateways/gateway-guard.js';
import { gatewayProblems } from './gateways/gateway-problems.js';
import { graphqlEndpoints, placeGraphql } from './gateways/graphql-endpoints.js';
import { CorsEnhancerPlan, runsRequestHooks } from './request/enhancer-plan.js';
import { CorsEvaluator } from './request/evaluator.js';
import { ApplicationInspector } from './inspect/application-inspector.js';
import { CorsLookups } from './lookup/lookups.js';
import { findLookups } from './lookup/lookup-finder.js';
import { CORS_MODULE_OPTIONS } from './options/tokens.js';
import { CorsPolicyRegistry } from './routing/policy-registry.js';
import { type HookedAdapter, shareRequestHook } from './request/hook-composition.js';
import { CorsRequestHook } from './request/request-hook.js';
import { DecisionReporter } from './request/decision-reporter.js';
import { RunningEvaluator } from './request/running-evaluator.js';
import { CorsShadow } from './logging/shadow.js';
import type { OriginList, OriginLookup, OriginLookupOption } from './options/index.js';
import { warnAtBoot } from './inspect/boot-warnings.js';
import { CorsConfigurationError, type CorsConfigurationProblem } from './options/problem.js';
import { MountedApplication } from './routing/express/watched-application.js';
import { rememberCompletion } from './request/applied-decision.js';
import { ExpressPassage } from './server/express-passage.js';
import { FastifyPassage } from './server/fastify-passage.js';
import { frameworkListener, placeOf } from './server/framework-listener.js';
import type { PassedAdapter } from './server/passage.js';
import { ServerPreflights } from './server/server-preflights.js';
import { createRequestRouter } from './routing/create-request-router.js';
import { RegisteredRoutes } from './routing/registered-routes.js';

/** Marks the instance of an adapter that has the hook. It is a registered symbol, which both builds of the package share. */
const OWNER = Symbol.for('nestjs-cors:owner');

/** An HTTP adapter, as far as the boot uses it. */
interface BootedAdapter extends HookedAdapter, PassedAdapter {
  enableCors(...args: unknown[]): unknown;
  getHttpServer(): unknown;
}

/**
 * Starts the library when Nest has registered its routes: reports every configuration problem in one error, finds the
 * lookups, builds the route table, and installs the request hook beside the one that may be there.
 */
@Injectable()
export class CorsBootstrap implements OnApplicationBootstrap {
  private readonly logger = new Logger('CorsModule');

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry,
    @Inject(RunningEvaluator) private readonly running: RunningEvaluator,
    @Inject(CorsShadow) private readonly shadow: CorsShadow,
    @Inject(CorsLookups) private readonly lookups: CorsLookups,
    @Inject(DecisionReporter) private readonly reporter: DecisionReporter,
    @Inject(ApplicationInspector) private readonly inspector: ApplicationInspector,
    @Inject(CorsEnhancerPlan) private readonly plan: CorsEnhancerPlan,
    @Inject(RegisteredRoutes) private readonly registered: RegisteredRoutes,
    @Inject(GatewayGuard) private readonly gateways: GatewayGuard,
  ) {
    host.init$.subscribe(() => this.warnOfEnableCors(host.httpAdapter as unknown as BootedAdapter | undefined));
  }

  async onApplicationBootstrap(): Promise<void> {
    this.plan.finish();
    this.assertRegisteredOnce();
    const lookups = new Map<OriginLookupOption, OriginLookup | OriginList>();
    const problems = [
      ...this.registry.catalog.problems(),
      ...findLookups(this.registry.policies, this.moduleRef, lookups),
      ...this.placeSockets(),
    ];
    if (problems.length > 0) {
      throw new CorsConfigurationError(problems);
    }
    const adapter = this.hookedAdapter();
    if (adapter !== undefined) {
      this.lookups.add(lookups.values());
    }
    this.registry.activate((option) => lookups.get(option) as OriginLookup | OriginList, this.lookups.responders.bind);
    if (adapter !== undefined) {
      await this.start(adapter);
    }
  }

  /** Registers the paths of GraphQL endpoints. Returns the problems of these, of gateways and of resolvers. */
  private placeSockets(): readonly CorsConfigurationProblem[] {
    const { registry, modules, config } = this;
    const { catalog, gateways, resolvers } = registry;
    if (gateways.length === 0 && resolvers.length === 0 && catalog.graphql === undefined) {
      return [];
    }
    const endpoints = graphqlEndpoints(modules, config);
    const graphql = placeGraphql(catalog.graphql, catalog.paths, endpoints);
    registry.addPaths(graphql.paths);
    return [...gatewayProblems(registry, endpoints), ...graphql.problems];
  }

  /** The HTTP adapter, if it runs request hooks. An application context or a microservice answers no HTTP request. */
  private hookedAdapter(): BootedAdapter | undefined {
    const adapter = this.host.httpAdapter as unknown as BootedAdapter | undefined | null;
    if (!adapter || runsRequestHooks(adapter)) {
      return adapter ?? undefined;
    }
    this.logger.error(
      `The HTTP adapter ${adapter.constructor.name} runs no request hooks, so no response gets CORS headers and no ` +
        'preflight is answered. Have it implement setOnRequestHook(), as the adapters for Express and Fastify do.',
    );
    return undefined;
  }

  /** Reads the lists, builds the route table, and installs the hook. */
  private async start(adapter: BootedAdapter): Promise<void> {
    this.assertAloneOn(adapter.getInstance());
    await this.lookups.start();
    const { registry } = this;
    warnAtBoot(registry, this.lookups.responders, this.logger);
    const policies = {
      defaults: registry.compile(registry.catalog.defaults),
      paths: registry.paths.map(({ path, policy }) => ({ path, policy: registry.compile(policy) })),
      handlers: registry.handlers,
      policyOf: registry.policyOf.bind(registry),
    };
    const { httpAdapter } = this.host;
    const router = await createRequestRouter(httpAdapter, this.modules, this.config, policies, this.registered);
    const evaluator = new CorsEvaluator(router, this.lookups, this.shadow);
    this.running.start(evaluator);
    this.gateways.start();
    const instance = adapter.getInstance();
    const { fastify, notFound } = this.registered;
    const passage = fastify === undefined ? ExpressPassage.of(adapter) : FastifyPassage.of(adapter, fastify);
    const mounted = MountedApplication.watch(instance, notFound, (response) =>
      rememberCompletion(response as ServerResponse),
    );
    Object.defineProperty(Object(instance), OWNER, { value: true });
    const hook = new CorsRequestHook(evaluator, this.reporter, mounted, this.plan.needsGuard);
    const isSoleHook = shareRequestHook(adapter, hook);
    const isWanted = registry.catalog.preflightsAtServer && passage !== undefined;
    const listener = isWanted ? frameworkListener(adapter) : undefined;
    if (passage !== undefined && listener !== undefined) {
      passage.watched();
      const preflights = new ServerPreflights(evaluator, this.reporter, hook, passage, listener, isSoleHook);
      listener.open(preflights.receive);
    }
    placeOf(adapter)?.showFramework();
  }

  /** Two hooks on one instance would decide about each other's requests. */
  private assertAloneOn(instance: unknown): void {
    if (Object.hasOwn(Object(instance) as object, OWNER)) {
      throw new Error(
        'CorsModule is registered by two NestJS applications on one instance of Express or Fastify, so each would decide ' +
          "about the other one's requests. Give each application an instance of its own, and mount one in the other: " +
          "outer.use('/inner', inner.getHttpAdapter().getInstance()).",
      );
    }
  }

  private assertRegisteredOnce(): void {
    const roots = [...this.modules.values()].filter((module) => module.providers.has(CORS_MODULE_OPTIONS));
    if (roots.length > 1) {
      throw new Error(
        `CorsModule.forRoot() is registered ${roots.length} times, so each would write headers. ` +
          'Register it once, in the root module, and add named policies elsewhere with CorsModule.forFeature({ policies }).',
      );
    }
  }

  /** Both would write headers. The adapter is watched, because a call leaves no trace. */
  private warnOfEnableCors(adapter: BootedAdapter | undefined): void {
    if (typeof adapter?.enableCors !== 'function') {
      return;
    }
    const enableCors = adapter.enableCors.bind(adapter);
    adapter.enableCors = (...args) => {
      adapter.enableCors = enableCors;
      this.inspector.enableCorsCalled = true;
      this.logger.warn(
        'enableCors() (or the "cors" option of NestFactory.create()) is on beside CorsModule: both answer for CORS, and the ' +
          'policies of CorsModule have the last word. Remove it, and move its options to CorsModule.forRoot().',
      );
      return enableCors(...args);
    };
  }
}
