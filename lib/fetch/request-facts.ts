/** The headers of a request as Node.js gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the CORS protocol reads of a preflight. */
export interface PreflightFacts {
  readonly origin: string;
  /** `Access-Control-Request-Method`. */
  readonly requestMethod: string;
  /** `Access-Control-Request-Headers`, its lines joined by commas; `undefined` without one. */
  readonly requestHeaders: string | undefined;
}

/**
 * The preflight that a request is, or `undefined` when it is any other request: a plain `OPTIONS` belongs to the
 * application.
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

/** The value of a header, several lines joined by commas: two `Origin` lines thereby become something that is no origin. */
export function headerValue(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
