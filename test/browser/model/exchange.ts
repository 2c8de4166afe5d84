/** A request as it goes over the wire, in what CORS is about. Header names in lower case. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** `origin`, `cookie`, `access-control-request-*` and what the script set. */
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

/** What answers requests: a server, or a model of one. */
export type Network = (request: WireRequest) => WireResponse;

/** One request that reached a server. */
export interface Arrival extends WireRequest {
  /** Whether it asked for permission: OPTIONS with `Access-Control-Request-Method`. */
  readonly preflight: boolean;
  readonly handled: boolean;
}

/** The values of a header, as the standard's "get, decode, and split" sees them; `undefined` without such a header. */
export function headerList(response: WireResponse, name: string): string[] | undefined {
  const value = headerValue(response, name);
  return value?.split(',').map((part) => part.trim());
}

/** The combined value of a header: https://fetch.spec.whatwg.org/#concept-header-list-get */
export function headerValue({ headers }: WireResponse, name: string): string | undefined {
  const values = headers.filter(([given]) => given === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}
