import type { OriginCacheOptions } from '../options/index.js';
import { figureOutOfRange, invalidValue } from './field-problems.js';
import { type OptionRecord, readRecord, reportUnknownOptions } from './option-records.js';
import type { ReportProblem } from '../options/problem.js';

/** {@link OriginCacheOptions}, with the defaults filled in. */
export type OriginCacheSettings = { readonly [Name in keyof OriginCacheOptions]-?: number };

/** The options of lists, with the defaults filled in. */
export interface OriginListSettings {
  readonly refreshInterval: number;
  readonly jitter: number;
  readonly loadTimeout: number;
  readonly onBootFailure: 'fail' | 'start-closed';
}

/** A figure's bounds and default. */
interface Figure {
  readonly least: number;
  readonly most: number;
  readonly standard: number;
  readonly unit: 'milliseconds' | 'entries' | 'questions' | 'calls' | 'share';
}

const DAY = 86_400_000;
/** What holds where nothing is cached, too. */
export const DEFAULT_MISSES_PER_SECOND = 100;
/** More calls of one lookup than this are never under way at once. */
export const MAX_CONCURRENCY = 10_000;
const CONCURRENCY: Figure = { least: 1, most: MAX_CONCURRENCY, standard: 100, unit: 'calls' };

const CACHE_FIGURES: { readonly [Name in keyof OriginCacheSettings]: Figure } = {
  ttl: { least: 1, most: DAY, standard: 30_000, unit: 'milliseconds' },
  refusalTtl: { least: 1, most: DAY, standard: 5_000, unit: 'milliseconds' },
  jitter: { least: 0, most: 1, standard: 0.1, unit: 'share' },
  staleWhileRevalidate: { least: 0, most: DAY, standard: 30_000, unit: 'milliseconds' },
  staleIfError: { least: 0, most: DAY, standard: 600_000, unit: 'milliseconds' },
  retryInterval: { least: 1, most: DAY, standard: 1_000, unit: 'milliseconds' },
  maxOrigins: { least: 1, most: 10_000_000, standard: 50_000, unit: 'entries' },
  maxRefusals: { least: 1, most: 10_000_000, standard: 10_000, unit: 'entries' },
  missesPerSecond: { least: 1, most: 1_000_000, standard: DEFAULT_MISSES_PER_SECOND, unit: 'questions' },
};

const LIST_FIGURES = {
  refreshInterval: { least: 100, most: DAY, standard: 60_000, unit: 'milliseconds' },
  jitter: { least: 0, most: 1, standard: 0.1, unit: 'share' },
  loadTimeout: { least: 1, most: DAY, standard: 30_000, unit: 'milliseconds' },
} as const satisfies Readonly<Record<string, Figure>>;

const BOOT_FAILURES = ['fail', 'start-closed'] as const;

/** Reads the `cache` option; `undefined`: nothing is kept. */
export function readCache(value: unknown, report: ReportProblem): OriginCacheSettings | undefined {
  if (value === false) {
    return undefined;
  }
  const options = readRecord(
    value === undefined ? {} : value,
    'cache',
    'false, or an object such as { ttl: 30000 }',
    report,
  );
  reportUnknownOptions(options, Object.keys(CACHE_FIGURES), (name) => `cache.${name}`, report);
  return readFigures(options, 'cache', CACHE_FIGURES, report);
}

/** Reads the `lookupConcurrency` option. */
export function readLookupConcurrency(value: unknown, report: ReportProblem): number {
  return readFigure(value, 'lookupConcurrency', CONCURRENCY, report);
}

/** Reads the `lists` option. */
export function readLists(value: unknown, report: ReportProblem): OriginListSettings {
  const options = readRecord(
    value === undefined ? {} : value,
    'lists',
    'an object such as { refreshInterval: 60000 }',
    report,
  );
  reportUnknownOptions(options, [...Object.keys(LIST_FIGURES), 'onBootFailure'], (name) => `lists.${name}`, report);
  const written = options['onBootFailure'];
  const onBootFailure = BOOT_FAILURES.find((known) => known === written);
  if (onBootFailure === undefined && written !== undefined) {
    report(invalidValue('lists.onBootFailure', written, "'fail' or 'start-closed'"));
  }
  return { ...readFigures(options, 'lists', LIST_FIGURES, report), onBootFailure: onBootFailure ?? 'fail' };
}

function readFigures<Name extends string>(
  options: OptionRecord,
  path: string,
  figures: Readonly<Record<Name, Figure>>,
  report: ReportProblem,
): Record<Name, number> {
  const names = Object.keys(figures) as Name[];
  const values = names.map((name) => [name, readFigure(options[name], `${path}.${name}`, figures[name], report)]);
  return Object.fromEntries(values) as Record<Name, number>;
}

function readFigure(value: unknown, path: string, figure: Figure, report: ReportProblem): number {
  if (value === undefined) {
    return figure.standard;
  }
  const { least, most, unit } = figure;
  // Not whole numbers alone: a share is a fraction.
  if (typeof value === 'number' && value >= least && value <= most && (unit === 'share' || Number.isInteger(value))) {
    return value;
  }
  report(figureOutOfRange(path, value, figure));
  return figure.standard;
}
