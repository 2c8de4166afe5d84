import type { PreflightDecision } from '../decision/preflight-decision.js';
import { isKnownMethod } from '../fetch/methods.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import { SegmentedLru } from '../lookup/segmented-lru.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { RouteMatch } from '../routing/route.js';
import { PreparedResponse } from './preflight-response.js';

/** Clients choose which headers they name, so lists that are used once must not displace the application's own. */
const MAX_PREFLIGHTS = 10_000;
/** Clients choose the parameters of paths, too. */
const MAX_URLS = 1000;
/** Longer lists of headers, and longer URLs, are not remembered. */
const MAX_LENGTH = 256;

/** The answer to a preflight that has been evaluated before. Of what clients choose, it holds the names of headers alone. */
export interface PreparedAnswer {
  /** With an empty origin, where it is a grant to one. */
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
  /** That of the router. */
  readonly revision: number;
  readonly method: string;
  readonly headers: string;
  readonly answers: Answers;
}

/**
 * Answers to preflights that depend on nothing but the routes of the URL, the method, the headers, and whether a list has the
 * origin. Each is evaluated once, with its whole response.
 */
export class PreparedAnswers {
  private readonly answers = new SegmentedLru<Answers>(MAX_PREFLIGHTS);

  /** The last preflight to each URL: a page that has sent one sends it again, and its routes need not be searched for. */
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
    // A space separates the parts of a key.
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
   * Remembers an evaluation.
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
    // A key of routes holds no space.
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

/** Whether the policy refuses all origins that it does not list with one reason: no application code is asked about them. */
function isRefusedUnasked({ origin: { kind }, lookup }: CompiledPolicy, origin: string): boolean {
  return (kind === 'list' || kind === 'none') && lookup === undefined && parseSerializedOrigin(origin) !== undefined;
}
