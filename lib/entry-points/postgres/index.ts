export { createOriginsSchema, type OriginsSchemaOptions, type SchemaClient } from './create-origins-schema.js';
export type {
  PGliteDatabase,
  PgClient,
  PgNotification,
  PgPool,
  PgPoolConnection,
  PostgresClient,
  PostgresRows,
} from './postgres-clients.js';
export { PostgresOriginList, type PostgresOriginListOptions } from './postgres-origin-list.js';
export { PostgresOriginLookup } from './postgres-origin-lookup.js';
export { PostgresOrigins, type PostgresOriginRow } from './postgres-origins.js';
export type { PostgresOriginsOptions } from './postgres-origins.options.js';
