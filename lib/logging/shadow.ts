import { Injectable } from '@nestjs/common';
import { describeError } from '../support/log-line.js';
import { ProblemLog } from './problem-log.js';
import { type CorsShadowReport, type CorsShadowEvent, ShadowReport } from './shadow-report.js';
import { type ActualDecision, evaluateActual } from '../decision/actual-decision.js';
import type { AskApplication } from '../decision/origin-verdict.js';
import { type PreflightDecision, evaluatePreflight } from '../decision/preflight-decision.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { once } from '../support/memo.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import { pathOf } from '../routing/request-target.js';
import { type CorsShadowDifference, compareActual, comparePreflights } from '../decision/shadow-difference.js';

/** A live decision, with the data that the evaluation of its shadow needs. */
interface Shadowed<Decision> {
  readonly decision: Decision;
  readonly method: string;
  /** Pattern of the route; `undefined` where Nest routes nothing. */
  readonly route: string | undefined;
  /** Request target of the raw request. */
  readonly url: string;
  readonly ask: AskApplication;
}

/**
 * Evaluates shadow policies after the live ones. They cannot change the live decision: it is made before, no request waits for them,
 * and their errors are logged and go no further.
 */
@Injectable()
export class CorsShadow {
  private readonly report = once(() => new ShadowReport());
  private readonly problems = once(() => new ProblemLog());

  /** The differences since the application started. */
  entries(): CorsShadowReport {
    return this.report().entries();
  }

  /** Evaluates the shadow of the policy that a preflight was answered by. */
  preflight(live: Shadowed<PreflightDecision>, facts: PreflightFacts): void {
    const shadow = live.decision.policy?.shadow;
    if (shadow !== undefined) {
      this.compare('preflight', live, facts.origin, comparePreflights, () =>
        evaluatePreflight(shadow, facts, live.ask),
      );
    }
  }

  /** Evaluates the shadow of the policy of an actual request. */
  actual(live: Shadowed<ActualDecision>, origin: string | undefined): void {
    const shadow = live.decision.policy.shadow;
    if (shadow !== undefined) {
      this.compare('actual', live, origin, compareActual, () => evaluateActual(shadow, live.method, origin, live.ask));
    }
  }

  private compare<Decision extends ActualDecision | PreflightDecision>(
    kind: CorsShadowEvent['kind'],
    { decision, method, route, url }: Shadowed<Decision>,
    origin: string | undefined,
    compare: (live: Decision, shadow: Decision) => readonly CorsShadowDifference[],
    evaluate: () => MaybePromise<Decision>,
  ): void {
    const record = (shadow: Decision) => {
      const differences = compare(decision, shadow);
      if (differences.length > 0) {
        const policy = decision.policy?.label ?? '';
        this.report().record({
          kind,
          method,
          route,
          policy,
          differences,
          live: decision.reason,
          shadow: shadow.reason,
          origin,
          path: pathOf(url),
        });
      }
    };
    Promise.resolve()
      .then(evaluate)
      .then(record)
      .catch((error: unknown) =>
        this.problems().error('shadow', `A shadow policy could not be evaluated: ${describeError(error)}`),
      );
  }
}
