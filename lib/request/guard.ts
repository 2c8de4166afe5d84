import { type CanActivate, type ExecutionContext, ForbiddenException } from '@nestjs/common';
import type { CorsEnhancerPlan } from './enhancer-plan.js';
import type { CorsEvaluator, EvaluatedActual } from './evaluator.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { refusalMessage } from './response-writer.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { refusal } from '../decision/actual-response.js';
import { type MaybePromise, whenAll } from '../decision/evaluation.js';
import { originOf } from '../fetch/request-facts.js';
import { nodeRequest, nodeResponse } from './node-objects.js';
import type { RequestReporter } from './request-reporter.js';
import { isOwnOrigin } from './incoming-request.js';
import { type ActualRequest, StandingDecision } from './standing-decision.js';

/** Methods that are defined to be safe (RFC 9110, section 9.2.1): there is nothing to undo when their answer stays unread. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

type Check = (context: ExecutionContext) => MaybePromise<boolean>;

/**
 * Enforces: reads the policy of the handler that Nest really dispatched to, confirms that the response was written for
 * that policy (and writes it anew when it was not), and answers 403 where the policy says `rejectDisallowed`, or where an
 * unsafe request owes its preflight to the policy of another version of the route.
 */
export class CorsGuard implements CanActivate {
  constructor(
    private readonly evaluator: CorsEvaluator,
    private readonly registry: CorsPolicyRegistry,
    private readonly plan: CorsEnhancerPlan,
    private readonly reporter: RequestReporter,
  ) {}

  /**
   * Nest asks for this member when it registers a route, and leaves out a guard that has none. Before and after that it
   * is always there: handlers of messages are registered earlier, and call the guard that they have taken in.
   */
  get canActivate(): Check {
    return (this.plan.hidesGuard ? undefined : this.check) as Check;
  }

  private readonly check: Check = (context) => {
    if (context.getType() !== 'http') {
      return true;
    }
    const http = context.switchToHttp();
    const source: unknown = http.getRequest();
    const response = nodeResponse(http.getResponse());
    const standing = StandingDecision.of(response, this.evaluator);
    const raw = standing?.raw ?? nodeRequest(source);
    const policy =
      this.registry.policyOfHandler(context.getClass(), context.getHandler()) ?? standing?.current.decision.policy;
    const target: ActualRequest = {
      method: raw.method ?? 'GET',
      url: standing?.currentUrl ?? raw.url ?? '/',
      // A middleware may have taken the header off: the request is no less another origin's for that.
      origin: standing === undefined ? originOf(raw.headers) : standing.origin,
      source,
      raw,
      response,
    };
    const stands =
      standing !== undefined &&
      standing.current.decision.policy === policy &&
      standing.decidedMethod === target.method &&
      !standing.hasOtherTenant;
    return stands ? this.enforce(target, standing) : this.decideAnew(target, policy, standing);
  };

  private decideAnew(
    target: ActualRequest,
    dispatched: CompiledPolicy | undefined,
    standing: StandingDecision | undefined,
  ): MaybePromise<boolean> {
    const { method, url, source } = target;
    const { router } = this.evaluator;
    const policy = dispatched ?? router.fallback(url);
    const known = router.dispatchedTo(source);
    const match =
      typeof known === 'object' && known.route.policy === policy
        ? known
        : router.candidates(method, url, source).find(({ route }) => route.policy === policy);
    const enforce = (evaluated: EvaluatedActual): MaybePromise<boolean> => {
      standing?.replace(target, evaluated);
      return this.enforce(target, standing ?? StandingDecision.place(this.evaluator, target, evaluated, this.reporter));
    };
    const inquiry = standing?.current.inquiry ?? this.evaluator.startInquiry();
    const evaluated = this.evaluator.actual(target, { policy, match, alternative: undefined }, inquiry);
    return evaluated instanceof Promise ? evaluated.then(enforce) : enforce(evaluated);
  }

  private enforce(target: ActualRequest, standing: StandingDecision): MaybePromise<boolean> {
    const { decision, inquiry } = standing.current;
    const { policy, refused } = decision;
    const { origin, method, url, source, raw } = target;
    // The request carries credentials, and was not allowed to by a policy that allows none.
    const borrowsCredentials = !refused && !policy.credentials && standing.isCredentialed;
    if (origin === undefined || (!refused && !borrowsCredentials)) {
      return true;
    }
    if (isOwnOrigin(origin, raw, source)) {
      return true;
    }
    if (refused && policy.rejectDisallowed) {
      throw forbidden(standing);
    }
    if (SAFE_METHODS.has(method)) {
      return true;
    }
    const asked = inquiry ?? this.evaluator.startInquiry();
    const grants = this.evaluator.router
      .candidates(method, url, source)
      .filter(({ route }) => route.policy !== policy || policy.tenant !== undefined)
      .filter(({ route }) => refused || route.policy.credentials)
      .map((match) => this.evaluator.judge(target, match.route.policy, match, asked));
    return whenAll(grants, (siblings) => {
      if (siblings.some((sibling) => !sibling.refused)) {
        throw refused ? forbidden(standing) : this.refuseCredentials(target, standing);
      }
      return true;
    });
  }

  /** The decision is a grant, which stands: it is the request that must not carry credentials. */
  private refuseCredentials(target: ActualRequest, standing: StandingDecision): ForbiddenException {
    const { current } = standing;
    const decision = refusal(current.decision.policy, 'credentials-not-allowed');
    this.reporter.actual({ ...current, decision }, true, target);
    return forbidden(standing, decision.reason);
  }
}

function forbidden(standing: StandingDecision, reason = standing.current.decision.reason): ForbiddenException {
  standing.forbid();
  return new ForbiddenException(refusalMessage(reason));
}
