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

/** Names and values of a condition. TypeORM's own type can't be built property by property. */
export type Condition = Readonly<Record<string, unknown>>;

/** Types whose columns hold any text, in PostgreSQL, MariaDB and MySQL. */
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

/** Any of these texts. */
export function ofOrigins({ origin }: OriginColumns, texts: readonly string[]): Condition {
  return { [origin.propertyName]: texts.length === 1 ? Equal(texts[0]) : In(texts) };
}

/** Rows that may be allowed at all. */
export function verified({ verifiedAt }: OriginColumns): Condition {
  return verifiedAt === undefined ? {} : { [verifiedAt.propertyName]: Not(IsNull()) };
}

/** Alternatives: rows of the tenant, and those of every tenant. */
export function ofTenant({ tenant: column }: OriginColumns, tenant: string | undefined, dialect: string): Condition[] {
  if (column === undefined) {
    return [{}];
  }
  const alternatives: FindOperator<unknown>[] = column.isNullable ? [IsNull()] : [];
  // PostgreSQL has no text with a NUL, and would answer the question with an error.
  const asked = tenant === undefined || tenant.includes('\0') ? '' : tenant;
  if (TEXT_TYPES.has(column.type)) {
    alternatives.push(asked === '' ? Equal('') : In([asked, '']));
  } else if (asked !== '') {
    alternatives.push(writtenAs(asked, dialect));
  }
  return alternatives.map((alternative) => ({ [column.propertyName]: alternative }));
}

/** Rows behind one that was read, in the order of the primary key; all of them when there is none. */
export function behind(key: readonly OriginColumn[], last: ObjectLiteral | undefined): Condition[] {
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

/** All of the parts hold, in each of their alternatives. No two parts may be about one property. */
export function allOf<Entity>(...parts: readonly (Condition | readonly Condition[])[]): FindOptionsWhere<Entity>[] {
  return parts.reduce<Condition[]>(
    (joined, part) => joined.flatMap((one) => [part].flat().map((other) => ({ ...one, ...other }))),
    [{}],
  ) as FindOptionsWhere<Entity>[];
}

/** Compares what a number or UUID looks like, so that a tenant that is none is not found, and no error. */
function writtenAs(tenant: string, dialect: string): FindOperator<unknown> {
  const text = /mysql|mariadb/.test(dialect) ? 'CHAR' : 'TEXT';
  return Raw((column) => `CAST(${column} AS ${text}) = :corsOriginTenant`, { corsOriginTenant: tenant });
}
