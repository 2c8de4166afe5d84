import type { ObjectLiteral } from 'typeorm';
import type { OriginChange } from '../../options/index.js';
import { ANY_CHANGE, originChange } from '../stores/origin-change.js';
import type { OriginColumn, OriginColumns } from './origin-columns.js';

/** The change of an added or removed row; `{}` for an unknown row. */
export function changeOf(columns: OriginColumns, row: ObjectLiteral | undefined): OriginChange {
  return row === undefined ? ANY_CHANGE : describe(valueOf(columns.origin, row), valueOf(columns.tenant, row));
}

/** The changes of an updated row: its former and its new origin. */
export function changesBetween(
  columns: OriginColumns,
  before: ObjectLiteral | undefined,
  written: ObjectLiteral | undefined,
): readonly OriginChange[] {
  if (before === undefined || written === undefined) {
    return [ANY_CHANGE];
  }
  // TypeORM does not write undefined properties.
  const now = (column: OriginColumn | undefined) => valueOf(column, written) ?? valueOf(column, before);
  return [changeOf(columns, before), describe(now(columns.origin), now(columns.tenant))];
}

/** Values of other types are unknown. */
function describe(origin: unknown, tenant: unknown): OriginChange {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const isNumber = typeof tenant === 'number' || typeof tenant === 'bigint';
  return originChange(text(origin), isNumber ? String(tenant) : text(tenant));
}

function valueOf(column: OriginColumn | undefined, row: ObjectLiteral): unknown {
  return column?.getEntityValue(row);
}
