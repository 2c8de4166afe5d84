import fc from 'fast-check';
import { CACHED_ROUTES, type CachedRoute } from './cached-routes.js';
import { ALLOWED, ALSO_ALLOWED, MALFORMED, REFUSED } from './origins.js';

/** Stands for the proxy's own origin, as its own pages send it. */
export const OWN = '(own)';
/** Stands for an origin that nobody but the sequence knows, which the lookup allows and refuses in turns. */
export const REVOCABLE = '(revocable)';

/** One request through the proxy. */
export interface SentRequest {
  readonly kind: 'request';
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly origin: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the request is conditional on the last validator that this origin got for the URL, on any, or on none. */
  readonly condition: 'last validator' | 'any validator' | undefined;
}

/** What else may happen: the lookup changes its mind, or what the cache keeps gets old. */
export type Change = { readonly kind: 'allow' } | { readonly kind: 'revoke' } | { readonly kind: 'expire' };

/** What several clients send to one URL, which no other sequence has asked for: the cache knows nothing of it. */
export interface RequestSequence {
  readonly route: CachedRoute;
  readonly steps: readonly (SentRequest | Change)[];
}

const origins = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(ALLOWED, ALSO_ALLOWED) },
  { weight: 3, arbitrary: fc.constantFrom(REFUSED, REVOCABLE) },
  { weight: 4, arbitrary: fc.constantFrom(undefined, 'null', OWN) },
  { weight: 3, arbitrary: fc.constantFrom(...MALFORMED) },
);

const headers = fc.record(
  {
    Accept: fc.constantFrom('application/json', '*/*'),
    'Accept-Encoding': fc.constantFrom('gzip', 'identity'),
    'Accept-Language': fc.constantFrom('en', 'de'),
    Range: fc.constantFrom('bytes=0-3', 'bytes=-5', 'bytes=999999-'),
    'Sec-Fetch-Site': fc.constantFrom('cross-site', 'same-site', 'same-origin'),
  },
  { requiredKeys: [] },
);

const method: fc.Arbitrary<SentRequest['method']> = fc.oneof(
  { weight: 8, arbitrary: fc.constant('GET' as const) },
  { weight: 2, arbitrary: fc.constantFrom('HEAD' as const, 'OPTIONS' as const) },
);

const condition: fc.Arbitrary<SentRequest['condition']> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('last validator' as const, 'any validator' as const) },
);

function step(from: fc.Arbitrary<string | undefined>, route: CachedRoute): fc.Arbitrary<SentRequest | Change> {
  const request: fc.Arbitrary<SentRequest | Change> = fc.record({
    kind: fc.constant('request' as const),
    method,
    origin: from,
    headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
    condition,
  });
  const change: fc.Arbitrary<Change> = fc.constantFrom({ kind: 'allow' }, { kind: 'revoke' });
  return route.readers === 'looked up' ? fc.oneof({ weight: 5, arbitrary: request }, change) : request;
}

/**
 * A few origins that come again and again: what nobody asks for twice is answered by no cache.
 * @param lives how often what the cache keeps gets fresh; it gets old in between
 */
export function requestSequence({
  lives,
  routes = CACHED_ROUTES,
}: {
  lives: number;
  routes?: readonly CachedRoute[];
}): fc.Arbitrary<RequestSequence> {
  const cast = fc.uniqueArray(origins, { minLength: 2, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...routes), cast).chain(([route, clients]) => {
    const steps = fc.array(step(fc.constantFrom(...clients), route), { minLength: 5, maxLength: 16, size: 'max' });
    return fc.array(steps, { minLength: lives, maxLength: lives }).map((parts) => ({
      route,
      steps: parts.flatMap((part, index) => (index === 0 ? part : [{ kind: 'expire' as const }, ...part])),
    }));
  });
}
