import type { CookieJar } from './cookie-jar.js';
import { currentUrl, type FetchRequest, includesCredentials, requestOrigin } from './fetch-request.js';
import { type Header, type HeaderList, headerValue } from './header-list.js';
import { isTrustworthy, type Relation, relationTo } from './site.js';

/**
 * Every header that a request has on the wire: the script's own, and those that the browser adds.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
 */
export function requestHeaders(request: FetchRequest, cookies: CookieJar): HeaderList {
  const { headers, body, method } = request;
  const url = currentUrl(request);
  const length = body === undefined ? (method === 'POST' || method === 'PUT' ? '0' : undefined) : String(body.length);
  const cookie = includesCredentials(request)
    ? cookies.header(url, relationTo(request.origin, url) !== 'cross-site')
    : undefined;
  return [
    ...hostAndReferrer(request),
    // Step 14 of https://fetch.spec.whatwg.org/#fetching
    ...(headerValue(headers, 'accept') === undefined ? [['Accept', '*/*'] as const] : []),
    ...headers,
    ...optional('Content-Length', length),
    ...optional('Origin', originHeader(request)),
    ...fetchMetadata(request),
    ...optional('Cookie', cookie),
  ];
}

/** Every header of a preflight on the wire: never a credential. */
export function preflightRequestHeaders(request: FetchRequest, own: HeaderList): HeaderList {
  return [...hostAndReferrer(request), ...own, ...fetchMetadata({ ...request, mode: 'cors' })];
}

/**
 * Sent with every cross-origin request that a script can read, and with every unsafe one.
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
function originHeader(request: FetchRequest): string | undefined {
  const safe = request.method === 'GET' || request.method === 'HEAD';
  return request.tainting === 'cors' || !safe ? requestOrigin(request) : undefined;
}

/** The page is at the root of its origin, with the default referrer policy. */
function hostAndReferrer(request: FetchRequest): HeaderList {
  const { origin } = request;
  const url = currentUrl(request);
  const page = origin === 'null' ? undefined : new URL(`${origin}/`);
  // https://w3c.github.io/webappsec-referrer-policy/#referrer-policy-strict-origin-when-cross-origin
  const referrer =
    page !== undefined && /^https?:$/.test(page.protocol) && (!isTrustworthy(page) || isTrustworthy(url));
  return [['Host', url.host], ...(referrer ? [['Referer', `${origin}/`] as const] : [])];
}

/** @see https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration */
function fetchMetadata(request: FetchRequest): HeaderList {
  if (!isTrustworthy(currentUrl(request))) {
    return [];
  }
  return [
    ['Sec-Fetch-Site', farthestRelation(request)],
    ['Sec-Fetch-Mode', request.mode],
    ['Sec-Fetch-Dest', 'empty'],
  ];
}

/**
 * A request that was redirected through another site stays cross-site.
 * @see https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
 */
function farthestRelation({ origin, urls }: FetchRequest): Relation {
  const relations = new Set(urls.map((url) => relationTo(origin, url)));
  return relations.has('cross-site') ? 'cross-site' : relations.has('same-site') ? 'same-site' : 'same-origin';
}

function optional(name: string, value: string | undefined): readonly Header[] {
  return value === undefined ? [] : [[name, value]];
}
