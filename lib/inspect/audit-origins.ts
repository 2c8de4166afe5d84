import type { StoredOrigin } from '../options/index.js';
import { type AuditedRow, readRow } from './audited-row.js';
import { DuplicateRows, type Duplication, rowName } from './duplicate-rows.js';
import { type OriginCheckOptions, typeInWords } from '../policy/origin-check.js';
import type { CorsConfigurationProblem, CorsProblemCode } from '../options/problem.js';

/** What stored origins are judged by. */
export interface OriginAuditOptions extends Omit<OriginCheckOptions, 'patterns' | 'path'> {
  /** Whether patterns may be stored. Default: `true`, unlike where somebody writes one. */
  patterns?: boolean | undefined;
}

/** One thing that is wrong with one row. */
export interface OriginAuditFinding {
  /** A problem's code, or `duplicate-origin` where another row allows all that this one allows. */
  readonly code: CorsProblemCode | 'duplicate-origin';
  /** The row's `id`, or else its place in what was audited, from 0. */
  readonly id: string | number | bigint;
  /** As it is stored. */
  readonly origin: unknown;
  /** `undefined` for a row that is for every tenant, and for one whose tenant is no text. */
  readonly tenant: string | undefined;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** The `id` of the row that makes this one superfluous. */
  readonly duplicateOf?: string | number | bigint;
}

/**
 * Finds the rows of a store of allowed origins that can never match (malformed ones, `'*'`), that are unsafe (plain http, a
 * pattern over a public suffix, `null`), and that another row makes superfluous: the same text or the same origin in the
 * same tenant, a row for every tenant, or a pattern of either. Judged as {@link originProblems} does.
 *
 * A row may be of any type. The work grows with the number of rows: a million take some ten seconds and 600 MB, and the event
 * loop waits for as long, so it belongs in a script or a worker. Removing every row that is reported as `duplicate-origin`
 * takes no access away, and `null` and `'*'` allow nobody wherever they are stored.
 *
 * @returns The findings in the order of the rows. Each names one problem, so a row may have several.
 * @throws What walking through `rows` throws.
 *
 * @example
 * ```ts
 * auditOrigins([
 *   { id: 1, origin: 'https://*.example.com' },
 *   { id: 2, origin: 'https://app.example.com', tenant: 'acme' },
 * ]);
 * // [{ code: 'duplicate-origin', id: 2, origin: 'https://app.example.com', tenant: 'acme', duplicateOf: 1,
 * //    message: '"https://app.example.com" is allowed by the pattern "https://*.example.com" in row 1 for every tenant already.',
 * //    hint: 'Remove this row, unless it is there to outlive the other one.' }]
 * ```
 */
export function auditOrigins(
  rows: Iterable<StoredOrigin>,
  options: OriginAuditOptions = {},
): readonly OriginAuditFinding[] {
  const settings = { ...options, patterns: options.patterns ?? true };
  const duplicates = new DuplicateRows();
  const audited: AuditedRow[] = [];
  for (const row of rows) {
    const read = readRow(row, audited.length, settings);
    audited.push(read);
    duplicates.add(read);
  }
  const findings: OriginAuditFinding[] = [];
  for (const row of audited) {
    findings.push(...row.problems.map((problem) => problemOf(row, problem)));
    if (typeof row.tenant !== 'string') {
      findings.push(tenantNoText(row));
    }
    const duplication = duplicates.duplicationOf(row);
    if (duplication !== undefined) {
      findings.push(duplicateOrigin(row, duplication));
    }
  }
  return findings;
}

function problemOf(row: AuditedRow, { code, message, hint }: CorsConfigurationProblem): OriginAuditFinding {
  return { code, ...subject(row), message, hint };
}

function tenantNoText(row: AuditedRow): OriginAuditFinding {
  return {
    code: 'invalid-value',
    ...subject(row),
    message: `The tenant of ${rowName(row)} is ${typeInWords(row.tenant)}, and the tenant of a request is always a text.`,
    hint: "Store it as the policy's tenant function returns it, or leave it out for every tenant.",
  };
}

function duplicateOrigin(row: AuditedRow, { of, message, hint }: Duplication): OriginAuditFinding {
  return { code: 'duplicate-origin', ...subject(row), message, hint, duplicateOf: of.id };
}

function subject({ id, origin, tenant }: AuditedRow): Pick<OriginAuditFinding, 'id' | 'origin' | 'tenant'> {
  return { id, origin, tenant: typeof tenant === 'string' && tenant !== '' ? tenant : undefined };
}
