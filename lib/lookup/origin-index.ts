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
  /** By tenant, and updated with each row: no request waits for a whole index to be built. */
  readonly #indexes = new Map<string, OriginPatternIndex>();
  /** Each tenant's name once: rows of a database bring a copy each. */
  readonly #tenants = new Map<string, string>();

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
    const index = this.#indexes.get(tenant) ?? new OriginPatternIndex();
    index.add(pattern);
    this.#indexes.set(tenant, index);
  }

  /** Whether there are rows of an origin or pattern. */
  has(text: string): boolean {
    return this.#origins.has(text) || this.#patterns.has(text);
  }

  /** Forgets all rows of one origin or pattern. */
  remove(text: string): void {
    this.#origins.delete(text);
    const known = this.#patterns.get(text);
    if (known === undefined) {
      return;
    }
    this.#patterns.delete(text);
    for (const tenant of ownersOf(known.owners)) {
      const index = this.#indexes.get(tenant);
      index?.delete(known.pattern);
      if (index?.isEmpty === true) {
        this.#indexes.delete(tenant);
      }
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
    const ofEvery = this.#indexes.get(EVERY_TENANT);
    const ofTenant = tenant === undefined ? undefined : this.#indexes.get(tenant);
    if (ofEvery === undefined && ofTenant === undefined) {
      return false;
    }
    const parsed = parseSerializedOrigin(origin);
    return parsed !== undefined && (ofEvery?.allows(parsed) === true || ofTenant?.allows(parsed) === true);
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

function ownersOf(owners: Owners): Iterable<string> {
  return typeof owners === 'string' ? [owners] : owners;
}

function includes(owners: Owners, tenant: string | undefined): boolean {
  return typeof owners === 'string'
    ? owners === EVERY_TENANT || owners === tenant
    : owners.has(EVERY_TENANT) || (tenant !== undefined && owners.has(tenant));
}
