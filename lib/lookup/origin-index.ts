import type { OriginPattern } from '../origin/origin-pattern.js';
import { parseSerializedOrigin, type SerializedOrigin } from '../origin/serialized-origin.js';
import type { ReadRow } from './row-reader.js';
import { SplitMap } from './split-map.js';

/** The tenants that may use an origin: every tenant (`''`), one, or several. Most origins have one, which needs no Set. */
type Owners = string | Set<string>;

interface Tenant {
  readonly name: string;
  patterns: number;
}

const EVERY_TENANT = '';

/** Allowed origins and patterns of many tenants. A decision and an added row cost the same for one row and for a million. */
export class OriginIndex {
  readonly #origins = new SplitMap<Owners>();
  readonly #patterns = new SplitMap<Owners>();
  /** Each tenant's name once, because each row of a database brings a copy. */
  readonly #tenants = new SplitMap<Tenant>();
  #anyPorts = 0;
  #longestParent = 0;

  get sizes(): { readonly origins: number; readonly patterns: number } {
    return { origins: this.#origins.size, patterns: this.#patterns.size };
  }

  add({ text, pattern, tenant: name }: ReadRow): void {
    const tenant = this.#tenant(name);
    if (pattern === undefined) {
      this.#origins.set(text, withOwner(this.#origins.get(text), tenant.name));
    } else {
      this.#addPattern(text, pattern, tenant);
    }
  }

  /** Whether there are rows of an origin or pattern. */
  has(text: string): boolean {
    return this.#origins.has(text) || this.#patterns.has(text);
  }

  /** Removes all rows of one origin or pattern. */
  remove(text: string): void {
    this.#origins.delete(text);
    const owners = this.#patterns.get(text);
    if (owners === undefined) {
      return;
    }
    this.#patterns.delete(text);
    this.#anyPorts -= isAnyPort(text) ? 1 : 0;
    for (const owner of typeof owners === 'string' ? [owners] : owners) {
      this.#tenant(owner).patterns--;
    }
  }

  /** @param isLeftOut whether the rows of an origin or pattern do not count; `undefined`: all count */
  allows(origin: string, tenant: string | undefined, isLeftOut?: (text: string) => boolean): boolean {
    const owners = this.#origins.get(origin);
    if (owners !== undefined && includes(owners, tenant) && isLeftOut?.(origin) !== true) {
      return true;
    }
    if (this.#patterns.size === 0 || !(this.#hasPatterns(EVERY_TENANT) || this.#hasPatterns(tenant))) {
      return false;
    }
    const parsed = parseSerializedOrigin(origin);
    const allows = (pattern: string): boolean => {
      const ofPattern = this.#patterns.get(pattern);
      return ofPattern !== undefined && includes(ofPattern, tenant) && isLeftOut?.(pattern) !== true;
    };
    return parsed !== undefined && isAnyPattern(parsed, allows, this.#longestParent, this.#anyPorts > 0);
  }

  #addPattern(text: string, { host }: OriginPattern, tenant: Tenant): void {
    const owners = this.#patterns.get(text);
    if (owners !== undefined && isOwner(owners, tenant.name)) {
      return;
    }
    this.#patterns.set(text, withOwner(owners, tenant.name));
    this.#longestParent = Math.max(this.#longestParent, host.length);
    this.#anyPorts += owners === undefined && isAnyPort(text) ? 1 : 0;
    tenant.patterns++;
  }

  #hasPatterns(tenant: string | undefined): boolean {
    return tenant !== undefined && (this.#tenants.get(tenant)?.patterns ?? 0) > 0;
  }

  #tenant(name: string): Tenant {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      tenant = { name, patterns: 0 };
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }
}

function withOwner(owners: Owners | undefined, tenant: string): Owners {
  if (owners === undefined || owners === tenant) {
    return tenant;
  }
  return typeof owners === 'string' ? new Set([owners, tenant]) : owners.add(tenant);
}

function isOwner(owners: Owners, tenant: string): boolean {
  return typeof owners === 'string' ? owners === tenant : owners.has(tenant);
}

function includes(owners: Owners, tenant: string | undefined): boolean {
  return isOwner(owners, EVERY_TENANT) || (tenant !== undefined && isOwner(owners, tenant));
}

function isAnyPort(pattern: string): boolean {
  return pattern.endsWith(':*');
}

/**
 * Whether a test holds for any pattern that allows an origin. A pattern has one spelling, so there are at most two for the host and
 * for each parent domain: with the port of the origin, and with any port.
 *
 * @param longestParent of all patterns, which bounds the work on a host of 127 labels
 * @param anyPort whether there are patterns with `:*`
 */
export function isAnyPattern(
  { scheme, host, port }: SerializedOrigin,
  test: (pattern: string) => boolean,
  longestParent: number,
  anyPort: boolean,
): boolean {
  const suffix = port === undefined ? '' : `:${port}`;
  if (anyPort && test(`${scheme}://${host}:*`)) {
    return true;
  }
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    if (host.length - dot - 1 <= longestParent) {
      const subdomains = `${scheme}://*${host.slice(dot)}`;
      if (test(subdomains + suffix) || (anyPort && test(`${subdomains}:*`))) {
        return true;
      }
    }
  }
  return false;
}
