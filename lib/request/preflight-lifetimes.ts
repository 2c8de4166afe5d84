import { type CachedMethod, type PreflightLifetime, preflightLifetime } from '../decision/preflight-cache.js';
import type { PreflightDecision } from '../decision/preflight-decision.js';
import { isKnownMethod } from '../fetch/methods.js';
import type { CorsTenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Destination, PreflightDestinations, RouteMatch } from '../routing/route.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { EvaluatedRequest } from './incoming-request.js';

/** The number of lifetimes that are cached per policy. */
const MAX_LIFETIMES = 1000;

/** Finds how long browsers may cache preflights, and caches that for each combination of routes. */
export class PreflightLifetimes {
  /** Whether two methods of one URL can have different results: by two policies, or by one that distinguishes methods. */
  readonly methodsDiffer: boolean;
  /** Whether a policy derives tenants, which may need more of a request than its routes. */
  readonly derivesTenants: boolean;
  /** Keyed by policy, method and destinations. Empty where a policy derives a tenant, which needs more than these. */
  private readonly known = new WeakMap<CompiledPolicy, Map<string, PreflightLifetime>>();

  constructor(private readonly router: RequestRouter) {
    const [first, ...others] = new Set(router.policies);
    this.derivesTenants = router.policies.some(({ tenant }) => tenant !== undefined);
    this.methodsDiffer = others.length > 0 || first?.methods !== undefined || first?.tenant !== undefined;
  }

  /** The decision about a preflight; a grant gets its lifetime. */
  limited(
    decision: PreflightDecision,
    request: EvaluatedRequest,
    match: RouteMatch | undefined,
    destinations: PreflightDestinations,
  ): PreflightDecision {
    // The other methods of the URL are only searched where they matter.
    if (decision.kind === 'refused' || !this.methodsDiffer) {
      return decision;
    }
    const { maxAge } = this.of(request, { policy: decision.policy, match }, destinations);
    return maxAge === decision.maxAge ? decision : { ...decision, maxAge };
  }

  /** The lifetime of a preflight that a destination has granted. */
  of(request: EvaluatedRequest, destination: Destination, destinations: PreflightDestinations): PreflightLifetime {
    if (destinations.key === undefined || this.derivesTenants) {
      return this.find(request, destination, destinations);
    }
    const key = `${request.method} ${destinations.key}`;
    let known = this.known.get(destination.policy);
    if (known === undefined) {
      known = new Map();
      this.known.set(destination.policy, known);
    }
    let lifetime = known.get(key);
    if (lifetime === undefined) {
      lifetime = this.find(request, destination, destinations);
      // Clients choose methods, so only those of HTTP are cached. Overlapping patterns can make many combinations.
      if (isKnownMethod(request.method)) {
        if (known.size >= MAX_LIFETIMES) {
          known.clear();
        }
        known.set(key, lifetime);
      }
    }
    return lifetime;
  }

  /** As {@link of}, without the cache. */
  find(
    request: EvaluatedRequest,
    destination: Destination,
    { all, alternative }: Pick<PreflightDestinations, 'all' | 'alternative'>,
  ): PreflightLifetime {
    const cached = (method: string, { policy, match }: Destination): CachedMethod => ({
      method,
      policy,
      tenant: () => tenantUnder(policy, this.router.tenantRequest({ ...request, method }, match)),
    });
    const others = all()
      .filter(({ method, match }) => method !== request.method || match?.route !== destination.match?.route)
      .map((each) => cached(each.method, each));
    if (alternative !== undefined) {
      others.push(cached(request.method, { policy: alternative, match: undefined }));
    }
    return preflightLifetime(cached(request.method, destination), others);
  }
}

/** The tenant that the policy derives. An exception equals nothing, so that it differs from every other tenant. */
export function tenantUnder({ tenant }: CompiledPolicy, request: CorsTenantRequest): unknown {
  try {
    return tenant?.(request);
  } catch (error) {
    return { error };
  }
}
