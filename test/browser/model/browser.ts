import type { CookieJar } from './cookies.js';
import { passesCorsCheck } from './cors-check.js';
import type { Network, WireResponse } from './exchange.js';
import { asksPermission, currentUrl, type Fetch, originHeader } from './fetch.js';
import { isSameOrigin, originOf } from './origin.js';
import type { Quirks } from './quirks.js';
import { isRedirectStatus, redirectOf } from './redirect.js';
import { type Client, type FetchRequest, NetworkError, type Outcome, type Result } from './request.js';
import { resultOf } from './response.js';
import { Wire } from './wire.js';

/**
 * A browser, as the Fetch standard describes one: https://fetch.spec.whatwg.org/#fetching . Knows nothing of the library;
 * what answers its requests is given. It remembers cookies and the grants of preflights.
 */
export class BrowserModel {
  private readonly wire: Wire;

  constructor(
    network: Network,
    private readonly quirks: Quirks = {},
    now: () => number = () => 0,
  ) {
    this.wire = new Wire(network, quirks, now);
  }

  get cookies(): CookieJar {
    return this.wire.cookies;
  }

  /** How a request of a client ends; without a request, the call threw. */
  fetch(client: Client, request: FetchRequest | undefined): Outcome {
    if (request === undefined) {
      return { result: { kind: 'error', failure: 'invalid-call' }, arrivals: [] };
    }
    const forcesPreflight = request.useCorsPreflight && !(this.quirks.uploadNeedsBody && request.body === undefined);
    const made = { ...request, useCorsPreflight: forcesPreflight };
    const fetch: Fetch = { client, request: made, urls: [request.url], forgotten: 0, tainting: 'basic', arrivals: [] };
    return { result: this.resultOf(fetch), arrivals: fetch.arrivals };
  }

  private resultOf(fetch: Fetch): Result {
    try {
      const response = this.mainFetch(fetch);
      return resultOf(response, fetch.request, fetch.tainting, fetch.urls);
    } catch (error) {
      if (error instanceof NetworkError) {
        return { kind: 'error', failure: error.failure };
      }
      throw error;
    }
  }

  /** https://fetch.spec.whatwg.org/#concept-main-fetch */
  private mainFetch(fetch: Fetch): WireResponse {
    const { client, request, tainting } = fetch;
    const { mode, redirect } = request;
    if ((isSameOrigin(originOf(currentUrl(fetch)), client.origin) && tainting === 'basic') || mode === 'navigate') {
      return this.httpFetch(fetch, false);
    }
    if (mode === 'same-origin') {
      throw new NetworkError('not-same-origin');
    }
    if (mode === 'no-cors') {
      if (redirect !== 'follow') {
        throw new NetworkError('no-cors-redirect-mode');
      }
      fetch.tainting = 'opaque';
      return this.httpFetch(fetch, false);
    }
    fetch.tainting = 'cors';
    if (!asksPermission(request)) {
      return this.httpFetch(fetch, false);
    }
    try {
      return this.httpFetch(fetch, true);
    } catch (error) {
      this.wire.forgetGrants(fetch);
      throw error;
    }
  }

  /** https://fetch.spec.whatwg.org/#concept-http-fetch */
  private httpFetch(fetch: Fetch, withPreflight: boolean): WireResponse {
    const { request, tainting } = fetch;
    if (withPreflight && this.wire.needsPreflight(fetch)) {
      this.wire.preflight(fetch);
    }
    const response = this.wire.send(fetch);
    if (tainting === 'cors' && !passesCorsCheck(response, originHeader(fetch), request)) {
      throw new NetworkError('cors-check');
    }
    if (!isRedirectStatus(response.status)) {
      return response;
    }
    switch (request.redirect) {
      case 'error':
        throw new NetworkError('redirect');
      case 'manual':
        return response;
      case 'follow':
        return this.follow(fetch, response);
    }
  }

  private follow(fetch: Fetch, response: WireResponse): WireResponse {
    const redirect = redirectOf({ ...fetch, cors: fetch.tainting === 'cors' }, response);
    if (redirect === undefined) {
      return response;
    }
    const { tainting, request } = fetch;
    const isNew = redirect.request.method !== request.method || asksPermission(redirect.request);
    const startsAnew = tainting === 'cors' && isNew;
    fetch.request = redirect.request;
    fetch.urls.push(redirect.url);
    if (startsAnew) {
      fetch.forgotten = fetch.urls.length - 1;
    }
    return this.mainFetch(fetch);
  }
}
