import type { Versions } from '../application/application.js';
import type { Seen } from '../application/sight.js';
import { type PolicyName, policyNames } from './policies.js';

/** Which policy governs a request, as far as that is beyond doubt. */
export type Governing =
  /** One of these: for a preflight, any of them may grant; for another request, any may be the one. */
  | { readonly kind: 'policies'; readonly names: readonly PolicyName[] }
  /** The path has no such method: its preflight is refused. */
  | { readonly kind: 'method not routed' };

interface KnownPaths {
  readonly paths: RegExp;
  readonly methods: Readonly<Record<string, PolicyName>>;
}

const usual = (policy: PolicyName): KnownPaths['methods'] => ({
  GET: policy,
  PUT: policy,
  POST: policy,
  DELETE: 'none',
});

const samePath = ['list', 'pattern', 'regexp', 'star', 'lookup', 'memory', 'function', 'reject', 'exposing', 'strict'];

const everyMethod: KnownPaths['methods'] = {
  ...{ GET: 'pattern', PUT: 'pattern', POST: 'pattern', DELETE: 'pattern', PATCH: 'pattern', OPTIONS: 'pattern' },
};

/** Paths that have one meaning only, whoever reads them; what is spelled otherwise is judged by what it reaches. */
const knownPaths: readonly KnownPaths[] = [
  ...samePath.map((name) => ({ paths: new RegExp(`^/${name}$`), methods: usual(name as PolicyName) })),
  { paths: /^\/parameters\/[a-z0-9]{1,20}$/, methods: usual('list') },
  { paths: /^\/tenants\/[a-z0-9]{1,20}\/items$/, methods: usual('tenant') },
  { paths: /^\/wild(?:\/[a-z0-9]{1,20}){1,5}$/, methods: usual('pattern') },
  { paths: /^\/mixed$/, methods: { GET: 'star', PUT: 'list' } },
  { paths: /^\/failing$/, methods: { GET: 'list' } },
  { paths: /^\/guarded$/, methods: { GET: 'list', PUT: 'list' } },
  { paths: /^\/everything$/, methods: everyMethod },
];

/** Paths of no controller. */
const knownFallbacks: readonly (readonly [RegExp, PolicyName])[] = [
  [/^\/(?:nowhere|ended)(?:\/[a-z0-9]{1,20}){0,5}$/, 'default'],
  [/^\/graphql(?:\/[a-z0-9]{1,20}){0,5}$/, 'graph'],
  [/^\/assets(?:\/[a-z0-9]{1,20}){0,5}$/, 'star'],
];

const ordinaryMethods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']);

/** Where requests go that no handler takes. */
export const UNROUTED: Governing = { kind: 'policies', names: ['default', 'graph', 'star', 'none'] };

export function isPreflight({ method, origin, requestMethod }: Seen): boolean {
  return method === 'OPTIONS' && origin.length > 0 && requestMethod.length > 0;
}

/** Any policy there is: the bound for what nothing more is known of. */
export const anyPolicy: Governing = { kind: 'policies', names: policyNames };

/** What governs a request of this method to what was asked, by its URL alone. */
export function governingByUrl(method: string, seen: Seen, versions: Versions): Governing {
  const path = /^(\/[a-z0-9/]*)(?:\?[a-z0-9=&]*)?$/.exec(seen.url)?.[1];
  if (path === undefined || !ordinaryMethods.has(method)) {
    return anyPolicy;
  }
  const preflight = isPreflight(seen);
  const routed = (methods: KnownPaths['methods']): Governing => {
    const name = methods[method];
    if (name !== undefined) {
      return { kind: 'policies', names: [name] };
    }
    return preflight ? { kind: 'method not routed' } : { kind: 'policies', names: ['default'] };
  };
  const known = knownPaths.find(({ paths }) => paths.test(path));
  if (known !== undefined) {
    return routed(known.methods);
  }
  if (path === '/hosted') {
    return hosted(seen, routed);
  }
  const versioned = versions === 'in the path' ? /^\/v([12])\/versions$/.exec(path)?.[1] : undefined;
  if (versioned !== undefined) {
    const name = versioned === '1' ? 'list' : 'pattern';
    return routed({ GET: name, PUT: name });
  }
  if (path === '/versions' && versions === 'in a header') {
    const isRouted = method === 'GET' || method === 'PUT';
    if (preflight) {
      return isRouted ? either('list', 'pattern') : routed({});
    }
    return isRouted ? byVersion(seen) : anyPolicy;
  }
  const fallback = knownFallbacks.find(([paths]) => paths.test(path))?.[1];
  return fallback === undefined ? anyPolicy : { kind: 'policies', names: [fallback] };
}

function either(...names: PolicyName[]): Governing {
  return { kind: 'policies', names };
}

function byVersion({ version }: Seen): Governing {
  const plain = version.length === 1 && /^[12]$/.test(version[0] ?? '');
  return plain ? either(version[0] === '1' ? 'list' : 'pattern') : anyPolicy;
}

function hosted({ host }: Seen, routed: (methods: KnownPaths['methods']) => Governing): Governing {
  const plain = host.length === 1 && /^[a-z.]+(?::\d{1,4})?$/.test(host[0] ?? '');
  if (!plain) {
    return anyPolicy;
  }
  return /^one\.test(?::|$)/.test(host[0] ?? '') ? routed(usual('regexp')) : either('default');
}

/** What governs a request by the handler that Nest dispatched it to: `X-Reached`. */
export function governingByHandler(reached: string): PolicyName | undefined {
  const [controller = '', handler = ''] = reached.split('.');
  if (handler === 'remove') {
    return 'none';
  }
  const name = /^[A-Z]/.test(controller) ? handler.replace('Too', '') : controller;
  return policyNames.find((known) => known === name);
}
