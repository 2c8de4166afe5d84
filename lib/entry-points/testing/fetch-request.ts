import type { HeaderList } from './header-list.js';
import { isSafelistedMethod, corsUnsafeHeaderNames } from '../../fetch/safelist.js';
import { relationTo } from './site.js';

/** @see https://fetch.spec.whatwg.org/#concept-request-credentials-mode */
export type CredentialsMode = 'omit' | 'same-origin' | 'include';
/** @see https://fetch.spec.whatwg.org/#concept-request-mode */
export type RequestMode = 'cors' | 'no-cors' | 'same-origin';
/** @see https://fetch.spec.whatwg.org/#concept-request-redirect-mode */
export type RedirectMode = 'follow' | 'error' | 'manual';
/** @see https://fetch.spec.whatwg.org/#concept-request-response-tainting */
export type ResponseTainting = 'basic' | 'cors' | 'opaque';

/** @see https://fetch.spec.whatwg.org/#concept-request */
export interface FetchRequest {
  /** Serialized origin of the page, `null` for an opaque one. */
  readonly origin: string;
  readonly method: string;
  /** The URLs so far: the requested one, and the target of each redirect. */
  readonly urls: readonly [URL, ...URL[]];
  readonly headers: HeaderList;
  readonly body: Uint8Array | undefined;
  readonly mode: RequestMode;
  readonly credentials: CredentialsMode;
  readonly redirect: RedirectMode;
  readonly tainting: ResponseTainting;
}

/** @see https://fetch.spec.whatwg.org/#concept-request-current-url */
export function currentUrl(request: FetchRequest): URL {
  return request.urls.at(-1) as URL;
}

/** Whether the request needs a preflight before it is sent to another origin. */
export function needsPreflight(request: FetchRequest): boolean {
  return !isSafelistedMethod(request.method) || corsUnsafeHeaderNames(request.headers).length > 0;
}

/** @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "includeCredentials" */
export function includesCredentials({ credentials, tainting }: FetchRequest): boolean {
  return credentials === 'include' || (credentials === 'same-origin' && tainting === 'basic');
}

/**
 * The value of the `Origin` header: `null` once a server of another origin has redirected to a third one, so that no
 * server can use the page's origin for a URL that the page did not choose.
 * @see https://fetch.spec.whatwg.org/#serializing-a-request-origin
 */
export function requestOrigin({ origin, urls }: FetchRequest): string {
  const tainted = urls.some((url, index) => {
    const last = urls[index - 1];
    return last !== undefined && url.origin !== last.origin && relationTo(origin, last) !== 'same-origin';
  });
  return tainted ? 'null' : origin;
}
