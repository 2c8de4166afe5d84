import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { TenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { ActualDestination, Route, RouteMatch } from '../routing/route.js';
import type { ActualEvaluation } from './evaluator.js';
import type { IncomingRequest } from './incoming-request.js';
import { tenantUnder } from './preflight-lifetimes.js';

/** Where a changed request goes. */
export interface ChangedDestination {
  readonly method: string;
  readonly url: string;
  readonly destination: ActualDestination;
}

/**
 * Finds out whether the application has changed a request since its decision: method, URL, host, dispatched route, or what
 * a tenant is derived from.
 */
export class ChangedRequest {
  /** Where the application of Express is mounted. */
  private readonly base: string | undefined;
  /** Policy of the first decision, which was made for the request as the client sent it. */
  private readonly firstPolicy: CompiledPolicy;
  /** The route that the request goes to by its URL, as far as the hook could tell. */
  private readonly routed: Route | undefined;
  /** What the tenant was derived from; undefined where no policy derives one. */
  private tenantFacts: TenantRequest | undefined;
  private host: string | undefined;
  private evaluation: ActualEvaluation;
  private method: string;
  private url: string;

  constructor(
    private readonly router: RequestRouter,
    private readonly request: IncomingRequest,
    evaluation: ActualEvaluation,
  ) {
    this.base = baseOf(request.raw);
    this.firstPolicy = evaluation.decision.policy;
    this.routed = evaluation.match?.route;
    this.method = request.method;
    this.url = request.url;
    this.evaluation = evaluation;
    this.noteFacts();
  }

  /** Notes that the request has been evaluated anew. */
  evaluated(method: string, url: string, evaluation: ActualEvaluation): void {
    this.method = method;
    this.url = url;
    this.evaluation = evaluation;
    this.noteFacts();
  }

  /** The method that the decision was made for. */
  get decidedMethod(): string {
    return this.method;
  }

  /** The request target at this moment, as the application's own router reads it. */
  get currentUrl(): string {
    return currentTarget(this.request.raw, this.base, this.request.url);
  }

  /** Whether the policy derives another tenant from the request than when the decision was made. */
  get hasOtherTenant(): boolean {
    if (this.tenantFacts === undefined) {
      return false;
    }
    const reached = this.router.dispatchedTo(this.request.adapterRequest);
    return this.derivesOtherTenant(typeof reached === 'object' ? reached : this.evaluation.match);
  }

  /** Where the request goes now; `undefined` where the decision was made for that. */
  destination(): ChangedDestination | undefined {
    const reached = this.router.dispatchedTo(this.request.adapterRequest);
    if (typeof reached === 'object') {
      return this.destinationUnder(reached.route.policy, reached);
    }
    if (reached === 'elsewhere') {
      return this.destinationElsewhere();
    }
    return this.destinationByUrl(reached === 'nowhere');
  }

  private destinationUnder(policy: CompiledPolicy, match: RouteMatch | undefined): ChangedDestination | undefined {
    const { method = 'GET' } = this.request.raw;
    const { decision, alternative } = this.evaluation;
    const isSame = policy === decision.policy && method === this.method && alternative === undefined;
    return isSame && !this.derivesOtherTenant(match)
      ? undefined
      : this.goesTo({ policy, match, alternative: undefined });
  }

  /** Express has given the request to a route that is not Nest's. */
  private destinationElsewhere(): ChangedDestination | undefined {
    const url = this.currentUrl;
    const policy = this.router.fallback(url);
    const isSame = this.request.raw.method === this.method && isSameTarget(this.url, url);
    const inFront = isSame ? this.routeInFront(policy) : undefined;
    return inFront === undefined
      ? this.destinationUnder(policy, undefined)
      : this.goesTo({ policy, match: undefined, alternative: inFront });
  }

  /** @param isInFront whether something in front of all routes answers */
  private destinationByUrl(isInFront: boolean): ChangedDestination | undefined {
    const { adapterRequest, raw } = this.request;
    const { decision, match, alternative } = this.evaluation;
    const { method = 'GET' } = raw;
    const url = this.currentUrl;
    if (method !== this.method || !isSameTarget(this.url, url) || this.host !== this.hostIfRead()) {
      const destination = this.router.actual(method, url, adapterRequest);
      // What answers may have shortened the URL for itself, or have been sent the request under another one.
      const isShared = destination.alternative === undefined && destination.policy !== this.firstPolicy;
      return this.goesTo(isShared ? { ...destination, alternative: this.firstPolicy } : destination);
    }
    // What the entry of the path names has answered in front of the catch-all route.
    if (isInFront && match !== undefined && alternative !== undefined) {
      return this.goesTo({ policy: alternative, match: undefined, alternative: undefined });
    }
    if (!this.derivesOtherTenant(match)) {
      return undefined;
    }
    return this.goesTo(
      alternative === undefined
        ? { policy: decision.policy, match, alternative }
        : this.router.actual(method, url, adapterRequest),
    );
  }

  private goesTo(destination: ActualDestination): ChangedDestination {
    return { method: this.request.raw.method ?? 'GET', url: this.currentUrl, destination };
  }

  /**
   * Policy of the route that takes the request unless something in front of it answers, such as a middleware of its controller
   * that hands the request to another application of Express. A route that catches everything says nothing of the path.
   */
  private routeInFront(policy: CompiledPolicy): CompiledPolicy | undefined {
    const { routed } = this;
    return routed === undefined || routed.path.includes('*') || routed.policy === policy ? undefined : routed.policy;
  }

  /** Calls tenant functions again only where what they are given has changed. */
  private derivesOtherTenant(match: RouteMatch | undefined): boolean {
    const { tenantFacts } = this;
    if (tenantFacts === undefined) {
      return false;
    }
    const facts = this.factsNow(match);
    return (
      !isDeepStrictEqual(facts, tenantFacts) &&
      this.policies.some((policy) => tenantUnder(policy, tenantFacts) !== tenantUnder(policy, facts))
    );
  }

  private noteFacts(): void {
    const { decision, alternative, match } = this.evaluation;
    const mayDerive = alternative !== undefined || decision.policy.tenant !== undefined;
    const derives = mayDerive && this.policies.some(({ tenant }) => tenant !== undefined);
    this.host = this.hostIfRead();
    this.tenantFacts = derives ? this.factsNow(match) : undefined;
  }

  private factsNow(match: RouteMatch | undefined): TenantRequest {
    const url = isSameTarget(this.url, this.currentUrl) ? this.url : this.currentUrl;
    return this.router.tenantRequest({ ...this.request, method: this.method, url }, match);
  }

  /** Every policy that had a say in the decision. */
  private get policies(): readonly CompiledPolicy[] {
    const { decision, alternative, match } = this.evaluation;
    return alternative === undefined
      ? [decision.policy]
      : [decision.policy, alternative, ...(match === undefined ? [] : [match.route.policy])];
  }

  private hostIfRead(): string | undefined {
    return this.router.readsHost ? this.router.hostOf(this.request.adapterRequest) : undefined;
  }
}

/** Where an application of Express is mounted; `undefined` in other applications. */
function baseOf(raw: IncomingMessage): string | undefined {
  // Express strips the path that a middleware is mounted on.
  const { baseUrl } = raw as { readonly baseUrl?: unknown };
  return typeof baseUrl === 'string' ? baseUrl : undefined;
}

/**
 * The request target at this moment. Outside of Express, nothing that happens to the URL after routing changes where the
 * request goes.
 * @param base of the application, when the request came to it
 */
function currentTarget(raw: IncomingMessage, base: string | undefined, routed: string): string {
  const { url = '/' } = raw;
  const current = baseOf(raw);
  if (base === undefined || current === undefined) {
    return routed;
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(url)?.[0] ?? '';
  const below = current.startsWith(base) ? current.slice(base.length) : current;
  return `${authority}${below}${url.slice(authority.length)}`;
}

/** Express adds a slash where a mounted middleware would see an empty path. */
function isSameTarget(decided: string, current: string): boolean {
  return (
    current === decided || (current.length === decided.length + 1 && current.replace(/\/(?=\?|$)/, '') === decided)
  );
}
