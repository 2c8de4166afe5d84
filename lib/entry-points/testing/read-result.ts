import { currentUrl } from './fetch-request.js';
import { type BrowserNetworkError, type BrowserResponse, describeExchanges } from './fetch-result.js';
import type { FetchEnd, Fetching } from './fetching.js';
import { isForbiddenResponseHeader } from '../../fetch/forbidden.js';
import { headerValue, tokenList } from './header-list.js';
import type { FetchFailure } from './network-error.js';

/** @see https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const SAFELISTED_RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]);

/** The response as a script reads it. */
export function readResponse(end: FetchEnd, fetching: Fetching): BrowserResponse {
  const { request, response, opaqueRedirect } = end;
  const type = opaqueRedirect ? 'opaqueredirect' : request.tainting;
  const readable = type === 'basic' || type === 'cors';
  const status = readable ? response.status : 0;
  const url = new URL(currentUrl(request));
  url.hash = '';
  const text = async (): Promise<string> =>
    // A browser drops the byte order mark, and replaces bytes that are no UTF-8 by U+FFFD.
    readable && request.method !== 'HEAD' ? new TextDecoder().decode(await response.body) : '';
  const result: BrowserResponse = {
    kind: 'response',
    type,
    status,
    statusText: readable ? response.statusText : '',
    ok: status >= 200 && status <= 299,
    redirected: readable && request.urls.length > 1,
    url: type === 'opaque' ? '' : url.href,
    headers: readable ? readableHeaders(end) : new Headers(),
    readable,
    exchanges: fetching.exchanges,
    preflight: fetching.preflight,
    text,
    json: async () => JSON.parse(await text()) as unknown,
    expectReadable: () => {
      if (!readable) {
        throw new Error(`A script cannot read an ${type} response\n${describeExchanges(fetching.exchanges)}`);
      }
      return result;
    },
  };
  return result;
}

/** A network error, with the reason that only the console shows in a browser. */
export function readNetworkError({ step, message }: FetchFailure, fetching: Fetching): BrowserNetworkError {
  return {
    kind: 'network-error',
    step,
    message,
    readable: false,
    exchanges: fetching.exchanges,
    preflight: fetching.preflight,
    expectReadable: () => {
      throw new Error(`${message}\n${describeExchanges(fetching.exchanges)}`);
    },
  };
}

/**
 * All headers but cookies of a same-origin response; safelisted and exposed headers of a cross-origin one.
 * @see https://fetch.spec.whatwg.org/#concept-filtered-response-basic
 * @see https://fetch.spec.whatwg.org/#concept-filtered-response-cors
 */
function readableHeaders({ request, response }: FetchEnd): Headers {
  const list = tokenList(response.headers, 'access-control-expose-headers');
  const exposed = new Set(Array.isArray(list) ? list.map((name: string) => name.toLowerCase()) : []);
  // Step 14.1.2 of main fetch: with credentials, '*' is a name like any other.
  const all = request.tainting === 'basic' || (exposed.has('*') && request.credentials !== 'include');
  const names = new Set(response.headers.map(([name]) => name.toLowerCase()));
  const headers = new Headers();
  for (const name of names) {
    if (!isForbiddenResponseHeader(name) && (all || exposed.has(name) || SAFELISTED_RESPONSE_HEADERS.has(name))) {
      headers.set(name, headerValue(response.headers, name) ?? '');
    }
  }
  return headers;
}
