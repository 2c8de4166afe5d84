import type { Arrival } from './exchange.js';
import type { HeaderLines } from './safelist.js';

export type Mode = 'cors' | 'no-cors' | 'same-origin' | 'navigate';
export type Credentials = 'omit' | 'same-origin' | 'include';
export type Redirect = 'follow' | 'error' | 'manual';

/** A page, or a frame, that makes requests. */
export interface Client {
  /** Serialized origin; `null` for a sandboxed frame. */
  readonly origin: string;
  /** Origin of the page in the address bar, which decides about cookies. Default: the client's own. */
  readonly topLevel?: string;
}

/** A request in the sense of the standard, as `fetch()`, XHR or an element makes it. */
export interface FetchRequest {
  readonly url: string;
  /** Normalized. */
  readonly method: string;
  readonly mode: Mode;
  readonly credentials: Credentials;
  readonly redirect: Redirect;
  /** What the script, and the body, set: forbidden ones are not among them. */
  readonly headers: HeaderLines;
  readonly body: string | undefined;
  /** Set for `fetch()` and XHR; elements make requests that never need a preflight. */
  readonly unsafeRequest: boolean;
  /** Set by a listener on `XMLHttpRequest.upload`. */
  readonly useCorsPreflight: boolean;
}

/** What an element, or `sendBeacon()`, requests: nothing of it is unsafe unless its caller says so. */
export function requestOf(url: string, changes: Partial<FetchRequest> = {}): FetchRequest {
  return {
    url,
    method: 'GET',
    mode: 'no-cors',
    credentials: 'include',
    redirect: 'follow',
    headers: [],
    body: undefined,
    unsafeRequest: false,
    useCorsPreflight: false,
    ...changes,
  };
}

/** The step of the standard at which a request failed. A script sees the same of all of them: a TypeError. */
export type Failure =
  | 'invalid-call'
  | 'not-same-origin'
  | 'no-cors-redirect-mode'
  | 'preflight-origin'
  | 'preflight-status'
  | 'preflight-method'
  | 'preflight-header'
  | 'cors-check'
  | 'redirect'
  | 'too-many-redirects';

/** A failure on its way to the script. */
export class NetworkError extends Error {
  constructor(readonly failure: Failure) {
    super(failure);
  }
}

export type ResponseType = 'basic' | 'cors' | 'opaque' | 'opaqueredirect';

/** What a script gets. */
export type Result =
  | { readonly kind: 'error'; readonly failure: Failure }
  | {
      readonly kind: 'response';
      readonly type: ResponseType;
      /** 0 where the response is opaque. */
      readonly status: number;
      readonly redirected: boolean;
      readonly url: string;
      /** Names that the script can read, in lower case, sorted. */
      readonly headerNames: readonly string[];
      readonly body: string;
      /** Status of the response behind an opaque one, which elements look at. */
      readonly internalStatus: number;
    };

/** How a request ended: for the script, and for the servers. */
export interface Outcome {
  readonly result: Result;
  readonly arrivals: readonly Arrival[];
}
