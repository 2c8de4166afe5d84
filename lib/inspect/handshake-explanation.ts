import type { CorsReason } from '../decision/reasons.js';
import type { OriginLookupCall } from '../lookup/request-lookups.js';
import type { CorsPolicyDescription, CorsRouteDescription } from './descriptions.js';
import type { CorsSocketDescription } from './sockets.js';

/** A handshake to be explained: the request that opens a WebSocket, or a session of socket.io. */
export interface CorsExplainedHandshake {
  /** Class of the gateway. Default: what takes the `path`. */
  readonly gateway?: string | undefined;
  /** Path, with its query string where that matters. Default: the gateway's. */
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
  /** How the client begins. Default: `websocket`. */
  readonly transport?: 'websocket' | 'polling' | 'jsonp' | undefined;
  /** Whether cookies come along, as they do with every WebSocket of a page. Default: `false`. */
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

/** Why a handshake is, or is not, accepted. */
export interface CorsHandshakeExplanation {
  /** The request with its defaults filled in. */
  readonly request: {
    readonly path: string;
    /** `undefined` for the application's. */
    readonly port: number | undefined;
    readonly namespace: string | undefined;
    readonly origin: string | undefined;
    readonly site: string | undefined;
    readonly host: string;
    readonly transport: 'websocket' | 'polling' | 'jsonp';
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
  readonly handshake: CorsExplainedHandshakeDecision & {
    /** 403 where the library responds by itself; `undefined` where the application responds. */
    readonly status: 403 | undefined;
    /** What the application sees of the cookies; `undefined` where none came, and where the handshake is refused. */
    readonly cookies: 'kept' | 'removed' | undefined;
  };
  /** The decision of the namespace about its own socket; `undefined` where the handshake's counts. */
  readonly namespace: CorsExplainedHandshakeDecision | undefined;
  /** Whether the page gets its socket. */
  readonly accepted: boolean;
  /** One line: why not, and what to do; or which rule allows it. */
  readonly conclusion: string;
}
