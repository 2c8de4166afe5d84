/** The headers of a request as Node.js gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a preflight that the CORS protocol reads. */
export interface PreflightFacts {
  readonly origin: string;
  /** `Access-Control-Request-Method`. */
  readonly requestMethod: string;
  /** `Access-Control-Request-Headers`, its lines joined by commas; `undefined` without one. */
  readonly requestHeaders: string | undefined;
}

/**
 * Reads a preflight; `undefined` for any other request, such as a plain `OPTIONS`.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-request
 */
export function readPreflight(method: string | undefined, headers: RequestHeaders): PreflightFacts | undefined {
  if (method !== 'OPTIONS') {
    return undefined;
  }
  const origin = headerValue(headers, 'origin');
  const requestMethod = headerValue(headers, 'access-control-request-method');
  if (origin === undefined || requestMethod === undefined) {
    return undefined;
  }
  return { origin, requestMethod, requestHeaders: headerValue(headers, 'access-control-request-headers') };
}

/** The value of a header. Several lines are joined by commas, so that two `Origin` lines are no origin. */
export function headerValue(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
