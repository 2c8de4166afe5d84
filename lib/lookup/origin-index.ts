import { type OriginPattern, OriginPatternIndex } from '../origin/origin-pattern.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { ReadRow } from './row-reader.js';

/** Who may use an origin: every tenant (`''`), one tenant, or several. Most origins have one, which needs no Set. */
type Owners = string | Set<string>;

const EVERY_TENANT = '';

/** Allowed origins and patterns of many tenants. A decision costs the same for one row and for a million. */
export class OriginIndex {
  readonly #origins = new Map<string, Owners>();
  /** By the text of the pattern, so that its rows can be replaced. */
  readonly #patterns = new Map<string, { readonly pattern: OriginPattern; owners: Owners }>();
  /** By tenant, made from {@link #patterns} when it is needed. */
  readonly #indexes = new Map<string, OriginPatternIndex>();
  /** Each tenant's name once: rows of a database bring a copy each. */
  readonly #tenants = new Map<string, string>();
  #stale = new Set<string>();

  get sizes(): { readonly origins: number; readonly patterns: number } {
    return { origins: this.#origins.size, patterns: this.#patterns.size };
  }

  add({ text, pattern, tenant: name }: ReadRow): void {
    const tenant = this.#intern(name);
    if (pattern === undefined) {
      this.#origins.set(text, withOwner(this.#origins.get(text), tenant));
      return;
    }
    const known = this.#patterns.get(text);
    if (known === undefined) {
      this.#patterns.set(text, { pattern, owners: tenant });
    } else {
      known.owners = withOwner(known.owners, tenant);
    }
    this.#stale.add(tenant);
  }

  /** Forgets all rows of one origin or pattern. */
  remove(text: string): void {
    this.#origins.delete(text);
    const known = this.#patterns.get(text);
    if (known !== undefined) {
      this.#patterns.delete(text);
      ownersOf(known.owners).forEach((tenant) => this.#stale.add(tenant));
    }
  }

  allows(origin: string, tenant: string | undefined): boolean {
    const owners = this.#origins.get(origin);
    if (owners !== undefined && includes(owners, tenant)) {
      return true;
    }
    if (this.#patterns.size === 0) {
      return false;
    }
    this.#refresh();
    const ofEvery = this.#indexes.get(EVERY_TENANT);
    const ofTenant = tenant === undefined ? undefined : this.#indexes.get(tenant);
    if (ofEvery === undefined && ofTenant === undefined) {
      return false;
    }
    const parsed = parseSerializedOrigin(origin);
    return parsed !== undefined && (ofEvery?.allows(parsed) === true || ofTenant?.allows(parsed) === true);
  }

  /** Makes the indexes of the tenants whose patterns have changed. */
  #refresh(): void {
    if (this.#stale.size === 0) {
      return;
    }
    const stale = this.#stale;
    this.#stale = new Set();
    const patterns = new Map([...stale].map((tenant) => [tenant, [] as OriginPattern[]] as const));
    for (const { pattern, owners } of this.#patterns.values()) {
      ownersOf(owners).forEach((tenant) => patterns.get(tenant)?.push(pattern));
    }
    for (const [tenant, own] of patterns) {
      if (own.length === 0) {
        this.#indexes.delete(tenant);
      } else {
        this.#indexes.set(tenant, new OriginPatternIndex(own));
      }
    }
  }

  #intern(tenant: string): string {
    const known = this.#tenants.get(tenant);
    if (known === undefined) {
      this.#tenants.set(tenant, tenant);
    }
    return known ?? tenant;
  }
}

function withOwner(owners: Owners | undefined, tenant: string): Owners {
  if (owners === undefined || owners === tenant) {
    return tenant;
  }
  return typeof owners === 'string' ? new Set([owners, tenant]) : owners.add(tenant);
}

function ownersOf(owners: Owners): Iterable<string> & { forEach(visit: (tenant: string) => void): void } {
  return typeof owners === 'string' ? [owners] : owners;
}

function includes(owners: Owners, tenant: string | undefined): boolean {
  return typeof owners === 'string'
    ? owners === EVERY_TENANT || owners === tenant
    : owners.has(EVERY_TENANT) || (tenant !== undefined && owners.has(tenant));
}
