import { corsCheck } from './response-checks.js';
import { type FetchRequest, requestOrigin } from './fetch-request.js';
import { type HeaderList, headerValue, tokenList } from './header-list.js';
import type { ReceivedHead } from './http-exchange.js';
import { blockedByCors } from './network-error.js';
import { isHeaderGranted, isMethodGranted, type PreflightGrant } from './preflight-cache.js';
import { isRedirectStatus } from './redirect.js';
import { corsUnsafeHeaderNames } from '../../fetch/safelist.js';

/**
 * The headers of a request's preflight, apart from those of every request.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
 */
export function preflightHeaders(request: FetchRequest): HeaderList {
  const names = corsUnsafeHeaderNames(request.headers);
  return [
    ['Accept', '*/*'],
    ['Access-Control-Request-Method', request.method],
    // The standard joins them without a space.
    ...(names.length === 0 ? [] : [['Access-Control-Request-Headers', names.join(',')] as const]),
    ['Origin', requestOrigin(request)],
  ];
}

const ACCESS_CHECK = "Response to preflight request doesn't pass access control check: ";
const REDIRECT = 'Redirect is not allowed for a preflight request.';
const NO_SUCCESS = 'It does not have HTTP ok status.';

/**
 * The grant of a preflight's response.
 * @throws FetchFailure when it does not grant the request: origin, credentials, status, method and headers, in this order
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, from step 7
 */
export function readGrant(request: FetchRequest, { status, headers }: ReceivedHead): PreflightGrant {
  const failure = corsCheck(request, headers);
  const isRedirect = isRedirectStatus(status) && headerValue(headers, 'location') !== undefined;
  if (failure !== undefined) {
    const reason = isRedirect ? REDIRECT : failure.reason;
    throw blockedByCors(request, `preflight-${failure.part}`, ACCESS_CHECK + reason);
  }
  if (status < 200 || status > 299) {
    throw blockedByCors(request, 'preflight-status', ACCESS_CHECK + (isRedirect ? REDIRECT : NO_SUCCESS));
  }
  const methods = listOf(request, headers, 'Access-Control-Allow-Methods', 'preflight-method');
  const headerNames = listOf(request, headers, 'Access-Control-Allow-Headers', 'preflight-header');
  const credentials = request.credentials === 'include';
  if (!isMethodGranted(request.method, methods, credentials)) {
    const reason = `Method ${request.method} is not allowed by Access-Control-Allow-Methods in preflight response.`;
    throw blockedByCors(request, 'preflight-method', reason);
  }
  // Chromium names the first header in the order of the script, and a Headers object loses that order.
  const refused = corsUnsafeHeaderNames(request.headers).find(
    (name) => !isHeaderGranted(name, headerNames, credentials),
  );
  if (refused !== undefined) {
    const reason = `Request header field ${refused} is not allowed by Access-Control-Allow-Headers in preflight response.`;
    throw blockedByCors(request, 'preflight-header', reason);
  }
  return { methods, headerNames, maxAge: headerValue(headers, 'access-control-max-age') };
}

function listOf(
  request: FetchRequest,
  headers: HeaderList,
  name: string,
  step: 'preflight-method' | 'preflight-header',
): readonly string[] {
  const list = tokenList(headers, name);
  if (list === 'malformed') {
    throw blockedByCors(request, step, `Cannot parse ${name} response header field in preflight response.`);
  }
  return list ?? [];
}
