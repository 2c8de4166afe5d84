import { headerValue, type WireResponse } from './exchange.js';
import { isSameOrigin, originOf } from './origin.js';
import { type Client, type FetchRequest, NetworkError } from './request.js';
import type { HeaderLines } from './safelist.js';

/** https://fetch.spec.whatwg.org/#request-body-header-name */
const REQUEST_BODY_HEADERS = new Set(
  'content-encoding content-language content-location content-type content-length'.split(' '),
);

const LIMIT = 20;

/** https://fetch.spec.whatwg.org/#redirect-status */
export function isRedirectStatus(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/**
 * What a redirect leads to; `undefined` when it says not where, and is a response like any other.
 * @param cors whether the response is read by leave of the CORS protocol
 * @see https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
 */
export function redirectOf(
  { request, urls, client, cors }: { request: FetchRequest; urls: readonly string[]; client: Client; cors: boolean },
  response: WireResponse,
): { url: string; request: FetchRequest } | undefined {
  const location = headerValue(response, 'location');
  if (location === undefined) {
    return undefined;
  }
  const url = urls.at(-1) ?? '';
  const target = new URL(location, url);
  if (!/^https?:$/.test(target.protocol)) {
    throw new NetworkError('redirect');
  }
  if (urls.length > LIMIT) {
    throw new NetworkError('too-many-redirects');
  }
  const namesUser = target.username !== '' || target.password !== '';
  if (namesUser && (cors || (request.mode === 'cors' && !isSameOrigin(target.origin, client.origin)))) {
    throw new NetworkError('redirect');
  }
  return {
    url: target.href,
    request: redirected(request, response.status, isSameOrigin(target.origin, originOf(url))),
  };
}

function redirected(request: FetchRequest, status: number, sameOrigin: boolean): FetchRequest {
  const { method, headers, body } = request;
  const becomesGet =
    ((status === 301 || status === 302) && method === 'POST') || (status === 303 && !['GET', 'HEAD'].includes(method));
  const kept: HeaderLines = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !(becomesGet && REQUEST_BODY_HEADERS.has(lower)) && (sameOrigin || lower !== 'authorization');
  });
  return { ...request, headers: kept, ...(becomesGet ? { method: 'GET', body: undefined } : { body }) };
}
