import type { ReceivedHead, SentHead } from './http-exchange.js';

/** The headers of a handshake, for assertions and debugging. */
interface Handshake {
  /** `undefined` where the browser has sent nothing. */
  readonly request: SentHead | undefined;
  /** `undefined` without a response. */
  readonly response: ReceivedHead | undefined;
}

/** An open WebSocket: the `open` event in a browser. */
export interface BrowserWebSocket extends Handshake {
  readonly kind: 'open';
  /** Final URL, with the scheme `ws` or `wss`. */
  readonly url: string;
  /** The subprotocol that the server has chosen; empty without one. */
  readonly protocol: string;
  /** The messages so far: text, or bytes. */
  readonly messages: readonly (string | Uint8Array)[];
  /** Resolves when the socket has closed, with the code that a page would see: 1006 where the server sent none. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The next message that no earlier call has returned. Rejects when the socket closes without another one. */
  nextMessage(): Promise<string | Uint8Array>;
  send(text: string): void;
  /** @param code default: none, which the server reads as 1005 */
  close(code?: number, reason?: string): void;
}

/** No WebSocket: the `error` and `close` events in a browser, which tell a page nothing. Only the console has the reason. */
export interface BrowserWebSocketFailure extends Handshake {
  readonly kind: 'failed';
  /**
   * What has ended it: the browser itself (`mixed-content`), no response (`connection`), a response that is not a 101 (`status`), or
   * one that does not fit the request (`handshake`).
   */
  readonly step: 'mixed-content' | 'connection' | 'status' | 'handshake';
  /** The reason, much as the browser's console words it. */
  readonly message: string;
}

/** How the opening of a WebSocket ended. */
export type WebSocketResult = BrowserWebSocket | BrowserWebSocketFailure;
