import type { CorsReason } from '../decision/reasons.js';
import type { OriginLookupCall } from '../lookup/request-lookups.js';
import type { CorsPolicyDescription, CorsRouteDescription } from './descriptions.js';
import type { CorsExplainedDecision } from './explanation.js';
import type { CorsSocketDescription } from './sockets.js';

/**
 * A handshake to be explained: the request that opens a WebSocket, or a session of socket.io. A later request of an open session is
 * one as well, because each of them is decided anew: a poll, a message that is sent by polling, the upgrade to a WebSocket.
 */
export interface CorsExplainedHandshake {
  /** Class of the gateway. Default: what takes the `path`. */
  readonly gateway?: string | undefined;
  /** Path, with its query string where that matters: copy it from the browser's network tab. Default: the gateway's. */
  readonly path?: string | undefined;
  /** Port of its own that the gateway listens on. Default: the application's, or that of the `gateway`. */
  readonly port?: number | undefined;
  /** Namespace of socket.io that the client joins. Default: that of the `gateway`, or `/`. */
  readonly namespace?: string | undefined;
  /** The page's origin; `undefined` for a client that sends none. */
  readonly origin?: string | undefined;
  /** `Sec-Fetch-Site`; `undefined` for a client that sends none. Chromium sends it over https alone. */
  readonly site?: 'same-origin' | 'same-site' | 'cross-site' | 'none' | undefined;
  /** Host that the request is sent to, with its port. Default: `localhost`. */
  readonly host?: string | undefined;
  /**
   * How the request is sent. Default: what the query of the `path` says to socket.io, `polling` for a POST, otherwise `websocket`.
   */
  readonly transport?: 'websocket' | 'polling' | 'jsonp' | undefined;
  /**
   * Session of socket.io that the request belongs to, for a later poll or for the upgrade of a session. Any name will do: whether
   * the session is open is a matter of socket.io. Default: the `sid` in the query of the `path`; without one, the request begins a
   * session.
   */
  readonly sid?: string | undefined;
  /** `GET`, or `POST` for what the client of an open session sends by polling. Default: `GET`. */
  readonly method?: 'GET' | 'POST' | undefined;
  /**
   * Headers that the page sets (`extraHeaders` of socket.io's client). A browser sends a preflight before polling with most of
   * them. WebSockets and JSONP have none.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether cookies come along: with every WebSocket of a page, and with polling `withCredentials`. Default: `false`. */
  readonly credentials?: boolean | undefined;
}

/** One decision about a handshake, with what it means and what to do about it. */
export interface CorsExplainedHandshakeDecision {
  /** Also `true` where the application decides by itself (`left-to-application`). */
  readonly accepted: boolean;
  readonly reason: CorsReason;
  /** Label of the policy that decided. */
  readonly policy: string;
  readonly message: string;
  readonly fix: string;
}

/** The preflight of a request of polling. */
export interface CorsExplainedPollPreflight extends CorsExplainedDecision {
  /** Whether a browser sends a preflight for this request. */
  readonly sent: boolean;
  /** Has no meaning where the preflight is left to the application. */
  readonly status: number;
}

/** Why a handshake is, or is not, accepted. */
export interface CorsHandshakeExplanation {
  /** The request with its defaults filled in. */
  readonly request: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    /** `undefined` for the application's. */
    readonly port: number | undefined;
    readonly namespace: string | undefined;
    /** `undefined` for the first request of a session. */
    readonly sid: string | undefined;
    readonly origin: string | undefined;
    readonly site: string | undefined;
    readonly host: string;
    readonly transport: 'websocket' | 'polling' | 'jsonp';
    readonly headers: Readonly<Record<string, string>>;
    readonly credentials: boolean;
  };
  /** The gateways that share the handshake; none for other upgrades. */
  readonly gateways: readonly CorsSocketDescription[];
  /** The route whose policy an upgrade has; `undefined` for gateways, and where Nest routes nothing. */
  readonly route: CorsRouteDescription | undefined;
  /** The policy that decided about the handshake, with the source of every field. */
  readonly policy: CorsPolicyDescription;
  /** Calls of lookups, lists and origin functions: where each result came from, and its age. */
  readonly lookupCalls: readonly OriginLookupCall[];
  /** `undefined` for WebSockets and JSONP, and without an `origin`: browsers send no preflight there. */
  readonly preflight: CorsExplainedPollPreflight | undefined;
  readonly handshake: CorsExplainedHandshakeDecision & {
    /** 403 where the library responds by itself; `undefined` where the application responds. */
    readonly status: 403 | undefined;
    /**
     * What the application sees of cookies and HTTP authentication; `undefined` where none came, and where the handshake is refused.
     */
    readonly cookies: 'kept' | 'removed' | undefined;
    /** `Vary` and the `Access-Control-*` headers of the answer to polling, exactly as they are sent. Empty for a WebSocket. */
    readonly headers: Readonly<Record<string, string>>;
  };
  /**
   * The decision of the namespace about its own socket; `undefined` where the handshake's counts. A namespace decides about the first
   * request of a session, so a request with a `sid` has none.
   */
  readonly namespace: CorsExplainedHandshakeDecision | undefined;
  /** Whether the page gets its socket; of a request in an open session, whether the page gets its answer. */
  readonly accepted: boolean;
  /** One line: why not, and what to do; or which rule allows it. */
  readonly conclusion: string;
}
