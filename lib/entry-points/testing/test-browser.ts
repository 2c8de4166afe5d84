import { isNonstandardOrigin } from '../../origin/nonstandard-origin.js';
import { parseSerializedOrigin } from '../../origin/serialized-origin.js';
import { type FetchInit, readFetchCall, splitTarget } from './fetch-init.js';
import type { FetchResult } from './fetch-result.js';
import { type BrowserState, Fetching } from './fetching.js';
import { type AppTarget, baseUrlOf } from './network.js';
import { FetchFailure } from './network-error.js';
import { type EventSourceResult, openEventSource } from './event-source.js';
import { readNetworkError, readResponse } from './read-result.js';
import { openWebSocket } from './web-socket.js';
import type { WebSocketResult } from './web-socket-result.js';

/** A browser with one page open, made by `browserFrom()`. */
export interface TestBrowser {
  /** Serialized origin of the page. */
  readonly origin: string;

  /**
   * Does what `fetch()` in a script of the page does, and resolves to what the script sees.
   *
   * It also resolves for network errors, unlike a browser's `fetch()`, which rejects with `TypeError: Failed to fetch` for all
   * of them. Tests assert refusals as often as grants, and need the reason. Use `expectReadable()` where only a readable
   * response may pass the test. The promise rejects, with a `TypeError`, only where the call itself is wrong: a forbidden
   * method, a malformed header, a GET with a body.
   *
   * @param target `'/orders'`, `'PUT /orders/1'` or an absolute URL; relative to the application, not to the page. The URL
   * is parsed as browsers do, so that `/a/../b` becomes `/b`.
   */
  fetch(target: string, init?: FetchInit): Promise<FetchResult>;

  /**
   * Does what `new WebSocket()` in a script of the page does, and resolves when the socket is open, or when the handshake has
   * failed. CORS does not apply to it: the server alone can refuse the `Origin`. Cookies are sent as they are with `credentials:
   * 'include'`. A page of https cannot open `ws:`, except to this machine.
   *
   * @param target `'/socket'` or an absolute URL (`ws:`, `wss:`, `http:`, `https:`); relative to the application, not to the page
   * @param protocols subprotocols to offer. Default: none
   * @throws TypeError where the constructor throws: a URL of another scheme or with a fragment, malformed subprotocols
   * @example
   * ```ts
   * const socket = await browser.webSocket('/socket');
   * expect(socket.kind).toBe('open');
   * ```
   */
  webSocket(target: string, protocols?: string | readonly string[]): Promise<WebSocketResult>;

  /**
   * Does what `new EventSource()` in a script of the page does, and resolves when it is open, or when it has failed for good. It does
   * not connect again when the response ends.
   *
   * @param target `'/events'` or an absolute URL; relative to the application, not to the page
   * @param init `withCredentials`: whether cookies go to another origin, and the response has to allow that. Default: `false`
   */
  eventSource(target: string, init?: { readonly withCredentials?: boolean }): Promise<EventSourceResult>;

  /** Another page in the same browser: it shares cookies with this one, as tabs do. */
  pageOf(origin: string): TestBrowser;

  /**
   * Stores a cookie of the application, as if the user had visited it and it had sent this `Set-Cookie`.
   * @example `await browser.setCookie('session=1; Secure; SameSite=None')`
   */
  setCookie(setCookie: string): Promise<void>;

  clearCookies(): void;

  /** Drops every cached preflight, as if all had expired. */
  clearPreflightCache(): void;

  /** Ends what is still under way, such as streams of events. Nothing else needs it. */
  close(): void;
}

/** A page of the browser that `browserFrom()` makes. */
export class Page implements TestBrowser {
  constructor(
    readonly origin: string,
    private readonly app: AppTarget,
    private readonly publishedUrl: string | undefined,
    private readonly state: BrowserState,
    private readonly abort: () => void,
  ) {}

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

  async webSocket(target: string, protocols: string | readonly string[] = []): Promise<WebSocketResult> {
    const url = new URL(target, await this.#baseUrl());
    if (!/^(?:ws|http)s?:$/.test(url.protocol)) {
      throw new TypeError(`'${target}' is no URL of a WebSocket, such as 'wss://api.example.com/socket'`);
    }
    const http = new URL(url.href.replace(/^ws/, 'http'));
    return openWebSocket(this.origin, http, [protocols].flat(), this.state);
  }

  async eventSource(target: string, init: { readonly withCredentials?: boolean } = {}): Promise<EventSourceResult> {
    const url = new URL(target, await this.#baseUrl());
    return openEventSource(this.origin, url, init.withCredentials === true, this.state);
  }

  pageOf(origin: string): TestBrowser {
    return new Page(checkedOrigin(origin), this.app, this.publishedUrl, this.state, this.abort);
  }

  async setCookie(setCookie: string): Promise<void> {
    this.state.cookies.store(new URL(await this.#baseUrl()), setCookie, true);
  }

  clearCookies(): void {
    this.state.cookies.clear();
  }

  clearPreflightCache(): void {
    this.state.preflightCache.clear();
  }

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
    throw new TypeError(`'${origin}' is not an origin as browsers write it, such as 'https://partner.example'`);
  }
  return origin;
}
