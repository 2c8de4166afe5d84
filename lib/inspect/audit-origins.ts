import type { StoredOrigin } from '../options/index.js';
import type { CorsProblemCode } from '../options/problem.js';
import { type OriginCheckOptions, typeInWords } from '../policy/origin-check.js';
import { type AuditedRow, readRow } from './audited-row.js';
import { DuplicateRows, rowName } from './duplicate-rows.js';

/** How stored origins are checked. */
export interface OriginAuditOptions extends Omit<OriginCheckOptions, 'patterns' | 'path'> {
  /** Whether patterns may be stored. Default: `true`, while `originProblems()` allows none by default. */
  patterns?: boolean | undefined;
}

/** One problem of one row. */
export interface OriginAuditFinding {
  /** A problem's code, or `duplicate-origin` where another row allows everything that this one allows. */
  readonly code: CorsProblemCode | 'duplicate-origin';
  /** The row's `id`, or its place among the rows, from 0. */
  readonly id: string | number | bigint;
  /** As it is stored. */
  readonly origin: unknown;
  /** `undefined` for a row that is for every tenant, and for a tenant that is no string. */
  readonly tenant: string | undefined;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** The `id` of the row that makes this one superfluous. */
  readonly duplicateOf?: string | number | bigint;
}

/**
 * Finds three kinds of rows in a store of allowed origins: rows that can never match (malformed ones, `'*'`), unsafe rows
 * (plain http, a pattern over a public suffix, `null`), and superfluous rows. The checks are those of `originProblems()`. A row
 * is superfluous where the same tenant, or a row for every tenant, has the same origin or a pattern that covers it.
 *
 * A row may be of any type. A million rows take some ten seconds and 600 MB. The event loop waits meanwhile, so call it in a
 * script or a worker. Removing every row that is reported as `duplicate-origin` takes no access away. `null` and `'*'` allow no
 * origin wherever they are stored.
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
  return audited.flatMap((row) => findingsAbout(row, duplicates));
}

function findingsAbout(row: AuditedRow, duplicates: DuplicateRows): OriginAuditFinding[] {
  const { id, origin, tenant, problems } = row;
  const subject = { id, origin, tenant: typeof tenant === 'string' && tenant !== '' ? tenant : undefined };
  const findings = problems.map(({ code, message, hint }): OriginAuditFinding => ({ code, ...subject, message, hint }));
  if (typeof tenant !== 'string') {
    findings.push({
      code: 'invalid-value',
      ...subject,
      message: `The tenant of ${rowName(row)} must be a string; got ${typeInWords(tenant)}.`,
      hint: "Store it as the policy's tenant function returns it, or leave it out for every tenant.",
    });
  }
  const duplication = duplicates.duplicationOf(row);
  if (duplication !== undefined) {
    const { of, message, hint } = duplication;
    findings.push({ code: 'duplicate-origin', ...subject, message, hint, duplicateOf: of.id });
  }
  return findings;
}
