import { isKnownMethod } from '../fetch/methods.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import type { GrantedPreflight, PreflightDecision } from '../decision/preflight-decision.js';
import { SegmentedLru } from '../lookup/segmented-lru.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Destination, PreflightDestinations, Route, RouteMatch } from '../routing/route.js';
import { PreflightHead } from './preflight-head.js';

/** Clients choose which headers they name, so lists that are used once must not displace the application's own. */
const MAX_GRANTS = 10_000;
/** Longer lists of headers are not remembered. */
const MAX_LIST_LENGTH = 256;

/** A grant that holds for every origin which the policy lists. Of what clients choose, it holds the list of headers alone. */
interface Grant {
  /** With an empty origin. */
  readonly decision: GrantedPreflight;
  readonly route: Route | undefined;
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
  private readonly grants = new SegmentedLru<Grant>(MAX_GRANTS);

  /** @returns `undefined` where the preflight has to be evaluated */
  find(
    { origin, requestMethod, requestHeaders }: PreflightFacts,
    { key }: PreflightDestinations,
    { policy, match }: Destination,
  ): PreparedEvaluation | undefined {
    const allowOrigin = key === undefined ? undefined : allowedOrigin(policy, origin);
    if (key === undefined || allowOrigin === undefined) {
      return undefined;
    }
    const grant = this.grants.get(keyOf(requestMethod, key, requestHeaders));
    // The same routes may leave a request to another one of them.
    return grant?.decision.policy === policy && grant.route === match?.route
      ? { decision: { ...grant.decision, allowOrigin }, match, head: grant.head }
      : undefined;
  }

  /** Remembers a grant under a sole policy that was evaluated without I/O. */
  remember(
    { requestMethod, requestHeaders }: PreflightFacts,
    { key }: PreflightDestinations,
    { decision, match }: { readonly decision: PreflightDecision; readonly match: RouteMatch | undefined },
  ): void {
    if (
      key === undefined ||
      decision.kind === 'refused' ||
      (decision.reason !== 'origin-listed' && decision.reason !== 'any-origin') ||
      decision.policy.shadow !== undefined ||
      (requestHeaders !== undefined && requestHeaders.length > MAX_LIST_LENGTH) ||
      !isKnownMethod(requestMethod)
    ) {
      return;
    }
    this.grants.set(keyOf(requestMethod, key, requestHeaders), {
      decision: { ...decision, allowOrigin: '' },
      route: match?.route,
      head: new PreflightHead(decision),
    });
  }
}

function allowedOrigin({ origin: allowed }: CompiledPolicy, origin: string): string | undefined {
  if (allowed.kind === 'any') {
    return '*';
  }
  return allowed.kind === 'list' && allowed.matcher.allows(origin) ? origin : undefined;
}

/** A key of routes holds no space. */
function keyOf(method: string, routes: string, headers = ''): string {
  return `${method} ${routes} ${headers}`;
}
