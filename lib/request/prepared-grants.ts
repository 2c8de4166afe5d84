import { isKnownMethod } from '../fetch/methods.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import type { GrantedPreflight, PreflightDecision } from '../decision/preflight-decision.js';
import type { Destination, PreflightDestinations, RouteMatch } from '../routing/route.js';
import { PreflightHead } from './preflight-head.js';

/** Grants that are remembered for each method of a URL's routes: clients choose which headers they name. */
const MAX_GRANTS = 100;
/** Longer lists of headers are not remembered. */
const MAX_LIST_LENGTH = 256;
/** Methods and routes of URLs. Overlapping patterns can make many combinations. */
const MAX_ROUTES = 10_000;

/** A grant that holds for every origin which the policy lists. */
interface Grant {
  readonly decision: GrantedPreflight;
  readonly match: RouteMatch | undefined;
  readonly head: PreflightHead;
}

/** The evaluation of a preflight that was granted before, but for the origin. */
export interface PreparedEvaluation {
  readonly decision: GrantedPreflight;
  readonly match: RouteMatch | undefined;
  readonly head: PreflightHead;
}

/**
 * Answers to preflights that depend on nothing but the routes of the URL, the method, the headers, and a list of origins: each is
 * evaluated once, with its whole head, and holds for all origins of the list.
 */
export class PreparedGrants {
  private readonly byKey = new Map<string, Map<string, Grant>>();

  /** @returns `undefined` where the preflight has to be evaluated */
  find(
    { origin, requestMethod, requestHeaders = '' }: PreflightFacts,
    { key }: PreflightDestinations,
    { policy, match }: Destination,
  ): PreparedEvaluation | undefined {
    const grant = key === undefined ? undefined : this.byKey.get(`${requestMethod} ${key}`)?.get(requestHeaders);
    // The same routes may leave a request to another one of them, such as one with an empty parameter.
    if (grant === undefined || grant.decision.policy !== policy || grant.match?.route !== match?.route) {
      return undefined;
    }
    const { decision, head } = grant;
    if (policy.origin.kind === 'any') {
      return { decision, match, head };
    }
    return policy.origin.kind === 'list' && policy.origin.matcher.allows(origin)
      ? { decision: { ...decision, allowOrigin: origin }, match, head }
      : undefined;
  }

  /** Remembers a grant under a sole policy that was evaluated without I/O. */
  remember(
    { requestMethod, requestHeaders = '' }: PreflightFacts,
    { key }: PreflightDestinations,
    { decision, match }: { readonly decision: PreflightDecision; readonly match: RouteMatch | undefined },
  ): void {
    if (
      key === undefined ||
      decision.kind === 'refused' ||
      (decision.reason !== 'origin-listed' && decision.reason !== 'any-origin') ||
      decision.policy.shadow !== undefined ||
      requestHeaders.length > MAX_LIST_LENGTH ||
      !isKnownMethod(requestMethod)
    ) {
      return;
    }
    const routes = `${requestMethod} ${key}`;
    let grants = this.byKey.get(routes);
    if (grants === undefined) {
      clearBeyond(this.byKey, MAX_ROUTES);
      grants = new Map();
      this.byKey.set(routes, grants);
    }
    clearBeyond(grants, MAX_GRANTS);
    grants.set(requestHeaders, { decision, match, head: new PreflightHead(decision) });
  }
}

function clearBeyond(map: Map<unknown, unknown>, most: number): void {
  if (map.size >= most) {
    map.clear();
  }
}
