import { CookieJar } from './cookies.js';
import { readPreflightAnswer } from './cors-check.js';
import type { Network, WireRequest, WireResponse } from './exchange.js';
import { cacheSubject, currentUrl, type Fetch, originHeader } from './fetch.js';
import { siteOfRequest } from './origin.js';
import { PreflightCache } from './preflight-cache.js';
import type { Quirks } from './quirks.js';
import { NetworkError } from './request.js';
import { isSafelistedMethod, unsafeHeaderNames } from './safelist.js';

const CONDITIONAL = /^if-(?:match|none-match|modified-since|unmodified-since|range)$/i;

/** What of a browser talks to servers, and remembers what they said: cookies, and the grants of preflights. */
export class Wire {
  readonly cookies = new CookieJar();
  private readonly cache: PreflightCache;

  constructor(
    private readonly network: Network,
    private readonly quirks: Quirks,
    now: () => number,
  ) {
    this.cache = new PreflightCache(now, quirks.oneGrantPerUrl);
  }

  /** A condition of HTTP fetch: nothing that is remembered grants the request. */
  needsPreflight(fetch: Fetch): boolean {
    const { method, useCorsPreflight, headers } = fetch.request;
    const subject = cacheSubject(fetch);
    if (!this.mayRemember(fetch)) {
      return true;
    }
    const methodAsks = !isSafelistedMethod(method) || useCorsPreflight;
    return (
      (methodAsks && !this.cache.grantsMethod(subject, method)) ||
      unsafeHeaderNames(headers).some((name) => !this.cache.grantsHeader(subject, name))
    );
  }

  /** https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 */
  preflight(fetch: Fetch): void {
    const { request } = fetch;
    const names = unsafeHeaderNames(request.headers);
    const response = this.exchange(fetch, {
      method: 'OPTIONS',
      url: currentUrl(fetch),
      headers: {
        origin: originHeader(fetch),
        'access-control-request-method': request.method,
        ...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
        'sec-fetch-site': siteOfRequest(fetch.client.origin, this.knownUrls(fetch)),
      },
    });
    const granted = readPreflightAnswer(response, originHeader(fetch), request);
    if (typeof granted === 'string') {
      throw new NetworkError(granted);
    }
    this.cache.keep(cacheSubject(fetch), granted.methods, granted.headerNames, granted.maxAge);
  }

  /** https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch */
  send(fetch: Fetch): WireResponse {
    const { client, request, tainting } = fetch;
    const url = currentUrl(fetch);
    const credentialed =
      request.credentials === 'include' || (request.credentials === 'same-origin' && tainting === 'basic');
    const cookie = credentialed ? this.cookies.cookieFor(url, client) : undefined;
    const sendsOrigin = tainting === 'cors' || !['GET', 'HEAD'].includes(request.method);
    const response = this.exchange(fetch, {
      method: request.method,
      url,
      ...(request.body !== undefined && { body: request.body }),
      headers: {
        ...Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value])),
        ...(sendsOrigin && { origin: originHeader(fetch) }),
        ...(cookie !== undefined && { cookie }),
        'sec-fetch-site': siteOfRequest(client.origin, this.knownUrls(fetch)),
      },
    });
    if (credentialed) {
      const lines = response.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
      this.cookies.store(url, lines, client);
    }
    return response;
  }

  /** What a failed request does to the grants of its URL. */
  forgetGrants(fetch: Fetch): void {
    if (!this.quirks.keepsGrantsOfFailures) {
      this.cache.clear(cacheSubject(fetch));
    }
  }

  /** The URLs that `Sec-Fetch-Site` is about. */
  private knownUrls({ urls, forgotten }: Fetch): readonly string[] {
    return this.quirks.forgetsRedirects ? urls.slice(forgotten) : urls;
  }

  /** Whether grants of earlier preflights count for this request; the standard lets browsers keep none. */
  private mayRemember(fetch: Fetch): boolean {
    const { conditionalsAskAnew, noGrantsForNull } = this.quirks;
    const isConditional = fetch.request.headers.some(([name]) => CONDITIONAL.test(name));
    return !(conditionalsAskAnew && isConditional) && !(noGrantsForNull && originHeader(fetch) === 'null');
  }

  private exchange(fetch: Fetch, sent: WireRequest): WireResponse {
    const response = this.network(sent);
    const preflight = sent.method === 'OPTIONS' && 'access-control-request-method' in sent.headers;
    fetch.arrivals.push({ ...sent, preflight, handled: response.handled });
    return response;
  }
}
