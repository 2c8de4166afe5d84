import type { Exchange } from './wire.js';
import type { NetworkErrorStep } from './network-error.js';

interface Observed {
  /** Everything that was sent, in order, preflights included: for assertions and debugging. */
  readonly exchanges: readonly Exchange[];
  /**
   * Whether a preflight was sent, or an earlier one was still in the cache. After redirects, it is about the last request
   * that needed a preflight.
   */
  readonly preflight: 'none' | 'cached' | 'sent';
}

/** A response, as the script reads it: `fetch()` resolves in the browser. */
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
  /** The headers that the script may read. */
  readonly headers: Headers;
  /** Whether the script can read status, headers and body. */
  readonly readable: boolean;
  /** May be called several times, unlike in a browser. */
  text(): Promise<string>;
  /** May be called several times, unlike in a browser. */
  json(): Promise<unknown>;
  /**
   * The response itself.
   * @throws Error when it is opaque
   */
  expectReadable(): BrowserResponse;
}

/** No response: in the browser, `fetch()` rejects with `TypeError: Failed to fetch`, and only the console has the reason. */
export interface BrowserNetworkError extends Observed {
  readonly kind: 'network-error';
  /** Where the standard's algorithm ended. */
  readonly step: NetworkErrorStep;
  /** The reason. Where it is CORS, it is the sentence of Chrome's console. */
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
