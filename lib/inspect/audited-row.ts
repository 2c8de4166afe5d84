import type { OriginRow } from '../options/index.js';
import type { CorsConfigurationProblem } from '../options/problem.js';
import { inspectOrigin } from '../origin/origin-entry.js';
import type { OriginPattern } from '../origin/origin-pattern.js';
import { inspectionProblems, type OriginCheckOptions, originProblems } from '../policy/origin-check.js';

/** A stored row, read. A store may have a million, so a row keeps only what cannot be derived again. */
export interface AuditedRow {
  readonly id: string | number | bigint;
  /** As it is stored: a database may hold anything. */
  readonly origin: unknown;
  /** As it is stored; `''` for every tenant. */
  readonly tenant: unknown;
  readonly problems: readonly CorsConfigurationProblem[];
  /** The origin in its canonical spelling, or as it is stored where it has none. `undefined` where it is no string. */
  readonly text: string | undefined;
  /** Whether a client can send an origin that this row allows. */
  readonly matches: boolean;
  /** The pattern that is stored. `undefined` for an exact origin. */
  readonly pattern: OriginPattern | undefined;
}

/**
 * Reads a row of any type.
 * @param index stands in for an `id` that the row does not have
 */
export function readRow(row: unknown, index: number, options: OriginCheckOptions): AuditedRow {
  const { id, origin, tenant } = fieldsOf(row);
  const stored = { id: isId(id) ? id : index, origin, tenant: tenant ?? '' };
  if (typeof origin !== 'string') {
    const problems = originProblems(origin, options);
    return { ...stored, problems, text: undefined, matches: false, pattern: undefined };
  }
  const inspection = inspectOrigin(origin);
  const { kind } = inspection;
  const problems = inspectionProblems(origin, inspection, options);
  return {
    ...stored,
    problems,
    text: kind === 'malformed' ? (inspection.canonical ?? origin) : origin,
    matches: kind === 'origin' || kind === 'pattern' || (kind === 'nonstandard' && problems.length === 0),
    pattern: kind === 'pattern' ? inspection.pattern : undefined,
  };
}

function fieldsOf(row: unknown): { readonly [Name in keyof OriginRow]?: unknown } {
  if (typeof row !== 'object' || row === null) {
    return { origin: row };
  }
  try {
    const { id, origin, tenant } = row as OriginRow;
    return { id, origin, tenant };
  } catch {
    // An entity of an object mapper may have getters that load something.
    return {};
  }
}

function isId(value: unknown): value is AuditedRow['id'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}
