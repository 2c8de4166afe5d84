/**
 * How answers of lookups are kept. Durations are in milliseconds. Only answers that arrive as a promise are kept: what a
 * lookup knows at once needs no cache. Bounds count per lookup and policy.
 */
export interface OriginCacheOptions {
  /** How long an allowed origin is not asked about again, 1 to 86400000. Default: 30000. */
  ttl?: number | undefined;
  /** How long a refused origin is not asked about again, 1 to 86400000. Default: 5000. */
  refusalTtl?: number | undefined;
  /** Share of `ttl` by which it is shortened at random, 0 to 1, so that what came together does not expire together. Default: 0.1. */
  jitter?: number | undefined;
  /**
   * How long after `ttl` an allowed origin is still answered at once, while it is asked about in the background,
   * 0 to 86400000. Default: 30000.
   */
  staleWhileRevalidate?: number | undefined;
  /**
   * How long after `ttl` an allowed origin keeps its access while the lookup fails or is silent, 0 to 86400000. That the
   * lookup is too busy is no failure. With 0, access ends with the first failure. Default: 600000. A refusal, or an answer that is no boolean, ends it at once.
   */
  staleIfError?: number | undefined;
  /** How long the lookup is left alone about an origin that it failed for, 1 to 86400000. Default: 1000. */
  retryInterval?: number | undefined;
  /**
   * How many allowed origins are kept, 1 to 10000000; those that were asked for only once go first, and then the least
   * recently used. Default: 50000.
   */
  maxOrigins?: number | undefined;
  /** How many refusals are kept, apart from the allowed origins, which they cannot displace, 1 to 10000000. Default: 10000. */
  maxRefusals?: number | undefined;
  /**
   * How many calls a second may be about origins without a cached result, 1 to 1000000, and ten times as many at once. It
   * counts per lookup or function, whatever the policy and whatever the result. Beyond that, unknown origins are refused
   * without a call, so that whoever invents origins or tenants does not reach the database. Default: 100.
   */
  missesPerSecond?: number | undefined;
}

/** How lists of origins are read. Durations are in milliseconds. */
export interface OriginListOptions {
  /**
   * How long after the beginning of a reading a list is read again, changes or not, 100 to 86400000. A reading that takes
   * longer is followed by a pause of this length. Default: 60000.
   */
  refreshInterval?: number | undefined;
  /** Share of `refreshInterval` by which it is shortened at random, 0 to 1, so that instances do not read together. Default: 0.1. */
  jitter?: number | undefined;
  /** Deadline of one reading, 1 to 86400000. Default: 30000. */
  loadTimeout?: number | undefined;
  /**
   * What becomes of an application whose list cannot be read at boot: it fails to start (`'fail'`), or starts and refuses
   * the origins of that list until it could be read (`'start-closed'`). Default: `'fail'`.
   */
  onBootFailure?: 'fail' | 'start-closed' | undefined;
}
