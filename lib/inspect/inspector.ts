import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CorsEnhancerPlan } from '../request/enhancer-plan.js';
import { RunningEvaluator } from '../request/running-evaluator.js';
import { CorsLookups } from '../lookup/lookups.js';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { CorsShadow } from '../logging/shadow.js';
import { type CorsAuditFinding, audit } from './audit.js';
import { explain } from './explain.js';
import type { CorsExplanation, ExplainedRequest } from './explanation.js';
import type { CorsShadowReport } from '../logging/shadow-report.js';
import { type RevocationHorizon, revocationHorizons } from './revocation-horizon.js';
import { type CorsManifest, type RoutePolicy, manifestOf, routePolicies } from './manifest.js';

/**
 * Tells what the CORS policies of the running application do, and why. Inject it, or take it from Nest's REPL and from
 * tests with `app.get(CorsInspector)`. It answers once the application has bootstrapped (`app.init()` or `app.listen()`).
 */
@Injectable()
export class CorsInspector {
  private enableCorsCalled = false;

  constructor(
    @Inject(RunningEvaluator) private readonly running: RunningEvaluator,
    @Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry,
    @Inject(CorsLookups) private readonly lookups: CorsLookups,
    @Inject(CorsEnhancerPlan) private readonly plan: CorsEnhancerPlan,
    @Inject(CorsShadow) private readonly shadow: CorsShadow,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  /** Has the audit say that `enableCors()` was called beside the module. */
  noteEnableCors(): void {
    this.enableCorsCalled = true;
  }

  /**
   * Explains what happens to a request of a script: its route, the policy with the source of every field, the exact
   * headers of the preflight and of the response, the reason, and the fix. It runs the code that real requests run
   * through, lookups included. Nothing is sent, and no decision is logged or counted; a lookup that fails is logged as ever.
   *
   * @example
   * ```ts
   * const { readable, conclusion } = await app.get(CorsInspector).explain({
   *   method: 'PUT', path: '/orders/1', origin: 'https://partner.example', headers: { 'if-match': '"1"' },
   * });
   * ```
   */
  explain(request: ExplainedRequest): Promise<CorsExplanation> {
    const { running, registry, plan } = this;
    return explain({ evaluator: running.evaluator.forExplanations(), registry, plan }, request);
  }

  /** How long an origin that is removed from the store may go on at worst, for every policy that asks a lookup or a list. */
  revocationHorizons(): readonly RevocationHorizon[] {
    return revocationHorizons(this.registry, this.lookups.sources);
  }

  /** Every route, in the order in which the router tries them, with the policy in force; then the `external` paths. */
  routes(): readonly RoutePolicy[] {
    return routePolicies(this.running.evaluator.router, this.registry);
  }

  /** The same as JSON that stays the same while the policies do: to be committed, and compared in CI. */
  manifest(): CorsManifest {
    return manifestOf(this.running.evaluator.router, this.registry);
  }

  /**
   * Answers that would have been others under the `shadow` policies, since the application started: an array of entries,
   * with the number of differences that found no place in it as `overflow`.
   */
  shadowReport(): CorsShadowReport {
    return this.shadow.entries();
  }

  /** What is legal but doubtful. */
  audit(): readonly CorsAuditFinding[] {
    const { registry, modules, enableCorsCalled } = this;
    const { evaluator } = this.running;
    return audit({ evaluator, registry, modules, lists: this.lookups.sources.allSnapshots, enableCorsCalled });
  }
}
