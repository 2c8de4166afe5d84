/** Adds `ARGV[1]` to the set `KEYS[1]` of tenant `ARGV[2]`, and publishes `ARGV[4]`. Returns whether it is new. */
export const ADD = `
local added = redis.call('SADD', KEYS[1], ARGV[1])
redis.call('SADD', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return added`;

/**
 * Undoes {@link ADD}. A script is a transaction that can branch, unlike MULTI: the tenant leaves the index with its last origin.
 */
export const REMOVE = `
local removed = redis.call('SREM', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
redis.call('PUBLISH', ARGV[3], ARGV[4])
return removed`;

/** Returns the numbers, from 1, of the sets that contain `ARGV[1]`. */
export const HOLDERS = `
local holders = {}
for number, key in ipairs(KEYS) do
  if redis.call('SISMEMBER', key, ARGV[1]) == 1 then holders[#holders + 1] = number end
end
return holders`;

/** Claims unclaimed keys for the application `ARGV[1]`. Returns whether it owns the keys. */
export const CLAIM = `
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SADD', KEYS[1], ARGV[1]) end
return redis.call('SISMEMBER', KEYS[1], ARGV[1])`;
