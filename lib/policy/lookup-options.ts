import type { OriginCacheOptions } from '../options/index.js';
import type { OptionPlace, OptionRecord } from './option-place.js';
import type { NumberRange } from './problems.js';

/** {@link OriginCacheOptions}, with the defaults filled in. */
export type OriginCacheSettings = { readonly [Name in keyof OriginCacheOptions]-?: number };

/** The options of lists, with the defaults filled in. */
export interface OriginListSettings {
  readonly refreshInterval: number;
  readonly jitter: number;
  readonly loadTimeout: number;
  readonly onBootFailure: 'fail' | 'start-closed';
}

/** How lookups, lists and origin functions of an application are called. */
export interface LookupSettings {
  /** Deadline of one call, in milliseconds. */
  readonly timeout: number;
  /** How many calls of one lookup object may run at once. */
  readonly concurrency: number;
  /** How many calls of one lookup object a second may be about unknown origins. */
  readonly missesPerSecond: number;
  /** `undefined`: nothing is cached. */
  readonly cache: OriginCacheSettings | undefined;
  readonly lists: OriginListSettings;
}

/** A range with a default. */
type Range = NumberRange & { readonly standard: number };

const DAY = 86_400_000;
/** Most calls of one lookup that run at once. */
export const MAX_CONCURRENCY = 10_000;
const TIMEOUT: Range = { least: 1, most: 60_000, standard: 2000, unit: 'milliseconds' };
const CONCURRENCY: Range = { least: 1, most: MAX_CONCURRENCY, standard: 100, unit: 'calls' };
const MISSES_PER_SECOND: Range = { least: 1, most: 1_000_000, standard: 100, unit: 'calls a second' };

const CACHE_RANGES: { readonly [Name in keyof OriginCacheSettings]: Range } = {
  ttl: { least: 1, most: DAY, standard: 30_000, unit: 'milliseconds' },
  refusalTtl: { least: 1, most: DAY, standard: 5_000, unit: 'milliseconds' },
  jitter: { least: 0, most: 1, standard: 0.1, unit: 'fraction of ttl', fraction: true },
  staleWhileRevalidate: { least: 0, most: DAY, standard: 30_000, unit: 'milliseconds' },
  staleIfError: { least: 0, most: DAY, standard: 600_000, unit: 'milliseconds' },
  retryInterval: { least: 1, most: DAY, standard: 1_000, unit: 'milliseconds' },
  maxOrigins: { least: 1, most: 10_000_000, standard: 50_000, unit: 'origins' },
  maxRefusals: { least: 1, most: 10_000_000, standard: 10_000, unit: 'origins' },
  missesPerSecond: MISSES_PER_SECOND,
};

const LIST_RANGES = {
  refreshInterval: { least: 100, most: DAY, standard: 60_000, unit: 'milliseconds' },
  jitter: { least: 0, most: 1, standard: 0.1, unit: 'fraction of refreshInterval', fraction: true },
  loadTimeout: { least: 1, most: DAY, standard: 30_000, unit: 'milliseconds' },
} as const satisfies Readonly<Record<string, Range>>;

/** Reads the options of `forRoot()` about lookups and lists. */
export function readLookupSettings(options: OptionRecord, root: OptionPlace): LookupSettings {
  const cache = readCache(options['cache'], root.option('cache'));
  return {
    timeout: root.option('lookupTimeout').number(options['lookupTimeout'], TIMEOUT),
    concurrency: root.option('lookupConcurrency').number(options['lookupConcurrency'], CONCURRENCY),
    // Counts where nothing is cached, too.
    missesPerSecond: cache?.missesPerSecond ?? MISSES_PER_SECOND.standard,
    cache,
    lists: readLists(options['lists'], root.option('lists')),
  };
}

function readCache(value: unknown, place: OptionPlace): OriginCacheSettings | undefined {
  if (value === false) {
    return undefined;
  }
  const options = place.record(
    value === undefined ? {} : value,
    'false or an object',
    'false, or an object such as { ttl: 30000 }',
  );
  place.unknownOptions(options, Object.keys(CACHE_RANGES));
  return readNumbers(options, place, CACHE_RANGES);
}

function readLists(value: unknown, place: OptionPlace): OriginListSettings {
  const options = place.record(
    value === undefined ? {} : value,
    'an object',
    'an object such as { refreshInterval: 60000 }',
  );
  place.unknownOptions(options, [...Object.keys(LIST_RANGES), 'onBootFailure']);
  const onBootFailure = place.option('onBootFailure').choice(options['onBootFailure'], ['fail', 'start-closed']);
  return { ...readNumbers(options, place, LIST_RANGES), onBootFailure };
}

function readNumbers<Name extends string>(
  options: OptionRecord,
  place: OptionPlace,
  ranges: Readonly<Record<Name, Range>>,
): Record<Name, number> {
  const names = Object.keys(ranges) as Name[];
  const values = names.map((name) => [name, place.option(name).number(options[name], ranges[name])]);
  return Object.fromEntries(values) as Record<Name, number>;
}
