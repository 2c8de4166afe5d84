import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { CorsTenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { ActualDestination, Dispatched, Route, RouteMatch } from '../routing/route.js';
import type { ActualEvaluation } from './evaluator.js';
import type { IncomingRequest, MountedRequest } from './incoming-request.js';
import { tenantUnder } from './preflight-lifetimes.js';

/** The facts beside method and URL that a decision depends on. */
export interface DecidedFacts {
  /** The host, where a route is chosen by it. */
  readonly host: string | undefined;
  /** What the tenant was derived from; undefined where no policy derives one. */
  readonly tenant: CorsTenantRequest | undefined;
}

/** A request as it was when it was evaluated. */
export interface DecidedRequest {
  readonly request: IncomingRequest;
  readonly evaluation: ActualEvaluation;
  readonly method: string;
  readonly url: string;
  /** Undefined where neither a host nor a tenant matters. */
  readonly facts: DecidedFacts | undefined;
  /** Policy of the first decision, which was made for the request as the client sent it. */
  readonly firstPolicy: CompiledPolicy;
  /** The route that the request goes to by its URL, as far as the hook could tell. */
  readonly routed: Route | undefined;
}

/** Where a changed request goes. */
export interface ChangedDestination {
  readonly method: string;
  readonly url: string;
  readonly destination: ActualDestination;
}

/**
 * Compares a request with its state at the evaluation: method, URL, host, dispatched route, and what its tenant is derived from.
 */
export class ChangedRequest {
  /** The request target at this moment, as the application's own router reads it. */
  readonly url: string;
  readonly method: string;

  constructor(
    private readonly router: RequestRouter,
    private readonly decided: DecidedRequest,
  ) {
    const { raw, baseUrl, url } = decided.request;
    this.url = currentTarget(raw, baseUrl, url);
    this.method = raw.method ?? 'GET';
  }

  /** What a decision about the request depends on now; undefined where neither host nor tenant matters. */
  get facts(): DecidedFacts | undefined {
    const host = this.hostIfRead();
    const tenant = this.policies.some((policy) => policy.tenant !== undefined)
      ? this.tenantRequest(this.decided.evaluation.match)
      : undefined;
    return host === undefined && tenant === undefined ? undefined : { host, tenant };
  }

  /** Whether the policy derives another tenant from the request than when the decision was made. */
  hasOtherTenant(dispatched: Dispatched): boolean {
    return this.derivesOtherTenant(typeof dispatched === 'object' ? dispatched : this.decided.evaluation.match);
  }

  /** Where the request goes now; `undefined` where that is what the decision was made for. */
  destination(dispatched: Dispatched): ChangedDestination | undefined {
    if (typeof dispatched === 'object') {
      return this.destinationUnder(dispatched.route.policy, dispatched);
    }
    return dispatched === 'elsewhere' ? this.destinationElsewhere() : this.destinationByUrl(dispatched === 'nowhere');
  }

  private destinationUnder(policy: CompiledPolicy, match: RouteMatch | undefined): ChangedDestination | undefined {
    const { decision, alternative } = this.decided.evaluation;
    const isSame = policy === decision.policy && this.method === this.decided.method && alternative === undefined;
    return isSame && !this.derivesOtherTenant(match)
      ? undefined
      : this.goesTo({ policy, match, alternative: undefined });
  }

  /** Express has given the request to a route that is not Nest's. */
  private destinationElsewhere(): ChangedDestination | undefined {
    const policy = this.router.governing.fallback(this.url);
    const { method, url } = this.decided;
    const inFront = this.method === method && isSameTarget(url, this.url) ? this.routeInFront(policy) : undefined;
    return inFront === undefined
      ? this.destinationUnder(policy, undefined)
      : this.goesTo({ policy, match: undefined, alternative: inFront });
  }

  /** @param isInFront whether something in front of all routes answers */
  private destinationByUrl(isInFront: boolean): ChangedDestination | undefined {
    const { request, evaluation, method, url, facts, firstPolicy } = this.decided;
    const { decision, match, alternative } = evaluation;
    if (this.method !== method || !isSameTarget(url, this.url) || facts?.host !== this.hostIfRead()) {
      const destination = this.router.actual(this.method, this.url, request.adapterRequest);
      // The responder may have shortened the URL for itself, or may have received the request under another one.
      const isShared = destination.alternative === undefined && destination.policy !== firstPolicy;
      return this.goesTo(isShared ? { ...destination, alternative: firstPolicy } : destination);
    }
    // Something that the `paths` entry names has responded in front of the catch-all route.
    if (isInFront && match !== undefined && alternative !== undefined) {
      return this.goesTo({ policy: alternative, match: undefined, alternative: undefined });
    }
    if (!this.derivesOtherTenant(match)) {
      return undefined;
    }
    return this.goesTo(
      alternative === undefined
        ? { policy: decision.policy, match, alternative }
        : this.router.actual(this.method, this.url, request.adapterRequest),
    );
  }

  private goesTo(destination: ActualDestination): ChangedDestination {
    return { method: this.method, url: this.url, destination };
  }

  /**
   * The policy of the route that the router chose for the request. Something in front of that route may respond, such as a
   * middleware that hands the request to another application of Express. A catch-all route does not count, because its policy says
   * nothing about the path.
   */
  private routeInFront(policy: CompiledPolicy): CompiledPolicy | undefined {
    const { routed } = this.decided;
    return routed === undefined || routed.path.includes('*') || routed.policy === policy ? undefined : routed.policy;
  }

  /** Calls tenant functions again only if their argument has changed. */
  private derivesOtherTenant(match: RouteMatch | undefined): boolean {
    const before = this.decided.facts?.tenant;
    if (before === undefined) {
      return false;
    }
    const now = this.tenantRequest(match);
    return (
      !isDeepStrictEqual(now, before) &&
      this.policies.some((policy) => tenantUnder(policy, before) !== tenantUnder(policy, now))
    );
  }

  private tenantRequest(match: RouteMatch | undefined): CorsTenantRequest {
    const { request, method, url } = this.decided;
    const current = isSameTarget(url, this.url) ? url : this.url;
    return this.router.tenantRequest({ ...request, method, url: current }, match);
  }

  /** Every policy that the decision depends on. */
  private get policies(): readonly CompiledPolicy[] {
    const { decision, alternative, match } = this.decided.evaluation;
    return alternative === undefined
      ? [decision.policy]
      : [decision.policy, alternative, ...(match === undefined ? [] : [match.route.policy])];
  }

  private hostIfRead(): string | undefined {
    return this.router.readsHost ? this.router.hostOf(this.decided.request.adapterRequest) : undefined;
  }
}

/**
 * The request target now. Outside of Express, a change of the URL after routing does not change where the request goes.
 * @param base path that the application of Express is mounted on
 */
function currentTarget(raw: IncomingMessage, base: unknown, routed: string): string {
  const { url = '/' } = raw;
  const current = (raw as MountedRequest).baseUrl;
  if (typeof base !== 'string' || typeof current !== 'string') {
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
