import { currentUrl, type FetchRequest, requestOrigin } from './fetch-request.js';
import { type HeaderList, headerLines, headerValue } from './header-list.js';
import type { ReceivedHead } from './http-exchange.js';
import { FetchFailure } from './network-error.js';
import { relationTo } from './site.js';

/** Why the CORS check fails. */
export interface CorsCheckFailure {
  readonly part: 'origin' | 'credentials';
  /** A sentence with the header values involved. */
  readonly reason: string;
}

/**
 * Whether a response lets the request's origin read it. Every comparison is byte for byte.
 * @see https://fetch.spec.whatwg.org/#concept-cors-check
 */
export function corsCheck(request: FetchRequest, headers: HeaderList): CorsCheckFailure | undefined {
  const credentialed = request.credentials === 'include';
  const allowed = headerValue(headers, 'access-control-allow-origin');
  if (allowed === undefined) {
    return { part: 'origin', reason: "No 'Access-Control-Allow-Origin' header is present on the response." };
  }
  if (!credentialed && allowed === '*') {
    return undefined;
  }
  const origin = requestOrigin(request);
  if (origin !== allowed) {
    return { part: 'origin', reason: originMismatch(origin, allowed, headers) };
  }
  if (!credentialed) {
    return undefined;
  }
  const credentials = headerValue(headers, 'access-control-allow-credentials');
  return credentials === 'true'
    ? undefined
    : {
        part: 'credentials',
        reason:
          `The value of the 'Access-Control-Allow-Credentials' header is '${credentials ?? ''}', which must be 'true' ` +
          `when the request's credentials mode is 'include'.`,
      };
}

function originMismatch(origin: string, allowed: string, headers: HeaderList): string {
  if (headerLines(headers, 'access-control-allow-origin').length > 1 || allowed.includes(',')) {
    return `The 'Access-Control-Allow-Origin' header contains the values '${allowed}', but only one is allowed.`;
  }
  if (allowed === '*') {
    return (
      "The value of the 'Access-Control-Allow-Origin' header must not be the wildcard '*' when the request's " +
      "credentials mode is 'include'."
    );
  }
  const sent = origin === 'null' ? "'null' (that is what the request's Origin header was)" : `'${origin}'`;
  return `The 'Access-Control-Allow-Origin' header has the value '${allowed}', which is not the supplied origin ${sent}.`;
}

/**
 * Refuses a no-cors response to pages that its `Cross-Origin-Resource-Policy` excludes.
 * @see https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
 */
export function assertResourcePolicy(request: FetchRequest, { headers }: ReceivedHead): void {
  const policy = headerValue(headers, 'cross-origin-resource-policy');
  const relation = relationTo(request.origin, currentUrl(request));
  if (
    (policy === 'same-origin' && relation !== 'same-origin') ||
    (policy === 'same-site' && relation === 'cross-site')
  ) {
    const reason = `'${currentUrl(request).href}' has Cross-Origin-Resource-Policy: ${policy}, and the page is ${relation}.`;
    throw new FetchFailure('resource-policy', reason);
  }
}
