/**
 * What a policy's `tenant` function sees: only facts that a preflight carries too, so that the preflight and the request
 * that follows it get the same tenant.
 */
export interface TenantRequest {
  /** Method of the actual request; for a preflight, the value of `Access-Control-Request-Method`. */
  readonly method: string;
  /** Path without the query string, as the client sent it. */
  readonly path: string;
  /** Parameters of the matched route; empty when no route matched. */
  readonly params: Readonly<Record<string, string>>;
  /** Host name without port, as the framework's own proxy trust settings give it. */
  readonly host: string;
  /** The serialized origin that asks. */
  readonly origin: string;
}
