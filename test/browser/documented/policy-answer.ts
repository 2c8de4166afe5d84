import type { WireRequest, WireResponse } from './exchange.js';
import { type HandlerAnswer, isNamed, isRouted, type PolicyData, policyOf, type Resource } from './policy.js';
import { allowsEveryOrigin, allowsOrigin } from './policy-origin.js';

type Lines = (readonly [name: string, value: string])[];

const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'] as const;

/** What the documentation promises that a resource answers: the whole library, as its users were told that it works. */
export function answerOf(resource: Resource, request: WireRequest): WireResponse {
  const asked = request.headers['access-control-request-method'];
  return request.method === 'OPTIONS' && asked !== undefined && request.headers['origin'] !== undefined
    ? answerPreflight(resource, asked, request)
    : answerActual(resource, request);
}

function answerPreflight(resource: Resource, method: string, { headers }: WireRequest): WireResponse {
  const origin = headers['origin'] ?? '';
  const policy = policyOf(resource, method);
  const names = (headers['access-control-request-headers'] ?? '').split(',').filter((name) => name !== '');
  const granted =
    (resource.methods === 'unrouted' || isRouted(resource.methods, method)) &&
    allowsOrigin(policy, origin) &&
    allowsMethod(policy, method) &&
    names.every((name) => allowsHeader(policy, name));
  if (!granted) {
    return { status: 403, headers: [], body: '', handled: false };
  }
  const lines: Lines = [...grantOf(policy, origin), ['access-control-allow-methods', method]];
  if (names.length > 0) {
    lines.push(['access-control-allow-headers', names.join(',')]);
  }
  const policies = new Set(
    resource.methods === 'unrouted' ? [] : resource.methods.map((each) => policyOf(resource, each)),
  );
  const maxAge = policies.size > 1 ? 0 : policy.maxAge;
  if (maxAge !== undefined) {
    lines.push(['access-control-max-age', String(maxAge)]);
  }
  return { status: policy.optionsSuccessStatus ?? 204, headers: lines, body: '', handled: false };
}

function answerActual(resource: Resource, { method, url, headers }: WireRequest): WireResponse {
  const policy = policyOf(resource, method);
  const origin = headers['origin'];
  const permitted = allowsMethod(policy, method);
  const allowed = origin !== undefined && permitted && allowsOrigin(policy, origin);
  const own =
    headers['sec-fetch-site'] === undefined
      ? origin === new URL(url).origin
      : headers['sec-fetch-site'] === 'same-origin';
  const rejected = policy.rejectDisallowed === true && origin !== undefined && !allowed && !own;
  const answer = rejected ? errorOf(403) : isRouted(resource.methods, method) ? resource.answer : errorOf(404);
  const lines: Lines = [...answer.headers];
  if (allowed || (permitted && allowsEveryOrigin(policy))) {
    lines.push(...grantOf(policy, origin));
    lines.push(...exposureOf(policy, answer));
  }
  const body = method === 'HEAD' ? '' : answer.body;
  return { status: answer.status, headers: lines, body, handled: answer === resource.answer };
}

function grantOf(policy: PolicyData, origin: string | undefined): Lines {
  const lines: Lines = [['access-control-allow-origin', allowsEveryOrigin(policy) ? '*' : (origin ?? '')]];
  if (policy.credentials && origin !== undefined) {
    lines.push(['access-control-allow-credentials', 'true']);
  }
  return lines;
}

function exposureOf({ exposedHeaders = [] }: PolicyData, { headers }: HandlerAnswer): Lines {
  const names =
    exposedHeaders === 'all' ? headers.map(([name]) => name) : exposedHeaders === '*' ? ['*'] : exposedHeaders;
  return names.length === 0 ? [] : [['access-control-expose-headers', names.join(', ')]];
}

function allowsMethod({ methods }: PolicyData, method: string): boolean {
  return methods === undefined || isNamed(methods, method);
}

/** Headers that can lead a request to another route, as far as the matrix has them. */
const STEERING =
  /^(?:x-http-method(?:-override)?|x-method-override|forwarded|x-forwarded-.*|x-(?:original|rewrite)-url)$/;

function allowsHeader({ allowedHeaders = '*' }: PolicyData, name: string): boolean {
  return allowedHeaders === '*'
    ? !STEERING.test(name)
    : allowedHeaders.some((allowed) => allowed.toLowerCase() === name);
}

/** How Nest answers what no handler answers. Its text is nobody's promise. */
function errorOf(status: number): HandlerAnswer {
  return { status, headers: [JSON_TYPE], body: 'an error' };
}
