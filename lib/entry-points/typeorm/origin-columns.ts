import type { ObjectLiteral, Repository } from 'typeorm';
import type { CorsOrigin } from './cors-origin.js';

/** The properties of an entity whose values are of one type. */
export type PropertyOf<Entity, Value> = {
  [Key in keyof Entity & string]-?: Entity[Key] extends Value ? Key : never;
}[keyof Entity & string];

/** The properties of your entity for each column. */
export interface TypeOrmOriginColumns<Entity> {
  /** The origin or pattern. */
  readonly origin: PropertyOf<Entity, string>;
  /**
   * The tenant that the origin is allowed for; `''` and `null` stand for every tenant. Numbers are compared in decimal notation.
   * Default: every row is for every tenant.
   */
  readonly tenant?: PropertyOf<Entity, string | number | bigint | null | undefined> | undefined;
  /** A row without a value here allows nothing. Default: every row counts. */
  readonly verifiedAt?: PropertyOf<Entity, Date | string | number | null | undefined> | undefined;
}

/** {@link TypeOrmOriginColumns} of any entity. */
export interface NamedColumns {
  readonly origin: string;
  readonly tenant?: string | undefined;
  readonly verifiedAt?: string | undefined;
}

/** {@link NamedColumns}, found in the entity. */
export interface OriginColumns {
  readonly origin: OriginColumn;
  readonly tenant: OriginColumn | undefined;
  readonly verifiedAt: OriginColumn | undefined;
  /** The primary key. */
  readonly key: readonly OriginColumn[];
}

export type OriginColumn = Repository<ObjectLiteral>['metadata']['columns'][number];

/** The properties of {@link CorsOrigin}. */
export const OWN_COLUMNS = {
  origin: 'origin',
  tenant: 'tenant',
  verifiedAt: 'verifiedAt',
} satisfies TypeOrmOriginColumns<CorsOrigin>;

/**
 * Finds the columns in the entity's metadata.
 *
 * @throws TypeError for a property that is not a column, and for an entity without a primary key, in whose order pages are read
 */
export function resolveColumns<Entity extends ObjectLiteral>(
  { metadata }: Repository<Entity>,
  named: NamedColumns,
): OriginColumns {
  const column = (role: string, property: string): OriginColumn => {
    const found = metadata.columns.find(({ propertyPath }) => propertyPath === property);
    if (found === undefined) {
      const known = metadata.columns.map(({ propertyPath }) => propertyPath).join(', ');
      throw new TypeError(
        `columns.${role}: '${property}' is not a column of ${metadata.name}. Name a property that is one: ${known}.`,
      );
    }
    return found;
  };
  const optional = (role: 'tenant' | 'verifiedAt') => {
    const property = named[role];
    return property === undefined ? undefined : column(role, property);
  };
  const key = metadata.primaryColumns;
  if (key.length === 0 || key.some(({ propertyPath }) => propertyPath.includes('.'))) {
    throw new TypeError(`${metadata.name} needs a primary key of its own properties: rows are read in its order.`);
  }
  return {
    origin: column('origin', named.origin),
    tenant: optional('tenant'),
    verifiedAt: optional('verifiedAt'),
    key,
  };
}

/**
 * Refuses a condition without effect: TypeORM may ignore undefined and null values, and a property has one condition only.
 *
 * @throws TypeError
 */
export function checkCondition(where: object, named: NamedColumns): void {
  if (Array.isArray(where)) {
    throw new TypeError('where: give one object; alternatives belong into its values, as In([…]) or Raw(…).');
  }
  const used: readonly unknown[] = Object.values(named);
  for (const [property, value] of Object.entries(where)) {
    if (value === undefined || value === null) {
      throw new TypeError(
        `where.${property} is ${String(value)}, which would not be asked for. Use IsNull() for null.`,
      );
    }
    if (used.includes(property)) {
      throw new TypeError(`where.${property} is a property that columns name, too. Give it one meaning.`);
    }
  }
}
