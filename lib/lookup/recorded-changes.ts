import type { OriginChange } from '../options/index.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import { cacheKey, partsOf, tenantKey } from './cache-key.js';

/** Before every moment. */
const NEVER = -1;
/** More changes than this are recorded as one change of everything. */
const MAX_RECORDED = 10_000;

interface Recorded {
  readonly moment: number;
  /** By `performance.now()`. */
  readonly at: number;
}

/**
 * What has changed when, so that a cached result is compared with the changes when it is met. A change thus costs the same
 * whatever number of results is cached. In doubt it concerns more: a pattern concerns every origin of its tenant, a row of every
 * tenant all of them, and a result that was given without a tenant may rest on the rows of any.
 */
export class RecordedChanges {
  private ofEverything = NEVER;
  /** Changes of any tenant, which concern the results that were given without one. */
  private ofAnyTenant = NEVER;
  private latest = NEVER;
  /** By origin or tenant, the latest last. Neither holds a space, and an origin is no tenant's key. */
  private readonly recorded = new Map<string, Recorded>();

  /** @param lifetime how long results and calls may matter after they began, in milliseconds */
  constructor(private readonly lifetime: number) {}

  /** @returns the keys that a change concerns where it is that precise, and is not recorded */
  record({ origin, tenant }: OriginChange, moment: number): readonly string[] {
    // The star is looked for first, as thousands of patterns may change at once.
    const isExact = origin !== undefined && !origin.includes('*') && parseSerializedOrigin(origin) !== undefined;
    const exact = isExact ? origin : undefined;
    const ofTenant = tenant === undefined || tenant === '' ? undefined : tenantKey(tenant);
    if (exact !== undefined && ofTenant !== undefined) {
      return [exact, cacheKey(exact, tenant)];
    }
    this.latest = moment;
    const concerned = exact ?? ofTenant;
    if (concerned === undefined) {
      this.forgetAll(moment);
    } else {
      if (ofTenant !== undefined) {
        this.ofAnyTenant = moment;
      }
      this.add(concerned, moment);
    }
    return [];
  }

  /** When a key was last concerned by a change. */
  lastOf(key: string, since: number): number {
    if (since > this.latest) {
      return NEVER;
    }
    const { origin, tenant } = partsOf(key);
    return Math.max(
      this.ofEverything,
      this.recorded.get(origin)?.moment ?? NEVER,
      tenant === undefined ? this.ofAnyTenant : (this.recorded.get(tenant)?.moment ?? NEVER),
    );
  }

  private add(concerned: string, moment: number): void {
    this.recorded.delete(concerned);
    if (this.recorded.size >= MAX_RECORDED) {
      this.prune();
    }
    if (this.recorded.size >= MAX_RECORDED) {
      this.forgetAll(moment);
    } else {
      this.recorded.set(concerned, { moment, at: performance.now() });
    }
  }

  /** Drops the changes that came before everything that still matters. */
  private prune(): void {
    const before = performance.now() - this.lifetime;
    for (const [concerned, { at }] of this.recorded) {
      if (at >= before) {
        return;
      }
      this.recorded.delete(concerned);
    }
  }

  private forgetAll(moment: number): void {
    this.ofEverything = moment;
    this.recorded.clear();
  }
}
