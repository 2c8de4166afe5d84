import type { HandlerAnswer, PolicyData, Resource, WireRequest } from '../documented/index.js';
import { ASSETS, fallbackPolicy, matrixPolicies, MIXED, MIXED_POLICIES, type PageOrigins, ROUTED } from './policies.js';

/** The headers of every answer of a handler. */
export const ANSWER_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['cache-control', 'no-store'],
  ['content-language', 'en'],
  ['content-type', 'text/plain; charset=utf-8'],
  ['expires', '0'],
  ['last-modified', 'Sat, 21 Nov 2026 12:00:00 GMT'],
  ['pragma', 'no-cache'],
  ['x-secret', 's'],
  ['x-total', '7'],
];

/**
 * What a handler answers, as its URL asks for: `status`, `to` for a `Location`, `cookie` for a `Set-Cookie`. The
 * applications and the documented server both ask here, since it is no matter of CORS.
 */
export function answerTo(method: string, { searchParams }: URL): HandlerAnswer {
  const status = Number(searchParams.get('status') ?? 200);
  // Express takes the type of a 204 away.
  const headers = ANSWER_HEADERS.filter(([name]) => status !== 204 || name !== 'content-type');
  const to = searchParams.get('to');
  if (to !== null) {
    headers.push(['location', to]);
  }
  for (const cookie of searchParams.getAll('cookie')) {
    headers.push(['set-cookie', cookie]);
  }
  return { status, headers, body: `${method} answered` };
}

/** What serves the URL of a request. */
export function resourceOf({ url, method }: WireRequest, pages: PageOrigins): Resource {
  const policies = matrixPolicies(pages);
  const target = new URL(url);
  const name = target.pathname.split('/')[1] ?? '';
  const answer = answerTo(method, target);
  const fallback = fallbackPolicy(pages);
  const policy = policies[name];
  if (name === MIXED) {
    const ofMethod = (asked: string) => policies[MIXED_POLICIES[asked === 'HEAD' ? 'GET' : asked] ?? ''] as PolicyData;
    return { policy: ofMethod, methods: ROUTED, fallback, answer };
  }
  if (policy !== undefined) {
    return { policy, methods: ROUTED, fallback, answer };
  }
  const entry = name === ASSETS.path ? (policies[ASSETS.policy] as PolicyData) : fallback;
  return { policy: entry, methods: 'unrouted', fallback: entry, answer };
}
