import { CookieJar } from '../../testing/cookie-jar.js';
import { Fetching } from '../../testing/fetching.js';
import { FetchFailure, type NetworkErrorStep } from '../../testing/network-error.js';
import type { FetchRequest } from '../../testing/fetch-request.js';
import { PreflightCache } from '../../testing/preflight-cache.js';
import { readResponse } from '../../testing/read-result.js';
import { isTrustworthy } from '../../testing/site.js';
import type { Exchange } from '../../testing/wire.js';
import { Internet } from './internet.js';
import type { ProbedRequest } from './probed-request.js';
import { shownUrl, shownValue } from './shown-url.js';

/** Where a fetch ended: a step of the browser's model, or a page that may not ask for the URL at all. */
export type ProbeStep = NetworkErrorStep | 'mixed-content';

/** A script sees a network error. */
export interface BlockedOutcome {
  readonly kind: 'blocked';
  readonly step: ProbeStep;
  /** The reason, as Chrome's console words it where CORS or mixed content is the cause. */
  readonly message: string;
}

/** The response as a script sees it. */
export type ProbeOutcome =
  | {
      readonly kind: 'readable';
      readonly status: number;
      /** Names of the headers that the script can read. */
      readonly headers: readonly string[];
    }
  | BlockedOutcome
  /** The preflight is granted, or none is needed, and the request was held back. */
  | { readonly kind: 'not-sent' };

/** The exchanges with a deployed URL, and the result. */
export interface Probing {
  readonly exchanges: readonly Exchange[];
  readonly outcome: ProbeOutcome;
}

const OWN_HEADERS = [['User-Agent', 'nestjs-cors-probe']] as const;

/** Sends the request as a browser without cookies and without cached preflights does. */
export async function probe({ request, sends }: ProbedRequest): Promise<Probing> {
  if (isMixedContent(request)) {
    const { origin, urls } = request;
    const message =
      `Mixed Content: The page at '${origin}/' was loaded over HTTPS, but requested an insecure resource '${shownUrl(urls[0].href)}'. ` +
      'This request has been blocked; the content must be served over HTTPS.';
    return { exchanges: [], outcome: { kind: 'blocked', step: 'mixed-content', message } };
  }
  const abort = new AbortController();
  const fetching = new Fetching({
    network: new Internet(),
    cookies: new CookieJar(Date.now, true),
    preflightCache: new PreflightCache(Date.now),
    signal: abort.signal,
    ownHeaders: OWN_HEADERS,
  });
  try {
    if (!sends) {
      await fetching.preflightOnly(request);
      return { exchanges: fetching.exchanges, outcome: { kind: 'not-sent' } };
    }
    const { status, headers } = readResponse(await fetching.run(request), fetching);
    return { exchanges: fetching.exchanges, outcome: { kind: 'readable', status, headers: [...headers.keys()] } };
  } catch (error) {
    if (!(error instanceof FetchFailure)) {
      throw error;
    }
    const { step, message } = error;
    return { exchanges: fetching.exchanges, outcome: { kind: 'blocked', step, message: shownValue(message) } };
  } finally {
    // Bodies are not read: one may never end.
    abort.abort();
  }
}

/**
 * Whether a browser refuses the request before it sends anything.
 * @see https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
 */
export function isMixedContent({ origin, urls: [url] }: FetchRequest): boolean {
  return origin.startsWith('https:') && !isTrustworthy(url);
}
