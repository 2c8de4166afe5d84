import type { RequestHeaders } from './preflight-request.js';

/**
 * Whether a request with an `Origin` comes from the application's own origin. `Sec-Fetch-Site` decides. Without it, the
 * authority of the origin is compared with the requested host, under either scheme, since TLS may end at a proxy.
 * @param host the requested host with its port, as the framework's own proxy trust settings give it
 * @see https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
 */
export function isSameOrigin(origin: string, headers: RequestHeaders, host: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    return site === 'same-origin';
  }
  const scheme = /^(https?):\/\//.exec(origin)?.[1];
  if (scheme === undefined || host === undefined || host === '') {
    return false;
  }
  const authority = origin.slice(scheme.length + 3);
  const defaultPort = scheme === 'https' ? ':443' : ':80';
  const requested = host.toLowerCase();
  return requested === authority || requested === authority + defaultPort;
}
