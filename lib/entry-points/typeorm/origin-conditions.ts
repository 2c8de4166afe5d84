import {
  Equal,
  type FindOperator,
  type FindOptionsWhere,
  In,
  IsNull,
  MoreThan,
  Not,
  type ObjectLiteral,
  Raw,
} from 'typeorm';
import type { OriginColumn, OriginColumns } from './origin-columns.js';

/** Names and values of a condition. TypeORM's own type cannot be built property by property. */
export type Condition = Readonly<Record<string, unknown>>;

/** Types of columns that hold any string, in PostgreSQL, MariaDB and MySQL. */
const TEXT_TYPES: ReadonlySet<unknown> = new Set([
  String,
  'varchar',
  'character varying',
  'char',
  'character',
  'bpchar',
  'citext',
  'text',
  'tinytext',
  'mediumtext',
  'longtext',
]);

/** Rows with any of these strings. */
export function ofOrigins({ origin }: OriginColumns, texts: readonly string[]): Condition {
  return { [origin.propertyName]: texts.length === 1 ? Equal(texts[0]) : In(texts) };
}

/** Rows that are verified. */
export function verified({ verifiedAt }: OriginColumns): Condition {
  return verifiedAt === undefined ? {} : { [verifiedAt.propertyName]: Not(IsNull()) };
}

/** Rows of the tenant, or of every tenant. */
export function ofTenant({ tenant: column }: OriginColumns, tenant: string | undefined, dialect: string): Condition[] {
  if (column === undefined) {
    return [{}];
  }
  const alternatives: FindOperator<unknown>[] = column.isNullable ? [IsNull()] : [];
  // PostgreSQL answers a string with NUL with an error.
  const asked = tenant === undefined || tenant.includes('\0') ? '' : tenant;
  if (TEXT_TYPES.has(column.type)) {
    alternatives.push(asked === '' ? Equal('') : In([asked, '']));
  } else if (asked !== '') {
    alternatives.push(writtenAs(asked, dialect));
  }
  return alternatives.map((alternative) => ({ [column.propertyName]: alternative }));
}

/** Rows after the last one in the order of the primary key, or all rows. */
export function after(key: readonly OriginColumn[], last: ObjectLiteral | undefined): Condition[] {
  if (last === undefined) {
    return [{}];
  }
  return key.map((column, position) =>
    Object.fromEntries([
      ...key.slice(0, position).map((earlier) => [earlier.propertyName, Equal(earlier.getEntityValue(last))]),
      [column.propertyName, MoreThan(column.getEntityValue(last))],
    ]),
  );
}

/** Rows that meet one alternative of every part. No two parts may name one property. */
export function allOf<Entity>(...parts: readonly (Condition | readonly Condition[])[]): FindOptionsWhere<Entity>[] {
  return parts.reduce<Condition[]>(
    (joined, part) => joined.flatMap((one) => [part].flat().map((other) => ({ ...one, ...other }))),
    [{}],
  ) as FindOptionsWhere<Entity>[];
}

/** Compares numbers and UUIDs as strings, so that another tenant is not found, instead of causing an error. */
function writtenAs(tenant: string, dialect: string): FindOperator<unknown> {
  const text = /mysql|mariadb/.test(dialect) ? 'CHAR' : 'TEXT';
  return Raw((column) => `CAST(${column} AS ${text}) = :corsOriginTenant`, { corsOriginTenant: tenant });
}
