import type { OriginRow } from '../options/index.js';
import { inspectOrigin } from '../origin/origin-entry.js';
import type { OriginPattern } from '../origin/origin-pattern.js';
import { inspectionProblems, type OriginCheckOptions, originProblems } from '../policy/origin-check.js';
import type { CorsConfigurationProblem } from '../options/problem.js';

/** A row of a store, read. There may be a million of them: it keeps what cannot be found out again. */
export class AuditedRow {
  /** What is wrong with the origin. */
  readonly problems: readonly CorsConfigurationProblem[];
  /** The origin in its canonical spelling; as it is stored where it has none. `undefined` where that is no text. */
  readonly text: string | undefined;
  /** Whether a client can send what is stored, and may be allowed by it. */
  readonly matches: boolean;
  /** What is stored, if it is a pattern. */
  readonly pattern: OriginPattern | undefined;

  /**
   * @param origin As it is stored: a database may hold anything.
   * @param tenant As it is stored; `''` stands for every tenant.
   */
  constructor(
    readonly id: string | number | bigint,
    readonly origin: unknown,
    readonly tenant: unknown,
    options: OriginCheckOptions,
  ) {
    if (typeof origin !== 'string') {
      this.problems = originProblems(origin, options);
      this.text = undefined;
      this.matches = false;
      this.pattern = undefined;
      return;
    }
    const inspection = inspectOrigin(origin);
    this.problems = inspectionProblems(origin, inspection, options);
    this.text = inspection.kind === 'malformed' ? (inspection.canonical ?? origin) : origin;
    this.matches =
      inspection.kind === 'origin' ||
      inspection.kind === 'pattern' ||
      (inspection.kind === 'nonstandard' && this.problems.length === 0);
    this.pattern = inspection.kind === 'pattern' ? inspection.pattern : undefined;
  }
}

/** Reads a row of any type. */
export function readRow(row: unknown, index: number, options: OriginCheckOptions): AuditedRow {
  const { id, origin, tenant } = fieldsOf(row);
  return new AuditedRow(isId(id) ? id : index, origin, tenant ?? '', options);
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
