import type { ActualDecision } from './actual-decision.js';
import type { PreflightDecision } from './preflight-decision.js';

/** The parts of an answer that the shadow policy would change. */
export type CorsShadowDifference =
  /** Access granted by one and refused by the other. */
  | 'granted'
  /** The value of `Access-Control-Allow-Origin`. */
  | 'allow-origin'
  | 'allow-credentials'
  | 'max-age'
  | 'status'
  | 'expose-headers'
  /** A refused request would be answered 403. */
  | 'rejected';

/** How a preflight's answer would differ; empty when it would not. */
export function comparePreflights(live: PreflightDecision, shadow: PreflightDecision): readonly CorsShadowDifference[] {
  if (live.kind === 'refused' || shadow.kind === 'refused') {
    return live.kind === shadow.kind ? [] : ['granted'];
  }
  return differences([
    ['allow-origin', live.allowOrigin !== shadow.allowOrigin],
    ['allow-credentials', live.allowCredentials !== shadow.allowCredentials],
    ['max-age', live.maxAge !== shadow.maxAge],
    ['status', live.policy.optionsSuccessStatus !== shadow.policy.optionsSuccessStatus],
  ]);
}

/** How the answer to an actual request would differ; empty when it would not. */
export function compareActual(live: ActualDecision, shadow: ActualDecision): readonly CorsShadowDifference[] {
  const rejects = ({ refused, policy }: ActualDecision) => refused && policy.rejectDisallowed;
  const rejected = ['rejected', rejects(live) !== rejects(shadow)] as const;
  if (live.refused || shadow.refused) {
    return differences([['granted', live.refused !== shadow.refused], rejected]);
  }
  return differences([
    ['allow-origin', live.allowOrigin !== shadow.allowOrigin],
    ['allow-credentials', live.policy.credentials !== shadow.policy.credentials],
    ['expose-headers', exposed(live) !== exposed(shadow)],
  ]);
}

function differences(candidates: readonly (readonly [CorsShadowDifference, boolean])[]): CorsShadowDifference[] {
  return candidates.filter(([, differs]) => differs).map(([difference]) => difference);
}

function exposed({ policy }: ActualDecision): string {
  return policy.exposedHeaders.kind === 'constant' ? policy.exposedHeaders.value : policy.exposedHeaders.kind;
}
