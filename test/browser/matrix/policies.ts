import type { PolicyData } from '../documented/index.js';

/** Serialized origins of the pages, by the part that they play. */
export interface PageOrigins {
  readonly shop: string;
  /** A page of the shop's site, on another host. */
  readonly partner: string;
  /** Nobody's friend. */
  readonly stranger: string;
}

/** What `forRoot()` says: the policy of paths and methods that no route has. */
export function fallbackPolicy({ shop, partner }: PageOrigins): PolicyData {
  return { origin: [shop, partner], credentials: true, maxAge: 600, exposedHeaders: ['X-Total'] };
}

/** The policies of the matrix, by the first segment of their path. */
export function matrixPolicies(pages: PageOrigins): Readonly<Record<string, PolicyData>> {
  const { shop, partner } = pages;
  return {
    // Origins, in every way of writing them down.
    open: { origin: '*' },
    one: { origin: shop, credentials: true, exposedHeaders: ['X-Total'], maxAge: 600 },
    list: { origin: ['https://elsewhere.example', partner, shop], credentials: true, exposedHeaders: 'all' },
    pattern: { origin: 'http://*.localhost:*', allowedHeaders: ['If-Match', 'content-type'], maxAge: 0 },
    subdomains: { origin: 'http://*.shop.localhost:*', credentials: true },
    'any-port': { origin: ['http://shop.localhost:*'], credentials: true, exposedHeaders: ['x-secret', 'x-total'] },
    regexp: { origin: /^http:\/\/(?:shop|partner\.shop)\.localhost:\d+$/, credentials: true },
    null: { origin: ['null', shop], credentials: true },
    function: { origin: { function: [shop] }, credentials: true, exposedHeaders: ['x-total'] },
    lookup: { lookup: [shop, partner], credentials: true, maxAge: 600 },
    'floor-and-lookup': { origin: partner, lookup: [shop], exposedHeaders: '*' },
    none: { origin: false },
    unset: {},
    disabled: { ...fallbackPolicy(pages), disabled: true },
    // Everything else, field by field.
    'open-everything': { origin: '*', exposedHeaders: '*', allowedHeaders: '*', maxAge: 86_400 },
    'open-some': { origin: '*', exposedHeaders: ['x-total'], allowedHeaders: ['X-Custom'], optionsSuccessStatus: 200 },
    'open-all': { origin: '*', exposedHeaders: 'all', optionsSuccessStatus: 299 },
    anonymous: { origin: [shop, partner], exposedHeaders: '*' },
    'no-headers': { origin: [shop, partner], credentials: true, allowedHeaders: [] },
    authorization: { origin: [shop, partner], credentials: true, allowedHeaders: ['authorization', 'Content-Type'] },
    reads: { origin: [shop, partner], credentials: true, methods: ['GET'] },
    writes: {
      origin: [shop, partner],
      credentials: true,
      methods: ['POST', 'PUT', 'PROPFIND'],
      rejectDisallowed: true,
    },
    strict: { origin: [shop], credentials: true, rejectDisallowed: true, exposedHeaders: 'all' },
    'strict-lookup': { lookup: [shop], rejectDisallowed: true },
    'strict-none': { origin: false, rejectDisallowed: true },
    'strict-open': { origin: '*', rejectDisallowed: true, methods: ['GET', 'POST', 'DELETE'] },
  };
}

/** Methods of a URL whose policies differ: what is granted for one must not carry over to another. */
export const MIXED = 'mixed';

/** The policy of each method at the URL of {@link MIXED}, by name; `disabled` is `@DisableCors()`. */
export const MIXED_POLICIES: Readonly<Record<string, string>> = {
  GET: 'open',
  POST: 'disabled',
  PUT: 'one',
  DELETE: 'lookup',
  OPTIONS: 'none',
  PROPFIND: 'open-everything',
};

/** Methods that are routed at the URL of a policy. PATCH is not. */
export const ROUTED = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'] as const;

/** A path that no route has, under an entry of `paths`; and the policy that the entry names. */
export const ASSETS = { path: 'assets', policy: 'open-some' } as const;
/** A path that nothing has. */
export const NOWHERE = 'nowhere';
