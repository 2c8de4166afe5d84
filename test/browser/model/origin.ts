/** A site that has one label only, such as `localhost`, is a public suffix for the default rule `*` of the list. */
const IP_ADDRESS = /^(?:\d+\.){3}\d+$|^\[/;

/** How the relation of a request's URLs to its initiator is called in `Sec-Fetch-Site`. */
export type Site = 'same-origin' | 'same-site' | 'cross-site';

/** Serialized origin of a URL. */
export function originOf(url: string): string {
  return new URL(url).origin;
}

/** Whether two serialized origins are one. Opaque ones never are: `null` is how they look, not what they are. */
export function isSameOrigin(one: string, other: string): boolean {
  return one === other && one !== 'null';
}

/**
 * Whether two origins belong to one site, scheme included.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#same-site
 */
export function isSameSite(one: string, other: string): boolean {
  return one !== 'null' && other !== 'null' && siteOf(one) === siteOf(other);
}

/** @see https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header */
export function siteOfRequest(origin: string, urls: readonly string[]): Site {
  const origins = urls.map(originOf);
  if (origins.every((each) => isSameOrigin(each, origin))) {
    return 'same-origin';
  }
  return origins.every((each) => isSameSite(each, origin)) ? 'same-site' : 'cross-site';
}

/**
 * Scheme and registrable domain. The names of these tests are under suffixes of one label (`localhost`, `example`), so
 * that two labels make a registrable domain; a suffix alone and an address have none and stand for themselves.
 */
function siteOf(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  const host = IP_ADDRESS.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.');
  return `${protocol}//${host}`;
}
