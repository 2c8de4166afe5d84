import { CookieJar } from '../../../lib/entry-points/testing/cookie-jar.js';
import { type FetchRequest, requestOrigin } from '../../../lib/entry-points/testing/fetch-request.js';
import { Network } from '../../../lib/entry-points/testing/network.js';
import { PreflightCache } from '../../../lib/entry-points/testing/preflight-cache.js';
import { relationTo } from '../../../lib/entry-points/testing/site.js';
import { Page, type TestBrowser } from '../../../lib/entry-points/testing/test-browser.js';
import type { Arrival, WireRequest } from '../documented/index.js';

/** Where Chromium does not follow the standard, and `nestjs-cors/testing` does. Each has a test in deviations.browser-spec. */
export interface Deviations {
  /**
   * Grants outlive the failure of the request that they were for. Main fetch of the standard: "If
   * corsWithPreflightResponse is a network error, then clear cache entries using request."
   */
  readonly keepsGrantsOfFailures?: boolean;
  /**
   * A redirected request that needs a preflight, or has another method than before, is a new one for `Sec-Fetch-Site`, which
   * then knows nothing of the URLs before.
   */
  readonly forgetsRedirects?: boolean;
  /** What was granted to `null` is not remembered, since two opaque origins are never the same. */
  readonly noGrantsForNull?: boolean;
}

export const CHROMIUM: Deviations = { keepsGrantsOfFailures: true, forgetsRedirects: true, noGrantsForNull: true };

class DeviatingPreflightCache extends PreflightCache {
  constructor(
    private readonly deviations: Deviations,
    now: () => number,
  ) {
    super(now);
  }

  override covers(request: FetchRequest): boolean {
    return !(this.deviations.noGrantsForNull && requestOrigin(request) === 'null') && super.covers(request);
  }

  override remove(request: FetchRequest): void {
    if (!this.deviations.keepsGrantsOfFailures) {
      super.remove(request);
    }
  }
}

/** A browser of `nestjs-cors/testing` whose preflight cache deviates; `network` has the server of each origin. */
export function deviatingBrowser(
  app: string,
  network: Readonly<Record<string, string>>,
  deviations: Deviations,
): TestBrowser {
  const now = () => 0;
  const servers = new Network();
  Object.entries(network).forEach(([origin, url]) => servers.publish(origin, url));
  const abort = new AbortController();
  const state = {
    network: servers,
    cookies: new CookieJar(now, true),
    preflightCache: new DeviatingPreflightCache(deviations, now),
    signal: abort.signal,
  };
  return new Page('null', app, undefined, state, () => abort.abort());
}

/** Rewrites `Sec-Fetch-Site` to what Chromium says of redirected requests. */
export class ForgottenRedirects {
  /** URLs that a preflight asked for, in this fetch or in an earlier one whose grant was cached. */
  readonly #preflighted = new Set<string>();

  /** @param page serialized origin of the page that fetches */
  rewrite(request: WireRequest, page: string, earlier: readonly Arrival[]): WireRequest {
    if ('access-control-request-method' in request.headers) {
      this.#preflighted.add(request.url);
      return request;
    }
    const hops = [...earlier.filter(({ preflight }) => !preflight), request];
    const start = hops.findLastIndex(({ method, url }, hop) => {
      const before = hops.slice(0, hop);
      const isCors = request.headers['sec-fetch-mode'] === 'cors';
      const isTainted = isCors && before.some((each) => new URL(each.url).origin !== page);
      return isTainted && (method !== before.at(-1)?.method || this.#preflighted.has(url));
    });
    const relations = new Set(hops.slice(Math.max(start, 0)).map(({ url }) => relationTo(page, new URL(url))));
    const site = (['cross-site', 'same-site', 'same-origin'] as const).find((each) => relations.has(each));
    return { ...request, headers: { ...request.headers, 'sec-fetch-site': String(site) } };
  }
}
