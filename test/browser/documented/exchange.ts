/** A request as it goes over the wire. Header names in lower case. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response as it comes over the wire. Header names in lower case, repeated headers repeated. */
export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Whether the application's handler ran. */
  readonly handled: boolean;
}

/** One request that reached a server. */
export interface Arrival extends WireRequest {
  /** Whether it is a preflight: OPTIONS with `Access-Control-Request-Method`. */
  readonly preflight: boolean;
  readonly handled: boolean;
}
