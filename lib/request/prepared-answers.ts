import type { PreflightDecision } from '../decision/preflight-decision.js';
import { isKnownMethod } from '../fetch/methods.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import { SegmentedLru } from '../lookup/segmented-lru.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { RouteMatch } from '../routing/route.js';
import { PreparedResponse } from './preflight-response.js';

/** Clients choose which headers they name, so lists that are used once must not displace those of the application. */
const MAX_PREFLIGHTS = 10_000;
/** Clients also choose the parameters of paths. */
const MAX_URLS = 1000;
/** Longer lists of headers and longer URLs are not stored. */
const MAX_LENGTH = 256;

/** The answer to a preflight that was evaluated before. The names of headers are the only part that a client chose. */
export interface PreparedAnswer {
  /** Has an empty origin where it is a grant to one. */
  readonly decision: PreflightDecision;
  /** Without the parameters of the URL. */
  readonly match: RouteMatch | undefined;
  readonly response: PreparedResponse;
}

/** The answers to preflights that differ in the origin alone. */
interface Answers {
  /** Undefined where no route takes the method: the answer is the same for every origin. */
  readonly policy: CompiledPolicy | undefined;
  listed: PreparedAnswer | undefined;
  unlisted: PreparedAnswer | undefined;
}

interface Preflight {
  /** The revision of the router. */
  readonly revision: number;
  readonly method: string;
  readonly headers: string;
  readonly answers: Answers;
}

/**
 * Answers to preflights that depend only on the routes of the URL, the method, the headers, and whether a list has the origin. Each
 * is evaluated once, with its whole response.
 */
export class PreparedAnswers {
  private readonly answers = new SegmentedLru<Answers>(MAX_PREFLIGHTS);

  /** The last preflight to each URL. A page often repeats it, and its routes need no second search then. */
  private readonly lastByUrl = new Map<string, Preflight>();

  constructor(private readonly router: Pick<RequestRouter, 'keyOf' | 'revision'>) {}

  /** @returns `undefined` where the preflight has to be evaluated */
  find({ origin, requestMethod, requestHeaders = '' }: PreflightFacts, url: string): PreparedAnswer | undefined {
    const { revision } = this.router;
    const last = this.lastByUrl.get(url);
    const isLast = last?.revision === revision && last?.method === requestMethod && last.headers === requestHeaders;
    const known = isLast ? last.answers : this.search(requestMethod, requestHeaders, url, revision);
    if (known === undefined || known.policy === undefined || isListed(known.policy, origin)) {
      return known?.listed;
    }
    return known.unlisted !== undefined && parseSerializedOrigin(origin) !== undefined ? known.unlisted : undefined;
  }

  private search(method: string, headers: string, url: string, revision: number | undefined): Answers | undefined {
    // A space separates the parts of a key, so none may be in a part.
    const routes = headers.length > MAX_LENGTH || method.includes(' ') ? undefined : this.router.keyOf(method, url);
    const answers = routes === undefined ? undefined : this.answers.get(`${method} ${routes} ${headers}`);
    if (answers !== undefined && revision !== undefined && url.length <= MAX_LENGTH) {
      if (this.lastByUrl.size >= MAX_URLS) {
        this.lastByUrl.clear();
      }
      this.lastByUrl.set(url, { revision, method, headers, answers });
    }
    return answers;
  }

  /**
   * Stores an evaluation.
   * @param routes as {@link RequestRouter.keyOf} names them
   */
  remember(
    { origin, requestMethod, requestHeaders = '' }: PreflightFacts,
    routes: string | undefined,
    { decision, match }: { readonly decision: PreflightDecision; readonly match: RouteMatch | undefined },
  ): void {
    const { policy } = decision;
    const isForListed = policy === undefined || isListed(policy, origin);
    if (
      routes === undefined ||
      policy?.shadow !== undefined ||
      requestHeaders.length > MAX_LENGTH ||
      !(isForListed || isRefusedUnasked(policy, origin)) ||
      !isKnownMethod(requestMethod)
    ) {
      return;
    }
    // A key of routes has no space.
    const key = `${requestMethod} ${routes} ${requestHeaders}`;
    const known = this.answers.peek(key);
    const answers: Answers =
      known !== undefined && known.policy === policy ? known : { policy, listed: undefined, unlisted: undefined };
    const prepared =
      decision.kind === 'granted' && decision.allowOrigin !== '*' ? { ...decision, allowOrigin: '' } : decision;
    answers[isForListed ? 'listed' : 'unlisted'] = {
      decision: prepared,
      match: match && { route: match.route, params: {} },
      response: new PreparedResponse(prepared),
    };
    this.answers.set(key, answers);
  }
}

function isListed({ origin: allowed }: CompiledPolicy, origin: string): boolean {
  return allowed.kind === 'any' || (allowed.kind === 'list' && allowed.matcher.allows(origin));
}

/** Whether the policy refuses all unlisted origins with one reason, without a call of application code. */
function isRefusedUnasked({ origin: { kind }, lookup }: CompiledPolicy, origin: string): boolean {
  return (kind === 'list' || kind === 'none') && lookup === undefined && parseSerializedOrigin(origin) !== undefined;
}
