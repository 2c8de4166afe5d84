import type { CookieJar } from './cookie-jar.js';
import { assertResourcePolicy, corsCheck } from './response-checks.js';
import { currentUrl, type FetchRequest, includesCredentials, needsPreflight } from './fetch-request.js';
import { type HeaderList, headerLines } from './header-list.js';
import type { HttpResponse } from './http-exchange.js';
import type { Network } from './network.js';
import { blockedByCors, FetchFailure } from './network-error.js';
import { preflightHeaders, readGrant } from './preflight.js';
import type { PreflightCache } from './preflight-cache.js';
import { isRedirectStatus, redirectedRequest } from './redirect.js';
import { preflightRequestHeaders, requestHeaders } from './request-headers.js';
import { relationTo } from './site.js';
import { type Exchange, Wire } from './wire.js';

/** The state of the browser between fetches. */
export interface BrowserState {
  readonly network: Network;
  readonly cookies: CookieJar;
  readonly preflightCache: PreflightCache;
  readonly signal: AbortSignal;
  /** Headers of every request that do not depend on it, such as `User-Agent`. Default: none. */
  readonly ownHeaders?: HeaderList;
}

/** The end of a successful fetch. */
export interface FetchEnd {
  readonly request: FetchRequest;
  readonly response: HttpResponse;
  readonly opaqueRedirect: boolean;
}

/** A response that passed the checks, and the request that it redirects to. */
interface Hop extends FetchEnd {
  readonly next: FetchRequest | undefined;
}

/** One fetch: the standard's algorithm, with a record of its exchanges. */
export class Fetching {
  /** Whether a preflight was sent or found in the cache; of several requests, for the last one. */
  preflight: 'none' | 'cached' | 'sent' = 'none';

  readonly #wire: Wire;

  constructor(private readonly state: BrowserState) {
    this.#wire = new Wire(state.network, state.signal, state.ownHeaders);
  }

  /** The exchanges so far. */
  get exchanges(): readonly Exchange[] {
    return this.#wire.exchanges;
  }

  /** Sends the request, and those of its redirects. */
  async run(request: FetchRequest): Promise<FetchEnd> {
    let hop = await this.mainFetch(request);
    while (hop.next !== undefined) {
      hop = await this.mainFetch(hop.next);
    }
    return hop;
  }

  /** Sends the preflight that the request needs, and not the request itself. */
  async preflightOnly(request: FetchRequest): Promise<void> {
    if (currentUrl(request).origin !== request.origin && needsPreflight(request)) {
      await this.askForPermission({ ...request, tainting: 'cors' });
    }
  }

  /** @see https://fetch.spec.whatwg.org/#concept-main-fetch, step 12 */
  private async mainFetch(request: FetchRequest): Promise<Hop> {
    const url = currentUrl(request);
    if (url.origin === request.origin && request.tainting === 'basic') {
      return this.httpFetch(request);
    }
    if (request.mode === 'same-origin') {
      const reason =
        `Fetch API cannot load ${url.href}. Request mode is "same-origin" but the URL's origin is not same as the ` +
        `request origin ${request.origin}.`;
      throw new FetchFailure('mode', reason);
    }
    if (request.mode === 'no-cors') {
      if (request.redirect !== 'follow') {
        throw new FetchFailure('mode', `With mode 'no-cors', redirect must be 'follow', not '${request.redirect}'.`);
      }
      return this.httpFetch({ ...request, tainting: 'opaque' });
    }
    const tainted: FetchRequest = { ...request, tainting: 'cors' };
    if (!needsPreflight(tainted)) {
      return this.httpFetch(tainted);
    }
    try {
      await this.askForPermission(tainted);
      return await this.httpFetch(tainted);
    } catch (error) {
      this.state.preflightCache.remove(tainted);
      throw error;
    }
  }

  /** @see https://fetch.spec.whatwg.org/#concept-http-fetch */
  private async httpFetch(request: FetchRequest): Promise<Hop> {
    const response = await this.#wire.send('request', request, requestHeaders(request, this.state.cookies));
    this.storeCookies(request, response);
    const failure = request.tainting === 'cors' ? corsCheck(request, response.headers) : undefined;
    if (failure !== undefined) {
      throw blockedByCors(request, `cors-check-${failure.part}`, failure.reason);
    }
    if (request.tainting === 'opaque') {
      assertResourcePolicy(request, response);
    }
    const redirects = isRedirectStatus(response.status);
    if (redirects && request.redirect === 'error') {
      throw new FetchFailure('redirect-mode', `${currentUrl(request).href} redirects, and redirect is 'error'.`);
    }
    const opaqueRedirect = redirects && request.redirect === 'manual';
    const next = redirects && !opaqueRedirect ? redirectedRequest(request, response) : undefined;
    return { request, response, opaqueRedirect, next };
  }

  /** @see https://fetch.spec.whatwg.org/#cors-preflight-fetch */
  private async askForPermission(request: FetchRequest): Promise<void> {
    if (this.state.preflightCache.covers(request)) {
      this.preflight = 'cached';
      return;
    }
    this.preflight = 'sent';
    const preflight = { ...request, method: 'OPTIONS', body: undefined };
    const headers = preflightRequestHeaders(request, preflightHeaders(request));
    const grant = readGrant(request, await this.#wire.send('preflight', preflight, headers));
    this.state.preflightCache.store(request, grant);
  }

  /** @see https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers */
  private storeCookies(request: FetchRequest, response: HttpResponse): void {
    const url = currentUrl(request);
    if (includesCredentials(request)) {
      const sameSite = relationTo(request.origin, url) !== 'cross-site';
      headerLines(response.headers, 'set-cookie').forEach((line) => this.state.cookies.store(url, line, sameSite));
    }
  }
}
