import type { OriginRow } from '../interfaces/index.js';
import { inspectOrigin } from '../origin/origin-entry.js';
import { type OriginPattern, parseOriginPattern } from '../origin/origin-pattern.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import { inspectionProblems, type OriginCheckOptions, originProblems } from './origin-check.js';
import type { CorsConfigurationProblem } from './problem.js';

/** A row of a store, read. */
export interface AuditedRow {
  readonly id: string | number | bigint;
  /** As it is stored: a database may hold anything. */
  readonly origin: unknown;
  /** As it is stored; `''` stands for every tenant. */
  readonly tenant: unknown;
  /** What is wrong with the origin. */
  readonly problems: readonly CorsConfigurationProblem[];
  /** The origin in its canonical spelling; as it is stored where it has none. */
  readonly text: string | undefined;
  /** The origins that the row stands for, or would, spelled right. */
  readonly stands: OriginPattern | undefined;
  /** Whether a browser can send what is stored. */
  readonly matches: boolean;
}

/** Reads a row of any type. */
export function readRow(row: unknown, index: number, options: OriginCheckOptions): AuditedRow {
  const { id, origin, tenant } = fieldsOf(row);
  const read = { id: isId(id) ? id : index, origin, tenant: tenant ?? '' };
  if (typeof origin !== 'string') {
    return {
      ...read,
      problems: originProblems(origin, options),
      text: undefined,
      stands: undefined,
      matches: false,
    };
  }
  const inspection = inspectOrigin(origin);
  const text = inspection.kind === 'malformed' ? (inspection.canonical ?? origin) : origin;
  return {
    ...read,
    problems: inspectionProblems(origin, inspection, options),
    text,
    stands: standsFor(text),
    matches: inspection.kind === 'origin' || inspection.kind === 'pattern',
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

function standsFor(text: string): OriginPattern | undefined {
  const origin = parseSerializedOrigin(text);
  return origin === undefined ? parseOriginPattern(text) : { ...origin, subdomains: false };
}
