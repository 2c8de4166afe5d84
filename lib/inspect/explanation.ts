import type { CorsReason } from '../decision/reasons.js';
import type { OriginLookupCall } from '../lookup/origin-inquiry.js';
import type { CorsPolicyDescription } from './described-policy.js';
import type { CorsRouteDescription } from './described-route.js';

/** A request to be explained, as a script would make it. */
export interface CorsExplainedRequest {
  readonly method: string;
  /** Path, with a query string where it matters. */
  readonly path: string;
  /** The script's origin. */
  readonly origin: string;
  /** Host that is asked, with its port. Default: `localhost`. */
  readonly host?: string | undefined;
  /** Headers that the script sets; those that no script can set (`Cookie`, `Host`, ...) are left out. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the request carries credentials (`credentials: 'include'`). Default: `false`. */
  readonly credentials?: boolean | undefined;
}

/** One decision, with what it means and what to do about it. */
export interface CorsExplainedDecision {
  readonly granted: boolean;
  readonly reason: CorsReason;
  /** The header that a preflight is refused for, in lower case. Absent where it is none. */
  readonly header?: string;
  /** Every header that a preflight is refused for, of more than eight the first nine. Absent where it is none. */
  readonly refusedHeaders?: readonly string[];
  readonly message: string;
  readonly fix: string;
  /** `Vary` and the `Access-Control-*` headers, exactly as they go out. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The preflight of an explained request. */
export interface CorsExplainedPreflight extends CorsExplainedDecision {
  /** Whether a browser asks at all for this request. */
  readonly sent: boolean;
  /** Of no meaning where the preflight is left to the application. */
  readonly status: number;
  /** What the headers do not say by themselves; absent where they do. */
  readonly note?: string;
  /** Routes that the actual request may reach, as far as a preflight can tell. */
  readonly candidates: readonly CorsRouteDescription[];
}

/** The response to an explained request. */
export interface CorsExplainedResponse extends CorsExplainedDecision {
  /** 403 where the library answers itself; `undefined` where the application does. */
  readonly status: 403 | undefined;
}

/** Why a request is, or is not, readable for a script of another origin. */
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
  /** The policy that the response is judged by, with the source of every field. */
  readonly policy: CorsPolicyDescription;
  /** What was asked of lookups, lists and origin functions for the response, who answered, and how old the answer was. */
  readonly questions: readonly OriginLookupCall[];
  readonly preflight: CorsExplainedPreflight;
  readonly response: CorsExplainedResponse;
  /** Whether the script gets to read the response; `false` also where an `external` path leaves that to something else. */
  readonly readable: boolean;
  /** One line: why not, and what to do; or what the access rests on. */
  readonly conclusion: string;
}
