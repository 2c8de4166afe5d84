import type { Exchange } from './wire.js';
import type { NetworkErrorStep } from './network-error.js';

interface Observed {
  /** Everything that went to a server, in order, preflights included: for assertions and for debugging. */
  readonly exchanges: readonly Exchange[];
  /**
   * Whether a preflight was sent, or an earlier one's grant was still in the cache. Where redirects led to several
   * requests: what happened for the last one that needed permission.
   */
  readonly preflight: 'none' | 'cached' | 'sent';
}

/** A response, as the script sees it: `fetch()` resolves in the browser. */
export interface BrowserResponse extends Observed {
  readonly kind: 'response';
  /** `'opaque'` and `'opaqueredirect'` tell a script nothing: status 0, no headers, no body. */
  readonly type: 'basic' | 'cors' | 'opaque' | 'opaqueredirect';
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly redirected: boolean;
  /** Final URL without fragment; empty for an opaque response. */
  readonly url: string;
  /** What the script may read, and no more. */
  readonly headers: Headers;
  /** Whether the script gets to see status, headers and body. */
  readonly readable: boolean;
  /** Can be called as often as you like, other than in a browser. */
  text(): Promise<string>;
  /** Can be called as often as you like, other than in a browser. */
  json(): Promise<unknown>;
  /**
   * The response itself.
   * @throws Error when it is opaque
   */
  expectReadable(): BrowserResponse;
}

/** Nothing: `fetch()` rejects with `TypeError: Failed to fetch` in the browser, and only the console says why. */
export interface BrowserNetworkError extends Observed {
  readonly kind: 'network-error';
  /** Where the standard's algorithm ended. */
  readonly step: NetworkErrorStep;
  /** What the browser's console says, in about these words. */
  readonly message: string;
  readonly readable: false;
  /** @throws Error always, with the message */
  expectReadable(): never;
}

/** How a fetch ended. */
export type FetchResult = BrowserResponse | BrowserNetworkError;

/** The exchanges of a result, one line each, for error messages. */
export function describeExchanges(exchanges: readonly Exchange[]): string {
  return exchanges
    .map(({ kind, request, response }) => {
      const shown = (response?.headers ?? [])
        .filter(([name]) => /^(?:access-control-|location$|vary$)/i.test(name))
        .map(([name, value]) => `\n      ${name}: ${value}`);
      return `  ${kind}: ${request.method} ${request.url} -> ${response?.status ?? 'no response'}${shown.join('')}`;
    })
    .join('\n');
}
