export { CorsOrigin } from './cors-origin.js';
export { type CorsOriginSchemaOptions, corsOriginSchema } from './cors-origin-schema.js';
export type { PropertyOf, TypeOrmOriginColumns } from './origin-columns.js';
export { TypeOrmOriginList, type TypeOrmOriginListOptions } from './typeorm-origin-list.js';
export { TypeOrmOriginLookup } from './typeorm-origin-lookup.js';
export { TypeOrmOrigins, type TypeOrmOriginsOptions } from './typeorm-origins.js';
