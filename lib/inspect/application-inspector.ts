import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { EventStreams } from '../gateways/event-streams.js';
import { OpenConnections } from '../gateways/open-connections.js';
import { GatewayGuard } from '../gateways/gateway-guard.js';
import { graphqlEndpoints } from '../gateways/graphql-endpoints.js';
import { CorsEnhancerPlan } from '../request/enhancer-plan.js';
import { RunningEvaluator } from '../request/running-evaluator.js';
import { CorsLookups } from '../lookup/lookups.js';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { CorsShadow } from '../logging/shadow.js';
import type { CorsShadowReport } from '../logging/shadow-report.js';
import { audit } from './audit.js';
import type { CorsAuditFinding } from './audit-finding.js';
import { explain } from './explain.js';
import { explainHandshake } from './explain-handshake.js';
import type { CorsExplainedHandshake, CorsHandshakeExplanation } from './handshake-explanation.js';
import type { CorsExplainedRequest, CorsExplanation } from './explanation.js';
import { CorsInspector } from './inspector.js';
import { type CorsManifest, type CorsRoutePolicy, manifestOf, routePolicies } from './manifest.js';
import { type CorsOpenConnections, describeConnections } from './open-connections.js';
import { type CorsSocketPolicy, type SocketPlaces, socketPolicies } from './sockets.js';
import { type CorsRevocationHorizon, revocationHorizons } from './revocation-horizon.js';

/** The inspector of the running application. A class of its own, so that applications see no internal type. */
@Injectable()
export class ApplicationInspector extends CorsInspector {
  /** Whether `enableCors()` was called beside the module. */
  enableCorsCalled = false;

  constructor(
    @Inject(RunningEvaluator) private readonly running: RunningEvaluator,
    @Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry,
    @Inject(CorsLookups) private readonly lookups: CorsLookups,
    @Inject(CorsEnhancerPlan) private readonly plan: CorsEnhancerPlan,
    @Inject(CorsShadow) private readonly shadow: CorsShadow,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(GatewayGuard) private readonly gateways: GatewayGuard,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(OpenConnections) private readonly connections: OpenConnections,
    @Inject(EventStreams) private readonly eventStreams: EventStreams | undefined,
  ) {
    super();
  }

  explain(request: CorsExplainedRequest): Promise<CorsExplanation> {
    const { running, registry, plan } = this;
    return explain({ evaluator: running.evaluator.forExplanations(), registry, plan }, request);
  }

  explainHandshake(request: CorsExplainedHandshake): Promise<CorsHandshakeExplanation> {
    const { running, registry, gateways: guard, host } = this;
    const evaluator = running.evaluator.forExplanations();
    return explainHandshake({ evaluator, registry, guard, host }, request);
  }

  revocationHorizons(): readonly CorsRevocationHorizon[] {
    return revocationHorizons(this.registry, this.lookups.responders);
  }

  routes(): readonly CorsRoutePolicy[] {
    return routePolicies(this.running.evaluator.router, this.registry);
  }

  manifest(): CorsManifest {
    return manifestOf(this.socketPlaces);
  }

  sockets(): readonly CorsSocketPolicy[] {
    return socketPolicies(this.socketPlaces);
  }

  shadowReport(): CorsShadowReport {
    return this.shadow.entries();
  }

  audit(): readonly CorsAuditFinding[] {
    const { modules, enableCorsCalled, socketPlaces: places } = this;
    const { evaluator } = this.running;
    return audit({ evaluator, places, modules, lists: this.lookups.responders.allSnapshots, enableCorsCalled });
  }

  openConnections(): readonly CorsOpenConnections[] {
    return describeConnections(this.connections.counts, this.eventStreams?.counts ?? []);
  }

  private get socketPlaces(): SocketPlaces {
    const { registry, running, gateways, modules, config } = this;
    return {
      registry,
      router: running.evaluator.router,
      servers: gateways.created,
      endpoints: graphqlEndpoints(modules, config),
      hasOtherUpgrades: gateways.hasOtherUpgrades,
    };
  }
}
