/**
 * One code per way in which a CORS decision can end, in the order of the Fetch standard's checks. Codes are stable: they
 * may be asserted in tests and counted in metrics.
 */
export type CorsReason =
  /** The request has no `Origin` header: nothing to grant, nothing to refuse. */
  | 'no-origin'
  /** Granted. */
  | 'allowed'
  /** The `Origin` header is no serialized origin, or there are several. */
  | 'origin-malformed'
  /** The policy allows no such origin, or its lookup did not say `true`. */
  | 'origin-not-allowed'
  /** `Access-Control-Request-Method` is not exactly one method token. */
  | 'method-malformed'
  /** The path has routes, but none for the requested method. */
  | 'method-not-routed'
  /** The policy's `methods` do not contain the method. */
  | 'method-not-allowed'
  /** `Access-Control-Request-Headers` is no list of header names, or beyond its bounds. */
  | 'headers-malformed'
  /** The policy's `allowedHeaders` lack one of the requested names. */
  | 'header-not-allowed'
  /** The route can't be told from what this request carries, and its candidates have different policies. */
  | 'route-ambiguous'
  /** A defect of this library: nothing is granted. */
  | 'internal-error';
