import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { assertNotOutdated } from '../../support/optional-package.js';
import { CorsOrigin } from './cors-origin.js';

/** Options of {@link corsOriginSchema}. */
export interface CorsOriginSchemaOptions {
  /** The `type` of the data source. */
  readonly type: 'postgres' | 'mariadb' | 'mysql';
  /** Name of the table. Default: `'cors_origins'`. */
  readonly table?: string | undefined;
  /** PostgreSQL's schema that the table is in. Default: the data source's. */
  readonly schema?: string | undefined;
  /**
   * Collation of `origin` and `tenant`, which must be a binary one of `utf8mb4`. PostgreSQL needs none. Default:
   * `'utf8mb4_nopad_bin'` for `mariadb`, `'utf8mb4_bin'` for `mysql` (`'utf8mb4_0900_bin'` is better from MySQL 8.0.17 on).
   */
  readonly collation?: string | undefined;
}

/**
 * The entity of {@link CorsOrigin}, for `entities` of a data source and for `TypeOrmModule.forFeature()`. On PostgreSQL it
 * fits the table of `nestjs-cors/postgres/schema.sql`, so that both can use one table.
 *
 * It is a schema and not a decorated class because columns differ: MariaDB and MySQL need a collation that distinguishes
 * case, accents and final spaces.
 *
 * @throws Error for TypeORM before 0.3
 * @example
 * ```ts
 * const corsOrigins = corsOriginSchema({ type: 'postgres' });
 *
 * TypeOrmModule.forRoot({ type: 'postgres', entities: [corsOrigins], … }),
 * TypeOrmModule.forFeature([corsOrigins]), // then: @InjectRepository(CorsOrigin)
 * ```
 */
export function corsOriginSchema(options: CorsOriginSchemaOptions): EntitySchema<CorsOrigin> {
  assertNotOutdated('nestjs-cors/typeorm', 'typeorm');
  const { type, table = 'cors_origins', schema } = options;
  const postgres = type === 'postgres';
  return new EntitySchema<CorsOrigin>({
    name: 'CorsOrigin',
    target: CorsOrigin,
    tableName: table,
    ...(schema !== undefined && { schema }),
    columns: postgres ? postgresColumns() : mysqlColumns(options.collation ?? BINARY_COLLATIONS[type]),
    uniques: [{ name: `${table}_origin_tenant_key`, columns: ['origin', 'tenant'] }],
    ...(postgres && {
      checks: ['tenant', 'origin'].map((column) => ({
        name: `${table}_${column}_check`,
        expression: `octet_length(${column}) <= 512`,
      })),
    }),
  });
}

type Columns = Record<keyof CorsOrigin, EntitySchemaColumnOptions>;

const BINARY_COLLATIONS = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_bin' };
const COMMENTS = {
  tenant: 'the empty text stands for every tenant',
  verifiedAt: 'null: ownership is not proven yet, so the origin is not allowed',
};

/** The constraints of `nestjs-cors/postgres/schema.sql`. */
function postgresColumns(): Columns {
  const text = { type: 'text', collation: 'C' } as const;
  return {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    tenant: { ...text, default: '', comment: COMMENTS.tenant },
    origin: text,
    verifiedAt: {
      name: 'verified_at',
      type: 'timestamptz',
      nullable: true,
      default: () => 'now()',
      comment: COMMENTS.verifiedAt,
    },
    createdAt: { name: 'created_at', type: 'timestamptz', createDate: true },
  };
}

function mysqlColumns(collation: string): Columns {
  // At most 4 × (255 + 512) bytes together: an index of InnoDB holds 3072.
  const text = { type: 'varchar', charset: 'utf8mb4', collation } as const;
  // A `timestamp` would end in 2038, and the first one of a table updates itself.
  const time = { type: 'datetime', precision: 6 } as const;
  return {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    tenant: { ...text, length: 255, default: '', comment: COMMENTS.tenant },
    origin: { ...text, length: 512 },
    verifiedAt: {
      ...time,
      name: 'verified_at',
      nullable: true,
      default: () => 'CURRENT_TIMESTAMP(6)',
      comment: COMMENTS.verifiedAt,
    },
    createdAt: { ...time, name: 'created_at', createDate: true },
  };
}
