import { headerList, headerValue, type WireResponse } from './exchange.js';
import { isSameOrigin, originOf } from './origin.js';
import type { Failure, FetchRequest } from './request.js';
import { isSafelistedMethod, isToken, unsafeHeaderNames } from './safelist.js';

/** https://fetch.spec.whatwg.org/#concept-cors-check */
export function passesCorsCheck(response: WireResponse, origin: string, { credentials }: FetchRequest): boolean {
  const allowed = headerValue(response, 'access-control-allow-origin');
  if (allowed === '*' && credentials !== 'include') {
    return true;
  }
  if (allowed !== origin) {
    return false;
  }
  return credentials !== 'include' || headerValue(response, 'access-control-allow-credentials') === 'true';
}

/** What a preflight's answer grants, or the check that fails: https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 */
export function readPreflightAnswer(
  response: WireResponse,
  origin: string,
  request: FetchRequest,
): Failure | { methods: readonly string[]; headerNames: readonly string[]; maxAge: number | undefined } {
  if (!passesCorsCheck(response, origin, request)) {
    return 'preflight-origin';
  }
  if (response.status < 200 || response.status > 299) {
    return 'preflight-status';
  }
  const named = tokensOf(response, 'access-control-allow-methods');
  const headerNames = tokensOf(response, 'access-control-allow-headers') ?? [];
  if (named === 'malformed') {
    return 'preflight-method';
  }
  if (headerNames === 'malformed') {
    return 'preflight-header';
  }
  const methods = named ?? (request.useCorsPreflight ? [request.method] : []);
  const starCounts = request.credentials !== 'include';
  const { method } = request;
  if (!methods.includes(method) && !isSafelistedMethod(method) && !(starCounts && methods.includes('*'))) {
    return 'preflight-method';
  }
  const lower = new Set(headerNames.map((name) => name.toLowerCase()));
  const covers = (name: string) => lower.has(name) || (starCounts && lower.has('*') && name !== 'authorization');
  if (!unsafeHeaderNames(request.headers).every(covers)) {
    return 'preflight-header';
  }
  const maxAge = headerValue(response, 'access-control-max-age');
  return { methods, headerNames, maxAge: maxAge !== undefined && /^\d+$/.test(maxAge) ? Number(maxAge) : undefined };
}

/**
 * What `Origin` says: `null` after a redirect away from an origin that is not the client's own.
 * @see https://fetch.spec.whatwg.org/#concept-request-tainted-origin
 */
export function serializedOrigin(origin: string, urls: readonly string[]): string {
  const tainted = urls.some((url, hop) => {
    const last = urls[hop - 1];
    return last !== undefined && !isSameOrigin(originOf(url), originOf(last)) && !isSameOrigin(origin, originOf(last));
  });
  return tainted ? 'null' : origin;
}

function tokensOf(response: WireResponse, name: string): string[] | 'malformed' | undefined {
  const values = headerList(response, name)?.filter((value) => value !== '');
  return values === undefined || values.every(isToken) ? values : 'malformed';
}
