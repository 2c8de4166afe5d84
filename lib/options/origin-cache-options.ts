/**
 * How results of lookups are cached, per lookup and policy. Durations are in milliseconds. Only results that arrive as a
 * promise are cached.
 */
export interface OriginCacheOptions {
  /** How long an allowed origin is fresh, 1 to 86400000. Default: 30000. */
  ttl?: number | undefined;
  /** How long a refused origin is fresh, 1 to 86400000. Default: 5000. */
  refusalTtl?: number | undefined;
  /** Fraction of `ttl` by which it is shortened at random, 0 to 1, so that results do not expire together. Default: 0.1. */
  jitter?: number | undefined;
  /** How long after `ttl` an allowed origin is used at once and looked up in the background, 0 to 86400000. Default: 30000. */
  staleWhileRevalidate?: number | undefined;
  /**
   * How long after `ttl` an allowed origin keeps its access while the lookup fails or times out, 0 to 86400000. A refusal or
   * a result that is not a boolean ends it at once. A lookup that is only too busy does not count as failing. Default: 600000.
   */
  staleIfError?: number | undefined;
  /** How long to wait before an origin is looked up again after a failure, 1 to 86400000. Default: 1000. */
  retryInterval?: number | undefined;
  /** How many allowed origins are cached, 1 to 10000000. Origins that were requested once go first. Default: 50000. */
  maxOrigins?: number | undefined;
  /** How many refused origins are cached, 1 to 10000000. They never displace allowed ones. Default: 10000. */
  maxRefusals?: number | undefined;
  /**
   * How many lookup calls a second may be about origins without a cached result, 1 to 1000000, and ten times as many at
   * once. Counted per lookup or function. Beyond that, unknown origins are refused without a call: a client that invents
   * origins does not reach the database. Default: 100.
   */
  missesPerSecond?: number | undefined;
}

/** How lists of origins are read. Durations are in milliseconds. */
export interface OriginListOptions {
  /** Time from the start of one reading to the next, or the pause after a longer reading, 100 to 86400000. Default: 60000. */
  refreshInterval?: number | undefined;
  /** Fraction of `refreshInterval` by which it is shortened at random, 0 to 1, so that instances do not read together. Default: 0.1. */
  jitter?: number | undefined;
  /** Deadline of one reading, 1 to 86400000. Default: 30000. */
  loadTimeout?: number | undefined;
  /**
   * What to do when a list cannot be read at boot: fail to start (`'fail'`), or start and refuse the list's origins until it
   * can be read (`'start-closed'`). Default: `'fail'`.
   */
  onBootFailure?: 'fail' | 'start-closed' | undefined;
}
