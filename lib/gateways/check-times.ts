import type { OriginResponders } from '../lookup/origin-responders.js';
import type { OriginLookup } from '../options/index.js';
import type { LookupSettings } from '../policy/lookup-options.js';
import type { OriginProvider } from '../policy/origin-responder.js';
import { Backoff } from '../support/backoff.js';
import type { ConnectionGroup } from './connection-groups.js';

/** How often a lookup without a cache is called for one group, in milliseconds: the default `ttl` of a cached result. */
const UNCACHED_INTERVAL = 30_000;
/** The shortest time between two checks of one group that no change has caused, in milliseconds. */
const SHORTEST = 100;
/** The delays after a check that a lookup could not answer, in milliseconds. */
const RETRIES = { first: 1_000, longest: 60_000, jitter: 0.5 };

/**
 * Decides when open connections are checked without a reported change: after the `ttl` of a lookup without `changes`, and after a
 * failed lookup call. The timers do not keep the process alive.
 */
export class CheckTimes {
  private readonly timers = new Map<ConnectionGroup, NodeJS.Timeout>();
  private readonly backoffs = new Map<ConnectionGroup, Backoff>();

  constructor(
    private readonly responders: OriginResponders,
    private readonly settings: LookupSettings,
    private readonly check: (group: ConnectionGroup) => void,
  ) {}

  /** How many timers and delays are remembered. */
  get size(): number {
    return this.timers.size + this.backoffs.size;
  }

  /** Whether results of all providers are cached or in memory. */
  isCached({ providers }: ConnectionGroup): boolean {
    return providers.every((provider) => this.responders.answeredBy(provider) !== 'application');
  }

  /** Plans the next check of a group whose origin is allowed. */
  plan(group: ConnectionGroup): void {
    this.remove(group);
    const intervals = group.providers.map((provider) => this.intervalOf(provider));
    const interval = Math.min(...intervals);
    if (interval < Infinity) {
      this.checkAfter(Math.max(SHORTEST, interval - ageOf(group)), group);
    }
  }

  /** Plans the next check after one without a result. */
  planRetry(group: ConnectionGroup): void {
    const backoff = this.backoffs.get(group) ?? new Backoff(Math.random, RETRIES);
    this.remove(group);
    this.backoffs.set(group, backoff);
    this.checkAfter(backoff.delayAfter(), group);
  }

  remove(group: ConnectionGroup): void {
    clearTimeout(this.timers.get(group));
    this.timers.delete(group);
    this.backoffs.delete(group);
  }

  stop(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.backoffs.clear();
  }

  private checkAfter(delay: number, group: ConnectionGroup): void {
    const run = (): void => {
      this.timers.delete(group);
      this.check(group);
    };
    this.timers.set(group, setTimeout(run, delay).unref());
  }

  /** `Infinity` where the provider reports its changes, as a list does after each reading. */
  private intervalOf(provider: OriginProvider): number {
    switch (this.responders.answeredBy(provider)) {
      case 'list':
        return Infinity;
      case 'application':
        return UNCACHED_INTERVAL;
      case 'cache':
        return (provider as OriginLookup).changes === undefined
          ? (this.settings.cache?.ttl ?? UNCACHED_INTERVAL)
          : Infinity;
    }
  }
}

/** How old the cached results about the group's origin are, in milliseconds. */
function ageOf({ policy: { responders }, origin, tenant }: ConnectionGroup): number {
  return Math.max(
    ...[responders.lookup, responders.origin].map((responder) => responder?.cached(origin, tenant)?.age ?? 0),
  );
}
