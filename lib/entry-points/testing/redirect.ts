import { currentUrl, type FetchRequest } from './fetch-request.js';
import { headerLines, withoutHeaders } from './header-list.js';
import type { ReceivedHead } from './http-exchange.js';
import { blockedByCors, FetchFailure } from './network-error.js';

/** @see https://fetch.spec.whatwg.org/#http-redirect-fetch, step 7 */
const MAX_REDIRECTS = 20;

/** @see https://fetch.spec.whatwg.org/#request-body-header-name */
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-location', 'content-type'];

/** @see https://fetch.spec.whatwg.org/#redirect-status */
export function isRedirectStatus(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * The request that a redirect leads to. `undefined` without `Location`: the response then is not a redirect.
 * @throws FetchFailure when the redirect cannot be followed
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function redirectedRequest(request: FetchRequest, { status, headers }: ReceivedHead): FetchRequest | undefined {
  const from = currentUrl(request);
  const [location, another] = headerLines(headers, 'location');
  if (location === undefined) {
    return undefined;
  }
  const to = another === undefined && URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (to === undefined || !/^https?:$/.test(to.protocol)) {
    const reason = `${from.href} redirects to '${location}', which is not an http(s) URL.`;
    throw new FetchFailure('redirect-location', reason);
  }
  to.hash ||= from.hash;
  if (request.urls.length > MAX_REDIRECTS) {
    throw new FetchFailure('redirect-count', `${request.urls[0].href} redirects more than ${MAX_REDIRECTS} times.`);
  }
  if (
    hasCredentials(to) &&
    (request.tainting === 'cors' || (request.mode === 'cors' && to.origin !== request.origin))
  ) {
    // Chromium leaves the URL out, which has a password in it.
    const reason =
      "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.";
    throw blockedByCors(request, 'redirect-credentials', reason);
  }
  const urls: FetchRequest['urls'] = [...request.urls, to];
  const next = becomesGet(status, request.method)
    ? { ...request, urls, method: 'GET', body: undefined, headers: withoutHeaders(request.headers, BODY_HEADERS) }
    : { ...request, urls };
  // Credentials for one origin must not reach the next one.
  return from.origin === to.origin ? next : { ...next, headers: withoutHeaders(next.headers, ['authorization']) };
}

function becomesGet(status: number, method: string): boolean {
  return (
    ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  );
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}
