import type { EffectivePolicy } from './effective-policy.js';
import { invalidValue, lookupTimeoutOutOfRange } from './field-problems.js';
import {
  type OriginCacheSettings,
  type OriginListSettings,
  DEFAULT_MISSES_PER_SECOND,
  readCache,
  readLists,
  readLookupConcurrency,
} from './lookup-options.js';
import { LIBRARY_POLICY, mergeLevel } from './merge.js';
import { NamedPolicies } from './named-policies.js';
import { readList, readRecord, reportUnknownOptions } from './option-records.js';
import { type PathPolicies, readPathPolicies } from './path-policies.js';
import { isWithin, LEVEL_OPTION_NAMES, readLevel } from './policy-fields.js';
import type { ReportProblem } from '../options/problem.js';

const OPTION_NAMES = ['policies', 'paths', 'lookupTimeout', 'lookupConcurrency', 'cache', 'lists', 'logging'] as const;
const MODULE_OPTIONS: readonly string[] = [...LEVEL_OPTION_NAMES, ...OPTION_NAMES];
const DEFAULT_LOOKUP_TIMEOUT = 2000;
const LOGGING = ['off', 'refusals', 'all'] as const;
const DEFAULT_LOGGING = 'refusals';

/** What is logged of decisions. */
export type DecisionLogging = (typeof LOGGING)[number];

/** How application code is asked, and what is kept of its answers. */
export interface LookupSettings {
  /** Deadline of one question, in milliseconds. */
  readonly timeout: number;
  /** How many calls of one lookup object may be under way at once. */
  readonly concurrency: number;
  /** How many calls of one lookup object a second may be about unknown origins. */
  readonly missesPerSecond: number;
  /** `undefined`: nothing is kept. */
  readonly cache: OriginCacheSettings | undefined;
  readonly lists: OriginListSettings;
}

/** What an application configures in one place, as opposed to its decorators. */
export interface ModulePolicies extends PathPolicies {
  readonly defaults: EffectivePolicy;
  readonly named: NamedPolicies;
  readonly lookups: LookupSettings;
  readonly logging: DecisionLogging;
}

/** Reads the options of `forRoot()` and of every `forFeature()`, of whatever type they are. */
export function readModuleOptions(options: unknown, features: unknown, report: ReportProblem): ModulePolicies {
  const root = readRecord(options, 'options', 'an object of options', report);
  reportUnknownOptions(root, MODULE_OPTIONS, (name) => name, report);
  const level = readLevel(root, { kind: 'module' }, '', report);
  const defaults = mergeLevel('module defaults', LIBRARY_POLICY, level);
  const cache = readCache(root['cache'], report);
  const lookups: LookupSettings = {
    timeout: readLookupTimeout(root['lookupTimeout'], report),
    concurrency: readLookupConcurrency(root['lookupConcurrency'], report),
    missesPerSecond: cache?.missesPerSecond ?? DEFAULT_MISSES_PER_SECOND,
    cache,
    lists: readLists(root['lists'], report),
  };
  const logging = readLogging(root['logging'], report);
  const named = new NamedPolicies(report);
  if (root['policies'] !== undefined) {
    named.add(root['policies'], 'policies');
  }
  for (const [index, feature] of readList(features, 'forFeature', 'a list', report).entries()) {
    addFeature(feature, `forFeature[${index}]`, named, report);
  }
  const paths = readPathPolicies(root['paths'], defaults, named, report);
  return { defaults, named, ...paths, lookups, logging };
}

function addFeature(feature: unknown, path: string, named: NamedPolicies, report: ReportProblem): void {
  const options = readRecord(feature, path, '{ policies: { … } }', report);
  reportUnknownOptions(options, ['policies'], (name) => `${path}.${name}`, report);
  // What is no object was reported as a whole.
  if (options === feature) {
    named.add(options['policies'], `${path}.policies`);
  }
}

function readLookupTimeout(value: unknown, report: ReportProblem): number {
  if (value === undefined) {
    return DEFAULT_LOOKUP_TIMEOUT;
  }
  if (typeof value !== 'number') {
    report(invalidValue('lookupTimeout', value, 'a number of milliseconds, such as 2000'));
    return DEFAULT_LOOKUP_TIMEOUT;
  }
  if (!isWithin(value, 1, 60_000)) {
    report(lookupTimeoutOutOfRange('lookupTimeout', value));
  }
  return value;
}

function readLogging(value: unknown, report: ReportProblem): DecisionLogging {
  const known = LOGGING.find((level) => level === value);
  if (known === undefined && value !== undefined) {
    report(invalidValue('logging', value, "'off', 'refusals' or 'all'"));
  }
  return known ?? DEFAULT_LOGGING;
}
