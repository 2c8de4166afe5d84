import { parseOriginPattern } from '../origin/origin-pattern.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { AuditedRow } from './audited-row.js';
import { OriginCoverage } from './origin-coverage.js';
import { quoted } from '../support/quoted.js';

/** Why a row could go without anyone losing access. */
export interface Duplication {
  readonly of: AuditedRow;
  readonly message: string;
  readonly hint: string;
}

/** Finds the rows that allow nothing which another row does not allow already. */
export class DuplicateRows {
  readonly #rows = new Map<string, AuditedRow>();
  readonly #patterns = new Map<string, OriginCoverage<AuditedRow>>();

  /** Every row has to be added before the first question. */
  add(row: AuditedRow): void {
    if (!isComparable(row)) {
      return;
    }
    const { tenant, text, pattern } = row;
    const key = keyOf(tenant, text);
    const kept = this.#rows.get(key);
    // The one to keep is the first that a browser's origin can match, wherever the misspelt ones stand.
    if (kept !== undefined && (kept.matches || !row.matches)) {
      return;
    }
    this.#rows.set(key, row);
    // A pattern that has to go is no reason to remove what it covers.
    if (pattern !== undefined && row.problems.length === 0) {
      const coverage = this.#patterns.get(tenant) ?? new OriginCoverage<AuditedRow>();
      coverage.add(pattern, row);
      this.#patterns.set(tenant, coverage);
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
    const coverage = this.#patterns.get(tenant);
    const covered = coverage && (parseSerializedOrigin(text) ?? parseOriginPattern(text));
    return covered && coverage.covering(covered);
  }
}

/** Nobody can tell what a tenant or an origin stands for that is no text. */
function isComparable(row: AuditedRow): row is AuditedRow & { readonly tenant: string; readonly text: string } {
  return typeof row.tenant === 'string' && row.text !== undefined;
}

/** With the length in front, no tenant's name can pass for the beginning of an origin. */
function keyOf(tenant: string, text: string): string {
  return `${tenant.length} ${tenant}${text}`;
}

function sameOrigin({ origin }: AuditedRow, twin: AuditedRow): Duplication {
  return origin === twin.origin
    ? {
        of: twin,
        message: `${quoted(origin)} is stored more than once: ${rowName(twin)} is the same.`,
        hint: 'Keep one of these rows.',
      }
    : {
        of: twin,
        message: `${quoted(origin)} is another spelling of ${quoted(twin.origin)} in ${rowName(twin)}.`,
        hint: 'Remove this row.',
      };
}

function coveredBy({ origin, tenant, text }: AuditedRow, other: AuditedRow): Duplication {
  const pattern = other.text === text ? '' : ` by the pattern ${quoted(other.origin)}`;
  const everybody = other.tenant === tenant ? '' : ' for every tenant';
  return {
    of: other,
    message: `${quoted(origin)} is allowed${pattern} in ${rowName(other)}${everybody} already.`,
    hint: 'Remove this row, unless it is there to outlive the other one.',
  };
}

/** How a message names a row. */
export function rowName({ id }: AuditedRow): string {
  return `row ${quoted(id)}`;
}
