import { type OriginPattern, parseOriginPattern } from '../origin/origin-pattern.js';
import { parseSerializedOrigin, type SerializedOrigin } from '../origin/serialized-origin.js';
import { quoted } from '../support/quoted.js';
import type { AuditedRow } from './audited-row.js';

/** Why a row can be removed without any origin losing access. */
export interface Duplication {
  readonly of: AuditedRow;
  readonly message: string;
  readonly hint: string;
}

/** Finds the rows whose origins another row allows as well. */
export class DuplicateRows {
  readonly #rows = new Map<string, AuditedRow>();
  readonly #patterns = new Map<string, PatternRows>();

  /** Add every row before the first call of `duplicationOf()`. */
  add(row: AuditedRow): void {
    if (!isComparable(row)) {
      return;
    }
    const { tenant, text, pattern } = row;
    const key = keyOf(tenant, text);
    const first = this.#rows.get(key);
    // The row to keep is the first that a browser's origin can match, also where misspelt rows come before it.
    if (first !== undefined && (first.matches || !row.matches)) {
      return;
    }
    this.#rows.set(key, row);
    // A pattern with a problem has to be removed, so it is no reason to remove other rows.
    if (pattern !== undefined && row.problems.length === 0) {
      const patterns = this.#patterns.get(tenant) ?? new PatternRows();
      patterns.add(pattern, row);
      this.#patterns.set(tenant, patterns);
    }
  }

  duplicationOf(row: AuditedRow): Duplication | undefined {
    if (!isComparable(row)) {
      return undefined;
    }
    const { tenant, text } = row;
    const twin = this.#rows.get(keyOf(tenant, text));
    if (twin !== row && twin !== undefined) {
      return sameOrigin(row, twin);
    }
    const general = tenant === '' ? undefined : this.#rows.get(keyOf('', text));
    if (general?.matches === true) {
      return coveredBy(row, general);
    }
    const pattern = this.#covering(text, tenant) ?? this.#covering(text, '');
    return pattern === undefined ? undefined : coveredBy(row, pattern);
  }

  #covering(text: string, tenant: string): AuditedRow | undefined {
    const patterns = this.#patterns.get(tenant);
    const covered = patterns && (parseSerializedOrigin(text) ?? parseOriginPattern(text));
    return covered && patterns.covering(covered);
  }
}

/** The patterns of one tenant, by scheme and host: a search takes as many steps as an origin has labels. */
class PatternRows {
  readonly #hosts = new Map<string, AuditedRow>();
  readonly #parents = new Map<string, Map<OriginPattern['port'], AuditedRow>>();
  /** The lengths of the hosts of patterns over subdomains. There are few of them, while an origin may have 127 parent domains. */
  readonly #lengths = new Set<number>();

  add({ scheme, subdomains, host, port }: OriginPattern, row: AuditedRow): void {
    const key = `${scheme}://${host}`;
    if (subdomains) {
      this.#parents.set(key, (this.#parents.get(key) ?? new Map<OriginPattern['port'], AuditedRow>()).set(port, row));
      this.#lengths.add(host.length);
    } else {
      this.#hosts.set(key, row);
    }
  }

  /** The row of a pattern that allows every origin that `covered` allows, and more. */
  covering(covered: SerializedOrigin | OriginPattern): AuditedRow | undefined {
    const { scheme, host, port } = covered;
    const ofHost = port === 'any' ? undefined : this.#withAnyPort(covered);
    if (ofHost !== undefined) {
      return ofHost;
    }
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      if (this.#lengths.has(host.length - dot - 1)) {
        const ports = this.#parents.get(`${scheme}://${host.slice(dot + 1)}`);
        const row = ports?.get('any') ?? ports?.get(port);
        if (row !== undefined) {
          return row;
        }
      }
    }
    return undefined;
  }

  #withAnyPort(covered: SerializedOrigin | OriginPattern): AuditedRow | undefined {
    const key = `${covered.scheme}://${covered.host}`;
    return 'subdomains' in covered && covered.subdomains ? this.#parents.get(key)?.get('any') : this.#hosts.get(key);
  }
}

/** Rows whose tenant or origin is no string cannot be compared. */
function isComparable(row: AuditedRow): row is AuditedRow & { readonly tenant: string; readonly text: string } {
  return typeof row.tenant === 'string' && row.text !== undefined;
}

/** The length comes first, so that the end of a tenant's name cannot pass for the beginning of an origin. */
function keyOf(tenant: string, text: string): string {
  return `${tenant.length} ${tenant}${text}`;
}

function sameOrigin({ origin }: AuditedRow, twin: AuditedRow): Duplication {
  const [message, hint] =
    origin === twin.origin
      ? [`${quoted(origin)} is stored more than once: ${rowName(twin)} is the same.`, 'Keep one of these rows.']
      : [`${quoted(origin)} is another spelling of ${quoted(twin.origin)} in ${rowName(twin)}.`, 'Remove this row.'];
  return { of: twin, message, hint };
}

function coveredBy({ origin, tenant, text }: AuditedRow, other: AuditedRow): Duplication {
  const pattern = other.text === text ? '' : ` by the pattern ${quoted(other.origin)}`;
  const everyTenant = other.tenant === tenant ? '' : ' for every tenant';
  return {
    of: other,
    message: `${quoted(origin)} is allowed${pattern} in ${rowName(other)}${everyTenant} already.`,
    hint: 'Remove this row, unless it is there to outlive the other one.',
  };
}

/** How a message names a row. */
export function rowName({ id }: AuditedRow): string {
  return `row ${quoted(id)}`;
}
