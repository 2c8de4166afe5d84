/** Adds `ARGV[1]` to the set `KEYS[1]` of tenant `ARGV[2]`, and publishes `ARGV[4]`. Returns whether it was new. */
export const ADD = `
local added = redis.call('SADD', KEYS[1], ARGV[1])
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return added`;

/**
 * Undoes {@link ADD}. A script is a transaction, and unlike MULTI it can decide: a tenant leaves the index with its last
 * origin.
 */
export const REMOVE = `
local removed = redis.call('SREM', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return removed`;

/** Returns the numbers, from 1, of the sets that hold `ARGV[1]`: one command for many tenants, of which few have it. */
export const HOLDERS = `
local holders = {}
for number, key in ipairs(KEYS) do
  if redis.call('SISMEMBER', key, ARGV[1]) == 1 then holders[#holders + 1] = number end
end
return holders`;

/** Has the keys belong to the application `ARGV[1]` unless they belong to one. Returns whether they are its own. */
export const CLAIM = `
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SADD', KEYS[1], ARGV[1]) end
return redis.call('SISMEMBER', KEYS[1], ARGV[1])`;
