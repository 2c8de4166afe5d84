export { InvalidOriginError } from './invalid-origin.js';
export { ForeignKeysError } from './key-owner.js';
export type { IoredisClient } from './ioredis-client.js';
export type { NodeRedisClient } from './node-redis-client.js';
export type { RedisClient } from './redis-client.js';
export { RedisOriginList, type RedisOriginListOptions } from './redis-origin-list.js';
export { RedisOriginLookup } from './redis-origin-lookup.js';
export { RedisOrigins } from './redis-origins.js';
export type { RedisOriginsOptions } from './redis-origins.options.js';
