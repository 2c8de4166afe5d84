import type { PolicyData, Resource, WireRequest } from '../documented/index.js';
import type { FetchCall } from './script-call.js';

/** The pages of sample 01. At first only the first one's origin is a row of its database. */
export interface SampleOrigins {
  readonly first: string;
  readonly second: string;
}

/** The routes that the README of the sample tells of, each with the status of its methods. */
const ROUTES: Readonly<
  Record<string, { readonly policy: string; readonly statuses: Readonly<Record<string, number>> }>
> = {
  '/partners/catalogue': { policy: 'partners', statuses: { GET: 200 } },
  '/partners/orders/7': { policy: 'partners', statuses: { GET: 200, PUT: 200 } },
  '/partners/orders/999': { policy: 'partners', statuses: { GET: 404, PUT: 404 } },
  '/partners/uploads': { policy: 'partners', statuses: { POST: 200 } },
  '/partners/session': { policy: 'session', statuses: { POST: 201 } },
  '/partners/account': { policy: 'partners', statuses: { GET: 401 } },
  '/public/prices': { policy: 'public', statuses: { GET: 200 } },
  '/internal/metrics': { policy: 'closed', statuses: { GET: 200 } },
  // Nothing that is posted here is an origin, so that the rows stay what they are.
  '/admin/origins': { policy: 'admin', statuses: { GET: 200, POST: 400 } },
};

export const PATHS: readonly string[] = [...Object.keys(ROUTES), '/no-such-path'];

const JSON_BODY: Pick<FetchCall, 'headers' | 'body'> = {
  headers: [['Content-Type', 'application/json']],
  body: { kind: 'text', text: '{"quantity":3}' },
};

/** What every page asks of every route. Signing in with leave comes first, so that there is a cookie to be sent or not. */
export const CALLS: Readonly<Record<string, FetchCall>> = {
  'POST, included': { method: 'POST', credentials: 'include' },
  'POST of JSON, included': { method: 'POST', credentials: 'include', ...JSON_BODY },
  'POST, not by CORS': { method: 'POST', credentials: 'include', mode: 'no-cors' },
  'GET, omitted': { method: 'GET', credentials: 'omit' },
  'GET, included': { method: 'GET', credentials: 'include' },
  'GET with Authorization': { method: 'GET', credentials: 'omit', headers: [['Authorization', 'Bearer token']] },
  'GET, not by CORS': { method: 'GET', credentials: 'include', mode: 'no-cors' },
  'GET of the same origin only': { method: 'GET', credentials: 'include', mode: 'same-origin' },
  'HEAD, same-origin': { method: 'HEAD', credentials: 'same-origin' },
  'PUT of JSON, omitted': { method: 'PUT', credentials: 'omit', ...JSON_BODY },
  'PUT of JSON, included': { method: 'PUT', credentials: 'include', ...JSON_BODY },
  'DELETE, included': { method: 'DELETE', credentials: 'include' },
};

/** What serves the URL of a request in the sample. */
export function sampleResource({ url, method, headers }: WireRequest, { first, second }: SampleOrigins): Resource {
  const partners: PolicyData = { lookup: [first], credentials: true, maxAge: 5 };
  const fallback: PolicyData = { lookup: [first] };
  const policies: Readonly<Record<string, PolicyData>> = {
    partners,
    session: { ...partners, rejectDisallowed: true },
    public: { origin: '*' },
    closed: { disabled: true },
    admin: { origin: [first, second] },
  };
  const { pathname } = new URL(url);
  const route = ROUTES[pathname];
  const type = ['content-type', 'application/json; charset=utf-8'] as const;
  if (route === undefined) {
    return { policy: fallback, methods: 'unrouted', fallback, answer: { status: 404, headers: [type], body: '' } };
  }
  const isSignedIn = pathname === '/partners/account' && headers['cookie']?.includes('session=');
  const status = route.statuses[method === 'HEAD' ? 'GET' : method] ?? 404;
  const signsIn = pathname === '/partners/session' && method === 'POST';
  const cookie = ['set-cookie', 'session=1; Path=/partners; SameSite=Lax'] as const;
  return {
    policy: policies[route.policy] as PolicyData,
    methods: Object.keys(route.statuses),
    fallback,
    answer: { status: isSignedIn ? 200 : status, headers: signsIn ? [type, cookie] : [type], body: '' },
  };
}
