import { CookieJar } from './cookie-jar.js';
import { type AppTarget, Network } from './network.js';
import { PreflightCache } from './preflight-cache.js';
import { checkedOrigin, Page, type TestBrowser } from './test-browser.js';

/** Options of {@link browserFrom}. */
export interface TestBrowserOptions {
  /**
   * URL that the application is published at, such as `'https://api.example.com'`: `Host`, cookies, `Sec-Fetch-Site` and
   * same-origin requests follow it, while the requests still go to the application. Default: its address,
   * `http://127.0.0.1:<port>`.
   */
  readonly url?: string | undefined;
  /** Other applications, by origin, for redirects from one to another. Servers on this machine need no entry. */
  readonly network?: Readonly<Record<string, AppTarget>> | undefined;
  /**
   * Whether cookies with `SameSite=None` go to another site than the page's. Default: `true`, as in Chromium's and
   * Firefox's normal windows; `false` as in Safari and in private windows.
   */
  readonly thirdPartyCookies?: boolean | undefined;
  /** Clock of the preflight cache and of cookies, in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * A browser with a page of `origin` open, whose scripts fetch from the application. It follows the Fetch standard:
 * safelisted requests, preflights and their cache, the CORS check, redirects, cookies, and the parts of a response that a
 * script may read.
 *
 * `app.init()` or `app.listen(0)` is enough: the first fetch makes an application listen on a free port of 127.0.0.1. Close
 * the application to clean up.
 *
 * Not modelled, because they do not affect an application's CORS policy: mixed content of `fetch()` (a page of
 * `https://partner.example` reaches `http://127.0.0.1`), local network access prompts, CSP, service workers, the HTTP
 * cache, HTTP authentication prompts, content codings, `Accept-Language` and `User-Agent`, referrer policies other than
 * the default, frames (a page is top-level), partitioned and `Domain` cookies, opaque response blocking.
 *
 * @param origin serialized origin of the page, or `'null'` for a page without one, such as a sandboxed frame
 * @param app the application, or the URL at which it runs
 * @throws TypeError when the origin is not one that a browser would send, or a URL has a path
 *
 * @example
 * ```ts
 * const browser = browserFrom('https://partner.example', app);
 * const response = await browser.fetch('PUT /orders/1', { headers: { 'If-Match': '"7"' }, credentials: 'include' });
 * expect(response).toBeReadable();
 * ```
 */
export function browserFrom(origin: string, app: AppTarget, options: TestBrowserOptions = {}): TestBrowser {
  const network = new Network();
  for (const [other, target] of Object.entries(options.network ?? {})) {
    network.publish(checkedUrl(other), target);
  }
  const now = options.now ?? Date.now;
  const abort = new AbortController();
  const state = {
    network,
    cookies: new CookieJar(now, options.thirdPartyCookies ?? true),
    preflightCache: new PreflightCache(now),
    signal: abort.signal,
  };
  const url = options.url ?? (typeof app === 'string' ? app : undefined);
  return new Page(checkedOrigin(origin), app, url && checkedUrl(url), state, () => abort.abort());
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new TypeError(`'${text}' is not the URL of a server, such as 'https://api.example.com'`);
  }
  return url.origin;
}
