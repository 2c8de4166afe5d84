import { isNonstandardOrigin } from '../../origin/nonstandard-origin.js';
import { parseSerializedOrigin } from '../../origin/serialized-origin.js';
import { type FetchInit, readFetchCall, splitTarget } from './fetch-init.js';
import type { FetchResult } from './fetch-result.js';
import { type BrowserState, Fetching } from './fetching.js';
import { type AppTarget, baseUrlOf } from './network.js';
import { FetchFailure } from './network-error.js';
import { readNetworkError, readResponse } from './read-result.js';

/** A browser with one page open: see `browserFrom()`. */
export class TestBrowser {
  /** @internal */
  constructor(
    /** Serialized origin of the page. */
    readonly origin: string,
    private readonly app: AppTarget,
    private readonly publishedUrl: string | undefined,
    private readonly state: BrowserState,
    private readonly abort: () => void,
  ) {}

  /**
   * Does what `fetch()` in a script of the page does, and resolves to what the script sees.
   *
   * Resolves for network errors too, unlike a browser's `fetch()`, which rejects with the same `TypeError: Failed to fetch`
   * for all of them: tests assert refusals as often as grants, and a refusal is worth its reason. Use
   * `expectReadable()` where anything but a readable response should fail the test. It rejects, with a `TypeError`, only where
   * the call itself is wrong: a forbidden method, a malformed header, a GET with a body.
   *
   * @param target `'/orders'`, `'PUT /orders/1'` or an absolute URL; relative to the application, not to the page. The URL
   * is parsed the way browsers do, so that `/a/../b` becomes `/b`.
   */
  async fetch(target: string, init: FetchInit = {}): Promise<FetchResult> {
    const { method, url: text } = splitTarget(target);
    if (method !== undefined && init.method !== undefined && method !== init.method) {
      throw new TypeError(`The method is '${method}' in the target and '${init.method}' in the options`);
    }
    const url = new URL(text, await this.#baseUrl());
    if (init.host !== undefined) {
      url.host = init.host;
      this.state.network.publish(url.origin, this.app);
    }
    const request = await readFetchCall(this.origin, url, method ?? init.method ?? 'GET', init);
    const fetching = new Fetching(this.state);
    try {
      return readResponse(await fetching.run(request), fetching);
    } catch (error) {
      if (error instanceof FetchFailure) {
        return readNetworkError(error, fetching);
      }
      throw error;
    }
  }

  /** Another page in the same browser: it shares cookies with this one, as tabs do. */
  pageOf(origin: string): TestBrowser {
    return new TestBrowser(checkedOrigin(origin), this.app, this.publishedUrl, this.state, this.abort);
  }

  /**
   * Stores a cookie of the application, as if the user had visited it and it had answered with this `Set-Cookie`.
   * @example `await browser.setCookie('session=1; Secure; SameSite=None')`
   */
  async setCookie(setCookie: string): Promise<void> {
    this.state.cookies.store(new URL(await this.#baseUrl()), setCookie, true);
  }

  clearCookies(): void {
    this.state.cookies.clear();
  }

  /** Forgets every grant, as if its time had passed. */
  clearPreflightCache(): void {
    this.state.preflightCache.clear();
  }

  /** Breaks off what is still under way, such as streams of events. Needed for those only. */
  close(): void {
    this.abort();
  }

  async #baseUrl(): Promise<string> {
    const base = this.publishedUrl ?? (await baseUrlOf(this.app));
    this.state.network.publish(base, this.app);
    return base;
  }
}

/** @throws TypeError when it is not one that a browser would send */
export function checkedOrigin(origin: string): string {
  if (origin !== 'null' && parseSerializedOrigin(origin) === undefined && !isNonstandardOrigin(origin)) {
    throw new TypeError(`'${origin}' is no origin as browsers write it, such as 'https://partner.example'`);
  }
  return origin;
}
