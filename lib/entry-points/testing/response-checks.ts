import { currentUrl, type FetchRequest, requestOrigin } from './fetch-request.js';
import { type HeaderList, headerValue } from './header-list.js';
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
    return { part: 'origin', reason: "No 'Access-Control-Allow-Origin' header is present on the requested resource." };
  }
  if (!credentialed && allowed === '*') {
    return undefined;
  }
  const origin = requestOrigin(request);
  if (origin !== allowed) {
    return { part: 'origin', reason: originMismatch(allowed) };
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
          `The value of the 'Access-Control-Allow-Credentials' header in the response is '${credentials ?? ''}' which must be 'true' ` +
          `when the request's credentials mode is 'include'.`,
      };
}

/**
 * Chromium distinguishes mistakes by the value:
 * https://source.chromium.org/chromium/chromium/src/+/main:services/network/public/cpp/cors/cors.cc
 */
function originMismatch(allowed: string): string {
  if (allowed === '*') {
    return (
      "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's " +
      "credentials mode is 'include'."
    );
  }
  const fault = /[ ,]/.test(allowed)
    ? `contains multiple values '${allowed}', but only one is allowed.`
    : allowed === 'null' || URL.canParse(allowed)
      ? `has a value '${allowed}' that is not equal to the supplied origin.`
      : `contains the invalid value '${allowed}'.`;
  return `The 'Access-Control-Allow-Origin' header ${fault} Have the server send the header with a valid value.`;
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
