import { serializedOrigin } from './cors-check.js';
import type { Arrival } from './exchange.js';
import type { CacheSubject } from './preflight-cache.js';
import type { Client, FetchRequest } from './request.js';
import { isSafelistedMethod, unsafeHeaderNames } from './safelist.js';

type Tainting = 'basic' | 'cors' | 'opaque';

/** A fetch under way: the parts of the standard's request that change from redirect to redirect. */
export interface Fetch {
  readonly client: Client;
  request: FetchRequest;
  readonly urls: string[];
  /** How many of the URLs were left behind when the request last started anew, where the browser does so. */
  forgotten: number;
  tainting: Tainting;
  readonly arrivals: Arrival[];
}

/** Whether a cross-origin request of this kind is one with a preflight: a condition of main fetch. */
export function asksPermission({ useCorsPreflight, unsafeRequest, method, headers }: FetchRequest): boolean {
  return useCorsPreflight || (unsafeRequest && (!isSafelistedMethod(method) || unsafeHeaderNames(headers).length > 0));
}

export function currentUrl({ urls }: Fetch): string {
  return urls.at(-1) as string;
}

export function originHeader({ client, urls }: Fetch): string {
  return serializedOrigin(client.origin, urls);
}

export function cacheSubject(fetch: Fetch): CacheSubject {
  const { client, request } = fetch;
  const partition = client.topLevel ?? client.origin;
  return { origin: originHeader(fetch), url: currentUrl(fetch), credentials: request.credentials, partition };
}
