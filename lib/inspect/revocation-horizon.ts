import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { leastPause } from '../lookup/reading-schedule.js';
import { type OriginResponders, subjectOf } from '../lookup/origin-responders.js';
import type { LookupSettings } from '../policy/lookup-options.js';

/**
 * How long an origin that was removed from the store may keep its access at worst. `changes` and
 * `CorsOriginCache.invalidate()` end it at once; this is what holds without them. Durations are in seconds.
 */
export interface CorsRevocationHorizon {
  /** Where the policy is written. */
  readonly policy: string;
  /** The lookup or list, by its class. */
  readonly source: string;
  /** What decides about a request: the cache, the list in memory, or a call of the application's lookup each time. */
  readonly answeredBy: 'cache' | 'list' | 'application';
  /**
   * How long responses may still grant access: `cache.ttl` and `cache.staleWhileRevalidate`, also while the lookup is too
   * busy; for a list, `lists.refreshInterval` and the longest {@link reading}.
   */
  readonly answers: number;
  /**
   * Of a list: its longest reading until now, which {@link answers} includes, and `lists.loadTimeout`, the longest that can
   * succeed. `undefined` for lookups.
   */
  readonly reading: { readonly longest: number; readonly most: number } | undefined;
  /** How long browsers then still use a cached preflight: `maxAge`, or the 5 seconds of the Fetch standard. */
  readonly preflights: number;
  /** The sum: when the last request that needs a preflight can arrive. */
  readonly total: number;
  /** The sum while the store cannot be reached, with `cache.staleIfError`. `undefined` for lists, which stay in force. */
  readonly duringOutage: number | undefined;
}

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch-0: max-age is 5 without the header */
const MAX_AGE_OF_BROWSERS = 5;

/** The horizon of every policy with a lookup or a list. */
export function revocationHorizons(
  registry: CorsPolicyRegistry,
  responders: OriginResponders,
): CorsRevocationHorizon[] {
  return [...registry.policies].flatMap((policy) => {
    const source = registry.compile(policy).lookup;
    if (source === undefined) {
      return [];
    }
    const answeredBy = responders.answeredBy(source);
    const longest = readingTime(responders.longestReadingOf(source));
    const { answers, reading, duringOutage } = durations(answeredBy, registry.catalog.lookups, longest);
    const preflights = policy.fields.maxAge.value ?? MAX_AGE_OF_BROWSERS;
    return {
      policy: policy.label,
      source: subjectOf(source, policy.label),
      answeredBy,
      answers,
      reading,
      preflights,
      total: seconds(answers + preflights),
      duringOutage: duringOutage === undefined ? undefined : seconds(duringOutage + preflights),
    };
  });
}

/** One warning for each lookup or list whose removed origins keep their access for longer than its options say. */
export function horizonWarnings(horizons: readonly CorsRevocationHorizon[], refreshInterval: number): string[] {
  return [...slowReadings(horizons, refreshInterval / 1000), ...latePreflights(horizons)];
}

/** One line for each list that takes longer to read than the interval between two readings. */
function slowReadings(horizons: readonly CorsRevocationHorizon[], interval: number): string[] {
  const slow = horizons.filter(({ reading }) => (reading?.longest ?? 0) > interval);
  const bySource = new Map(slow.map((horizon) => [horizon.source, horizon]));
  return [...bySource.values()].map(
    ({ source, reading, answers }) =>
      `Reading ${source} took ${reading?.longest} s, longer than lists.refreshInterval (${interval} s): an origin that has been ` +
      `removed may keep its access for ${answers} s where no change tells of it. Read fewer rows or columns, or raise lists.refreshInterval.`,
  );
}

/** One line for each lookup whose removed origins browsers serve for longer than the server, from their preflight caches. */
function latePreflights(horizons: readonly CorsRevocationHorizon[]): string[] {
  const late = new Map<string, CorsRevocationHorizon[]>();
  for (const horizon of horizons) {
    if (horizon.preflights > Math.max(horizon.answers, MAX_AGE_OF_BROWSERS)) {
      const key = `${horizon.source} ${horizon.preflights}`;
      late.set(key, [...(late.get(key) ?? []), horizon]);
    }
  }
  return [...late.values()].map((group) => {
    const [{ source, preflights, answers, answeredBy }] = group as [CorsRevocationHorizon];
    const responder = { cache: 'the cache', list: 'the list in memory', application: 'the lookup itself' }[answeredBy];
    return (
      `maxAge ${preflights} of ${named(group)} outlives ${responder} of ${source} (${answers} s) by ${seconds(preflights - answers)} s: ` +
      'browsers go on using an earlier preflight of a removed origin for that long. ' +
      'Lower maxAge, or see CorsInspector.revocationHorizons() for what it adds up to.'
    );
  });
}

/** Rounded to milliseconds, against the errors of binary fractions. */
function seconds(difference: number): number {
  return Math.round(difference * 1000) / 1000;
}

function named(group: readonly CorsRevocationHorizon[]): string {
  const labels = group.slice(0, 3).map(({ policy }) => policy);
  return group.length > labels.length
    ? `${labels.join(', ')} and ${group.length - labels.length} more`
    : labels.join(', ');
}

/** In seconds, rounded up. A reading of less than 50 ms counts as none: timers are no more exact. */
function readingTime(milliseconds: number): number {
  return milliseconds < 50 ? 0 : Math.ceil(milliseconds / 100) / 10;
}

function durations(
  answeredBy: CorsRevocationHorizon['answeredBy'],
  { cache, lists, timeout }: LookupSettings,
  reading: number,
): Pick<CorsRevocationHorizon, 'answers' | 'reading' | 'duringOutage'> {
  switch (answeredBy) {
    case 'cache': {
      const { ttl = 0, staleWhileRevalidate = 0, staleIfError = 0 } = cache ?? {};
      // A call that began before the removal may end after it, and its result is as old as its beginning.
      const answers = Math.max(ttl + staleWhileRevalidate, timeout);
      return {
        answers: answers / 1000,
        reading: undefined,
        duringOutage: Math.max(answers, ttl + staleIfError) / 1000,
      };
    }
    case 'list': {
      const interval = lists.refreshInterval / 1000;
      // The rows in force are as old as the beginning of their reading, until the next reading ends.
      const pause = Math.max(interval, reading + leastPause(reading, interval));
      return {
        answers: seconds(pause + reading),
        reading: { longest: reading, most: lists.loadTimeout / 1000 },
        duringOutage: undefined,
      };
    }
    case 'application':
      return { answers: 0, reading: undefined, duringOutage: 0 };
  }
}
