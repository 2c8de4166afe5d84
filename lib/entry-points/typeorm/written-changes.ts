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

/** After more changes than this in one transaction, everything may have changed. */
const MAX_CHANGES = 100;

/** The uncommitted writes of one connection, each once, at most a hundred. */
export class UncommittedChanges {
  private readonly changes = new Map<string, OriginChange>();
  private any = false;
  /** Whether a commit was sent and its outcome is unknown. */
  committing = false;
  /** Whether a statement of raw SQL may have committed them. */
  uncertain = false;
  /** Whether they are announced repeatedly. */
  isReminded = false;

  add(change: OriginChange): void {
    this.any ||= (change.origin === undefined && change.tenant === undefined) || this.changes.size >= MAX_CHANGES;
    if (this.any) {
      this.changes.clear();
    } else {
      this.changes.set(JSON.stringify([change.origin, change.tenant]), change);
    }
  }

  all(): readonly OriginChange[] {
    return this.any ? [ANY_CHANGE] : [...this.changes.values()];
  }
}
