import { corsCheck } from './response-checks.js';
import { type FetchRequest, requestOrigin } from './fetch-request.js';
import { type HeaderList, headerValue, tokenList } from './header-list.js';
import type { ReceivedHead } from './http-exchange.js';
import { blockedByCors } from './network-error.js';
import { isHeaderGranted, isMethodGranted, type PreflightGrant } from './preflight-cache.js';
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

/**
 * The grant of a preflight's response.
 * @throws FetchFailure when it does not grant the request: origin, credentials, status, method and headers, in this order
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, from step 7
 */
export function readGrant(request: FetchRequest, { status, headers }: ReceivedHead): PreflightGrant {
  const failure = corsCheck(request, headers);
  if (failure !== undefined) {
    const intro = "Response to preflight request doesn't pass access control check: ";
    throw blockedByCors(request, `preflight-${failure.part}`, intro + failure.reason);
  }
  if (status < 200 || status > 299) {
    const redirect = status >= 300 && status < 400 ? ' Redirect is not allowed for a preflight request.' : '';
    const reason = `Response to preflight request has the HTTP status ${status}, which is not an ok status.${redirect}`;
    throw blockedByCors(request, 'preflight-status', reason);
  }
  const methods = listOf(request, headers, 'Access-Control-Allow-Methods', 'preflight-method');
  const headerNames = listOf(request, headers, 'Access-Control-Allow-Headers', 'preflight-header');
  const credentials = request.credentials === 'include';
  if (!isMethodGranted(request.method, methods, credentials)) {
    const reason = `Method ${request.method} is not allowed by ${shown(headers, 'Access-Control-Allow-Methods')}`;
    throw blockedByCors(request, 'preflight-method', reason + hint(methods, 'method'));
  }
  const refused = corsUnsafeHeaderNames(request.headers).find(
    (name) => !isHeaderGranted(name, headerNames, credentials),
  );
  if (refused !== undefined) {
    const reason = `Request header field ${refused} is not allowed by ${shown(headers, 'Access-Control-Allow-Headers')}`;
    throw blockedByCors(request, 'preflight-header', reason + hint(headerNames, 'header'));
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
    throw blockedByCors(request, step, `Cannot parse the ${shown(headers, name)}.`);
  }
  return list ?? [];
}

function shown(headers: HeaderList, name: string): string {
  const value = headerValue(headers, name);
  return value === undefined
    ? `the preflight response, which has no ${name} header`
    : `${name} in the preflight response, which is '${value}'`;
}

function hint(list: readonly string[], what: 'method' | 'header'): string {
  if (!list.includes('*')) {
    return '.';
  }
  return what === 'header'
    ? `; the wildcard '*' covers neither Authorization nor any header of a request with credentials.`
    : `; the wildcard '*' covers no method of a request with credentials.`;
}
