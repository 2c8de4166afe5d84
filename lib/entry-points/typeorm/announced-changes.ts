import type { ObjectLiteral } from 'typeorm';
import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE, originChange } from '../stores/origin-change.js';
import type { OriginColumn, OriginColumns } from './origin-columns.js';

/** The change of a row that came or went; of anything, when the row is not known. */
export function changeOf(columns: OriginColumns, row: ObjectLiteral | undefined): OriginChange {
  return row === undefined ? ANY_CHANGE : describe(valueOf(columns.origin, row), valueOf(columns.tenant, row));
}

/** The changes of a row that was one thing and is another now: both are concerned. */
export function changesBetween(
  columns: OriginColumns,
  before: ObjectLiteral | undefined,
  written: ObjectLiteral | undefined,
): readonly OriginChange[] {
  if (before === undefined || written === undefined) {
    return [ANY_CHANGE];
  }
  // TypeORM leaves alone what is undefined in what it saves.
  const now = (column: OriginColumn | undefined) => valueOf(column, written) ?? valueOf(column, before);
  return [changeOf(columns, before), describe(now(columns.origin), now(columns.tenant))];
}

/** What is no text, or no number of a tenant, is not known. */
function describe(origin: unknown, tenant: unknown): OriginChange {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const isNumber = typeof tenant === 'number' || typeof tenant === 'bigint';
  return originChange(text(origin), isNumber ? String(tenant) : text(tenant));
}

function valueOf(column: OriginColumn | undefined, row: ObjectLiteral): unknown {
  return column?.getEntityValue(row);
}
