import type { CorsReason } from '../decision/reasons.js';
import type { OriginLookupCall } from '../lookup/request-lookups.js';
import type { CorsPolicyDescription, CorsRouteDescription } from './descriptions.js';

/** A request to be explained, as a script would make it. */
export interface CorsExplainedRequest {
  readonly method: string;
  /** Path, with its query string where that matters. */
  readonly path: string;
  /** The script's origin. */
  readonly origin: string;
  /** Host that the request is sent to, with its port. Default: `localhost`. */
  readonly host?: string | undefined;
  /** Headers that the script sets; headers that no script can set (`Cookie`, `Host`, ...) are left out. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the request carries credentials (`credentials: 'include'`). Default: `false`. */
  readonly credentials?: boolean | undefined;
}

/** One decision, with what it means and what to do about it. */
export interface CorsExplainedDecision {
  readonly granted: boolean;
  readonly reason: CorsReason;
  /** The header that a preflight is refused for, in lower case. Absent where no header is the reason. */
  readonly header?: string;
  /** Every header that a preflight is refused for; of more than eight, the first nine. Absent where no header is the reason. */
  readonly refusedHeaders?: readonly string[];
  readonly message: string;
  readonly fix: string;
  /** `Vary` and the `Access-Control-*` headers, exactly as they are sent. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The preflight of an explained request. */
export interface CorsExplainedPreflight extends CorsExplainedDecision {
  /** Whether a browser sends a preflight for this request. */
  readonly sent: boolean;
  /** Has no meaning where the preflight is left to the application. */
  readonly status: number;
  /** Why browsers must not cache the preflight. Absent where they may. */
  readonly note?: string;
  /** Routes that the actual request may reach, as far as the preflight tells. */
  readonly candidates: readonly CorsRouteDescription[];
}

/** The response to an explained request. */
export interface CorsExplainedResponse extends CorsExplainedDecision {
  /** 403 where the library responds by itself; `undefined` where the application responds. */
  readonly status: 403 | undefined;
}

/** Why the response is, or is not, readable for a script of another origin. */
export interface CorsExplanation {
  /** The request with its defaults filled in. */
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly origin: string;
    readonly host: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly credentials: boolean;
  };
  /** The route that the request reaches; `undefined` when Nest routes nothing there. */
  readonly route: CorsRouteDescription | undefined;
  /** The policy of the response, with the source of every field. */
  readonly policy: CorsPolicyDescription;
  /** Calls of lookups, lists and origin functions for the response: where each result came from, and its age. */
  readonly lookupCalls: readonly OriginLookupCall[];
  readonly preflight: CorsExplainedPreflight;
  readonly response: CorsExplainedResponse;
  /** Whether the script can read the response. Also `false` for an `external` path, where another application decides. */
  readonly readable: boolean;
  /** One line: why not, and what to do; or which rule allows it. */
  readonly conclusion: string;
}
