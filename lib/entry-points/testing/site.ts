import { isLoopbackHost } from '../../origin/serialized-origin.js';
import { registrableDomain } from '../../origin/suffix-list.js';

/** How page and URL are related, from close to far. */
export type Relation = 'same-origin' | 'same-site' | 'cross-site';

/**
 * How the page and a URL are related. Sites have a scheme: `http://app.example` and `https://app.example` are two. An
 * opaque origin (`null`) is cross-site to every URL.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#same-site
 */
export function relationTo(origin: string, url: URL): Relation {
  if (origin === url.origin) {
    return 'same-origin';
  }
  return origin !== 'null' && siteOf(origin) === siteOf(url.origin) ? 'same-site' : 'cross-site';
}

/**
 * Whether only the server can read a request to the URL. Loopback counts, encrypted or not.
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
 */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

/**
 * Whether a page of https would open a connection that others can read. Browsers block it.
 * @see https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
 */
export function isMixedContent(origin: string, url: URL): boolean {
  return origin.startsWith('https:') && !isTrustworthy(url);
}

/** Scheme and registrable domain, or the host where it has none (IP addresses, `localhost`). */
function siteOf(origin: string): string {
  const [scheme = '', authority = ''] = origin.split('://');
  const host = authority.replace(/:[0-9]+$/, '');
  return `${scheme}://${registrableDomain(host) ?? host}`;
}
