import { TRIGGER_NAMES } from './notifying-triggers.js';
import { schemaText } from './schema-text.cjs';

/** Runs several statements in one string: a pool or a client of `pg`, or PGlite. */
export type SchemaClient =
  { exec(statements: string): Promise<unknown> } | { query(statements: string): Promise<unknown> };

/** An arbitrary number, equal in every instance of an application. */
const SCHEMA_LOCK = 7_023_190_254_113;
/** The first line of the part of schema.sql that creates the triggers. */
const NOTIFICATIONS = '-- Notifications.';
const WITHOUT_TRIGGERS = `do $$
declare
  trigger name;
begin
  for trigger in
    select tgname from pg_catalog.pg_trigger where tgrelid = 'cors_origins'::regclass and tgname in (${TRIGGER_NAMES.map((name) => `'${name}'`).join(', ')})
  loop
    execute pg_catalog.format('drop trigger %I on cors_origins', trigger);
  end loop;
end
$$;`;

/** Options of {@link createOriginsSchema}. */
export interface OriginsSchemaOptions {
  /**
   * Whether triggers notify of changes. Write `false` for two-phase commits, because `PREPARE TRANSACTION` fails after a
   * `NOTIFY`, and give the stores `listen: false`. Existing triggers are then dropped. Default: true.
   */
  readonly notifications?: boolean | undefined;
}

/**
 * Creates the table `cors_origins` and the triggers that notify of its changes where they are missing, in the first schema of the
 * connection's `search_path`. It runs `nestjs-cors/postgres/schema.sql`, for samples, tests and services without a tool for
 * migrations. Several instances may run it at once.
 *
 * | column        | meaning                                                                                            |
 * | ------------- | -------------------------------------------------------------------------------------------------- |
 * | `id`          | `bigint`, generated                                                                                |
 * | `tenant`      | `''`, the default, stands for every tenant                                                         |
 * | `origin`      | a serialized origin or a pattern, at most 512 bytes, once per tenant                               |
 * | `verified_at` | when the ownership of the origin was proven, now by default; `null` while that is pending, and such a row allows nothing |
 * | `created_at`  | now by default                                                                                     |
 *
 * @example
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL });
 * await createOriginsSchema(pool);
 * ```
 */
export async function createOriginsSchema(
  client: SchemaClient,
  { notifications = true }: OriginsSchemaOptions = {},
): Promise<void> {
  const schema = schemaText();
  const wanted = notifications ? schema : schema.slice(0, schema.indexOf(NOTIFICATIONS)) + WITHOUT_TRIGGERS;
  // Statements in one string are one transaction, which holds the lock. `if not exists` alone takes no lock.
  const statements = `select pg_catalog.pg_advisory_xact_lock(${SCHEMA_LOCK});\n${wanted}`;
  // PGlite's query() takes a single statement.
  await ('exec' in client ? client.exec(statements) : client.query(statements));
}
