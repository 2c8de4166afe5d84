import type { CorsPolicyRegistry } from '../cors.policy-registry.js';
import type { OriginSources } from '../lookup/origin-sources.js';
import { subjectOf } from '../lookup/subject.js';
import type { LookupSettings } from '../policy/module-options.js';

/**
 * How long an origin that was removed from the store may go on, at worst: when nobody tells of the change, which
 * `changes` and `CorsOriginCache.invalidate()` do at once. Durations are in seconds.
 */
export interface RevocationHorizon {
  /** Where the policy is written. */
  readonly policy: string;
  /** The lookup or list, by its class. */
  readonly source: string;
  /** Who answers for it: the cache, the list in memory, or the application itself for every request. */
  readonly answeredBy: 'cache' | 'list' | 'application';
  /** How long responses may still grant: `cache.ttl` and `cache.staleWhileRevalidate`, or `lists.refreshInterval`. */
  readonly answers: number;
  /** How long browsers send requests by an earlier preflight after that: `maxAge`, or the 5 seconds of the Fetch standard. */
  readonly preflights: number;
  /** Both: when the last request that needs a preflight can arrive. */
  readonly total: number;
  /** The same while the store cannot be reached: with `cache.staleIfError`; `undefined` for lists, which stay in force. */
  readonly duringOutage: number | undefined;
}

/** https://fetch.spec.whatwg.org/#cors-preflight-fetch-0: max-age is 5 without the header */
const MAX_AGE_OF_BROWSERS = 5;

/** The horizon of every policy that asks a lookup or a list. */
export function revocationHorizons(registry: CorsPolicyRegistry, sources: OriginSources): RevocationHorizon[] {
  return [...registry.policies].flatMap((policy) => {
    const source = registry.compile(policy).lookup;
    if (source === undefined) {
      return [];
    }
    const answeredBy = sources.answeredBy(source);
    const { answers, duringOutage } = durations(answeredBy, registry.catalog.lookups);
    const preflights = policy.fields.maxAge.value ?? MAX_AGE_OF_BROWSERS;
    return {
      policy: policy.label,
      source: subjectOf(source, policy.label),
      answeredBy,
      answers,
      preflights,
      total: answers + preflights,
      duringOutage: duringOutage === undefined ? undefined : duringOutage + preflights,
    };
  });
}

/** One line for each lookup whose revocations browsers notice later than the server, by their preflight caches. */
export function horizonWarnings(horizons: readonly RevocationHorizon[]): string[] {
  const late = new Map<string, RevocationHorizon[]>();
  for (const horizon of horizons) {
    if (horizon.preflights > Math.max(horizon.answers, MAX_AGE_OF_BROWSERS)) {
      const key = `${horizon.source} ${horizon.preflights}`;
      late.set(key, [...(late.get(key) ?? []), horizon]);
    }
  }
  return [...late.values()].map((group) => {
    const [{ source, preflights, answers, answeredBy }] = group as [RevocationHorizon];
    const kept = { cache: 'the cache', list: 'the list in memory', application: 'the lookup itself' }[answeredBy];
    return (
      `maxAge ${preflights} of ${named(group)} outlives ${kept} of ${source} (${answers} s) by ${seconds(preflights - answers)} s: ` +
      'for so long, browsers send what an earlier preflight allowed to an origin that has been removed. ' +
      'Lower maxAge, or see CorsInspector.revocationHorizons() for what it adds up to.'
    );
  });
}

/** Without what is left of binary fractions. */
function seconds(difference: number): number {
  return Math.round(difference * 1000) / 1000;
}

function named(group: readonly RevocationHorizon[]): string {
  const labels = group.slice(0, 3).map(({ policy }) => policy);
  return group.length > labels.length
    ? `${labels.join(', ')} and ${group.length - labels.length} more`
    : labels.join(', ');
}

function durations(
  answeredBy: RevocationHorizon['answeredBy'],
  { cache, lists }: LookupSettings,
): Pick<RevocationHorizon, 'answers' | 'duringOutage'> {
  switch (answeredBy) {
    case 'cache': {
      const { ttl = 0, staleWhileRevalidate = 0, staleIfError = 0 } = cache ?? {};
      return {
        answers: (ttl + staleWhileRevalidate) / 1000,
        duringOutage: (ttl + Math.max(staleWhileRevalidate, staleIfError)) / 1000,
      };
    }
    case 'list':
      return { answers: lists.refreshInterval / 1000, duringOutage: undefined };
    case 'application':
      return { answers: 0, duringOutage: 0 };
  }
}
