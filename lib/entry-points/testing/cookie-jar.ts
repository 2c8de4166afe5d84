import { parseSetCookie, type SetCookie } from './set-cookie.js';
import { isTrustworthy } from './site.js';

interface Cookie extends SetCookie {
  readonly host: string;
  readonly path: string;
  readonly created: number;
}

/**
 * The cookies of one browser, of every host. Cookies ignore ports.
 *
 * All cookies are host-only: a `Domain` that covers the host stands for the host, and any other one refuses the cookie. Also
 * not modelled: partitioned cookies, public suffixes, limits on sizes and numbers, `document.cookie`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-5
 */
export class CookieJar {
  #cookies: readonly Cookie[] = [];
  #created = 0;

  /**
   * @param now milliseconds since 1970
   * @param thirdParty whether cookies are sent to, and stored from, other sites than the page's
   */
  constructor(
    private readonly now: () => number,
    private readonly thirdParty: boolean,
  ) {}

  /**
   * Takes one `Set-Cookie` line of a response from `url`.
   * @param sameSite whether page and URL are of one site; in a cross-site response only `SameSite=None` can set a cookie
   */
  store(url: URL, line: string, sameSite: boolean): void {
    const parsed = parseSetCookie(line, this.now());
    if (parsed === undefined || !isAcceptable(parsed, url) || !this.#mayTravel(parsed, sameSite)) {
      return;
    }
    const cookie: Cookie = {
      ...parsed,
      host: url.hostname,
      path: parsed.path ?? defaultPath(url),
      created: this.#created++,
    };
    const old = this.#cookies.find((other) => isSameCookie(other, cookie));
    // A cookie keeps its place when its value changes.
    const kept = old === undefined ? cookie : { ...cookie, created: old.created };
    this.#cookies = [...this.#cookies.filter((other) => other !== old), ...(this.#isExpired(cookie) ? [] : [kept])];
  }

  /**
   * The value of the `Cookie` header of a request to `url`; `undefined` without any.
   * @see https://www.rfc-editor.org/rfc/rfc6265#section-5.4
   */
  header(url: URL, sameSite: boolean): string | undefined {
    const sent = this.#cookies
      .filter((cookie) => !this.#isExpired(cookie) && cookie.host === url.hostname && coversPath(cookie.path, url))
      .filter((cookie) => !cookie.secure || isTrustworthy(url))
      .filter((cookie) => this.#mayTravel(cookie, sameSite))
      .toSorted((one, other) => other.path.length - one.path.length || one.created - other.created);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  clear(): void {
    this.#cookies = [];
  }

  #mayTravel(cookie: SetCookie, sameSite: boolean): boolean {
    return sameSite || (this.thirdParty && cookie.sameSite === 'none');
  }

  #isExpired({ expires }: Cookie): boolean {
    return expires !== undefined && expires <= this.now();
  }
}

/** @see https://www.ietf.org/archive/id/draft-ietf-httpbis-rfc6265bis-20.html#section-5.7 */
function isAcceptable(cookie: SetCookie, url: URL): boolean {
  const { name, secure, domain } = cookie;
  if ((secure && !isTrustworthy(url)) || (cookie.sameSite === 'none' && !secure)) {
    return false;
  }
  if (/^__secure-/i.test(name) && !secure) {
    return false;
  }
  if (/^__host-/i.test(name) && !(secure && cookie.path === '/' && domain === undefined)) {
    return false;
  }
  return domain === undefined || url.hostname === domain || url.hostname.endsWith(`.${domain}`);
}

function isSameCookie(one: Cookie, other: Cookie): boolean {
  return one.name === other.name && one.host === other.host && one.path === other.path;
}

/** @see https://www.rfc-editor.org/rfc/rfc6265#section-5.1.4 */
function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(pathname.lastIndexOf('/'), 1));
}

function coversPath(path: string, { pathname }: URL): boolean {
  return pathname === path || (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'));
}
