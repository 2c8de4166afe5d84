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
 * The changes of one lookup object with their moments. A cached result is compared with them when a request uses it, so a
 * change costs the same for any number of results. A change may affect too many results, never too few. A pattern affects every
 * origin of its tenant. A row of every tenant affects all tenants, and a row of any tenant affects the results without a
 * tenant.
 */
export class RecordedChanges {
  private ofEverything = NEVER;
  /** The last change of any tenant, which concerns all results without a tenant. */
  private ofAnyTenant = NEVER;
  /** By origin or tenant key, the latest last. No origin equals a tenant key. */
  private readonly recorded = new Map<string, Recorded>();

  /** @param lifetime how long results and calls are used after they began, in milliseconds */
  constructor(private readonly lifetime: number) {}

  /** @returns the keys of a change of one origin and tenant, which is not recorded */
  record({ origin, tenant }: OriginChange, moment: number): readonly string[] {
    const exact = exactOrigin(origin);
    const ofTenant = tenant === undefined || tenant === '' ? undefined : tenantKey(tenant);
    if (exact !== undefined && ofTenant !== undefined) {
      return [exact, cacheKey(exact, tenant)];
    }
    const subject = exact ?? ofTenant;
    if (subject === undefined) {
      this.forgetAll(moment);
    } else {
      if (ofTenant !== undefined) {
        this.ofAnyTenant = moment;
      }
      this.add(subject, moment);
    }
    return [];
  }

  /** The moment of the last change that concerns a key. */
  lastOf(key: string): number {
    const { origin, tenant } = partsOf(key);
    return Math.max(
      this.ofEverything,
      this.recorded.get(origin)?.moment ?? NEVER,
      tenant === undefined ? this.ofAnyTenant : (this.recorded.get(tenant)?.moment ?? NEVER),
    );
  }

  private add(subject: string, moment: number): void {
    this.recorded.delete(subject);
    if (this.recorded.size >= MAX_RECORDED) {
      this.prune();
    }
    if (this.recorded.size >= MAX_RECORDED) {
      this.forgetAll(moment);
    } else {
      this.recorded.set(subject, { moment, at: performance.now() });
    }
  }

  /** Drops the changes that are older than every result and call in use. */
  private prune(): void {
    const before = performance.now() - this.lifetime;
    for (const [subject, { at }] of this.recorded) {
      if (at >= before) {
        return;
      }
      this.recorded.delete(subject);
    }
  }

  private forgetAll(moment: number): void {
    this.ofEverything = moment;
    this.recorded.clear();
  }
}

/** The origin that a change names; `undefined`: it concerns any number of them. */
export function exactOrigin(origin: string | undefined): string | undefined {
  // Looking for the star first is quicker: thousands of patterns may change at once.
  return origin !== undefined && !origin.includes('*') && parseSerializedOrigin(origin) !== undefined
    ? origin
    : undefined;
}
