import { isToken, trimOptionalWhitespace } from './token.js';

// Real lists are short. The bounds limit the echo of a hostile list.
const MAX_LIST_BYTES = 8192;
const MAX_LIST_ELEMENTS = 128;

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

/** The value of a header. Several lines are joined by commas, so that two `Origin` lines are not an origin. */
export function headerValue(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

/**
 * The names in a value of `Access-Control-Request-Headers`, trimmed and in lower case; `undefined` when it is malformed or
 * too long. Several header lines arrive joined by commas. Empty elements are ignored, but count (RFC 9110, section 5.6.1.2).
 * @see https://fetch.spec.whatwg.org/#http-access-control-request-headers
 */
export function parseHeaderNames(value: string): readonly string[] | undefined {
  if (value.length > MAX_LIST_BYTES) {
    return undefined;
  }
  // A preflight's value is read twice: it is checked first and granted later.
  if (value !== lastRead.value) {
    lastRead = { value, names: readHeaderNames(value) };
  }
  return lastRead.names;
}

let lastRead: { readonly value: string; readonly names: readonly string[] | undefined } = { value: '', names: [] };

function readHeaderNames(value: string): readonly string[] | undefined {
  const elements = value.split(',', MAX_LIST_ELEMENTS + 1);
  if (elements.length > MAX_LIST_ELEMENTS) {
    return undefined;
  }
  const names: string[] = [];
  for (const element of elements) {
    const name = trimOptionalWhitespace(element);
    if (name === '') {
      continue;
    }
    // '*' is a token; echoed, it would be a wildcard.
    if (name === '*' || !isToken(name)) {
      return undefined;
    }
    names.push(name.toLowerCase());
  }
  return names;
}
