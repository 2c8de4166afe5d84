import { type CanActivate, type ExecutionContext, ForbiddenException } from '@nestjs/common';
import { refusal } from '../decision/actual-decision.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { type MaybePromise, whenAll, whenSettled } from '../support/maybe-promise.js';
import { AppliedDecision } from './applied-decision.js';
import { ChangedRequest } from './changed-request.js';
import type { DecisionReporter } from './decision-reporter.js';
import type { CorsEnhancerPlan } from './enhancer-plan.js';
import { type IncomingRequest, isFromOwnOrigin, nodeResponse, readIncoming } from './incoming-request.js';
import { refusalMessage } from './actual-response.js';
import type { RunningEvaluator } from './running-evaluator.js';

/** Safe methods change nothing, so it is enough that their response cannot be read (RFC 9110, section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

type Check = (context: ExecutionContext) => MaybePromise<boolean>;

/**
 * Enforces the policy of the handler that Nest dispatched to. A request that was decided under another policy is evaluated again.
 * The guard answers 403 under `rejectDisallowed`, and to an unsafe request whose preflight another version's policy granted.
 */
export class CorsGuard implements CanActivate {
  constructor(
    private readonly running: Pick<RunningEvaluator, 'evaluator'>,
    private readonly registry: CorsPolicyRegistry,
    private readonly plan: CorsEnhancerPlan,
    private readonly reporter: DecisionReporter,
  ) {}

  /**
   * Nest reads this member when it registers a route, and omits a guard without it. At other times it is always there, because
   * handlers of messages are registered earlier and call the guard later.
   */
  get canActivate(): Check {
    return (this.plan.hidesGuard ? undefined : this.check) as Check;
  }

  private readonly check: Check = (context) => {
    if (context.getType() !== 'http') {
      return true;
    }
    const [adapterRequest, adapterResponse] = context.getArgs<[unknown, unknown]>();
    const applied = AppliedDecision.of(nodeResponse(adapterResponse), this.running.evaluator);
    const handlerPolicy = this.registry.policyOfHandler(context.getClass(), context.getHandler());
    if (applied === undefined) {
      return this.evaluateAnew(readIncoming(adapterRequest, adapterResponse), handlerPolicy, undefined);
    }
    applied.isKept = false;
    const { router } = this.running.evaluator;
    const dispatched = router.matcher.dispatchedTo(adapterRequest);
    const { policy } = applied.evaluation.decision;
    if (policy === handlerPolicy && applied.isMadeFor(dispatched) && applied.passesGuard) {
      return true;
    }
    const changed = new ChangedRequest(router, applied);
    // The request has the same origin even if a middleware has removed the Origin header.
    const request = { ...applied.request, method: changed.method, url: changed.url, adapterRequest };
    const isCurrent =
      (handlerPolicy === undefined || handlerPolicy === policy) &&
      applied.method === changed.method &&
      !changed.hasOtherTenant(dispatched);
    return isCurrent ? this.enforce(request, applied) : this.evaluateAnew(request, handlerPolicy ?? policy, applied);
  };

  private evaluateAnew(
    request: IncomingRequest,
    dispatched: CompiledPolicy | undefined,
    applied: AppliedDecision | undefined,
  ): MaybePromise<boolean> {
    const { method, url, adapterRequest } = request;
    const { router } = this.running.evaluator;
    const policy = dispatched ?? router.governing.fallback(url);
    const known = router.matcher.dispatchedTo(adapterRequest);
    const match =
      typeof known === 'object' && known.route.policy === policy
        ? known
        : router.candidates(method, url, adapterRequest).find(({ route }) => route.policy === policy);
    const requestLookups = applied?.evaluation.requestLookups ?? this.running.evaluator.startLookups();
    const evaluation = this.running.evaluator.actualAt(
      request,
      { policy, match, alternative: undefined },
      requestLookups,
    );
    return whenSettled(evaluation, (given) => {
      applied?.replace(request, given);
      // A decision about headers that are already written was reported when they were.
      const isReported = request.response.headersSent;
      return this.enforce(
        request,
        applied ?? new AppliedDecision(this.running.evaluator, request, given, this.reporter, isReported),
      );
    });
  }

  private enforce(request: IncomingRequest, applied: AppliedDecision): MaybePromise<boolean> {
    const { decision, requestLookups } = applied.evaluation;
    const { policy, refused } = decision;
    const { method, url, adapterRequest } = request;
    // The request carries credentials, which this policy does not allow.
    const borrowsCredentials = !refused && !policy.credentials && applied.isCredentialed;
    if (request.origin === undefined || (!refused && !borrowsCredentials) || isFromOwnOrigin(request)) {
      return true;
    }
    if (refused && policy.rejectDisallowed) {
      throw forbidden(applied);
    }
    if (SAFE_METHODS.has(method)) {
      return true;
    }
    const lookups = requestLookups ?? this.running.evaluator.startLookups();
    const siblings = this.running.evaluator.router
      .candidates(method, url, adapterRequest)
      .filter(({ route }) => route.policy !== policy || policy.tenant !== undefined)
      .filter(({ route }) => refused || route.policy.credentials)
      .map((match) => this.running.evaluator.actualElsewhere(request, match, lookups));
    return whenAll(siblings, (decisions) => {
      if (decisions.some((sibling) => !sibling.refused)) {
        throw refused ? forbidden(applied) : this.refuseCredentials(request, applied);
      }
      return true;
    });
  }

  /** The grant stays: only credentials are not allowed with the request. */
  private refuseCredentials(request: IncomingRequest, applied: AppliedDecision): ForbiddenException {
    const { evaluation } = applied;
    const decision = refusal(evaluation.decision.policy, 'credentials-not-allowed');
    this.reporter.actual({ ...evaluation, decision }, true, request);
    return forbidden(applied, decision.reason);
  }
}

function forbidden(applied: AppliedDecision, reason = applied.evaluation.decision.reason): ForbiddenException {
  applied.forbid();
  return new ForbiddenException(refusalMessage(reason));
}
