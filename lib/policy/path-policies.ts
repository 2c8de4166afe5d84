import type { EffectivePolicy } from './effective-policy.js';
import { invalidValue } from './field-problems.js';
import type { NamedPolicies } from './named-policies.js';
import { externalPolicy } from './merge.js';
import { isOptionRecord, type OptionRecord, readList, readRecord, reportUnknownOptions } from './option-records.js';
import { faultIn, type PathFault, pathMeantBy } from './path-faults.js';
import type { ReportProblem } from '../options/problem.js';
import { quoted } from '../support/quoted.js';
import { invalidPath, policyBesideExternal } from './structure-problems.js';

/** A `paths` entry, merged. */
export interface PathPolicy {
  readonly path: string;
  readonly policy: EffectivePolicy;
}

/** What the `paths` option holds. */
export interface PathPolicies {
  readonly paths: readonly PathPolicy[];
  /** Policies of the entries whose path is unusable: they are checked like others, so that one error has every problem. */
  readonly unplaced: readonly EffectivePolicy[];
}

/** Reads the `paths` option. Entries whose path is unusable are reported, and their policies left without a place. */
export function readPathPolicies(
  value: unknown,
  defaults: EffectivePolicy,
  named: NamedPolicies,
  report: ReportProblem,
): PathPolicies {
  const taken = new Set<string>();
  const paths: PathPolicy[] = [];
  const unplaced: EffectivePolicy[] = [];
  const wanted = (path: unknown) => `{ path: '${pathFor(path)}', policy: '${named.names[0] ?? 'public'}' }`;
  const wantedList = `a list: [${wanted(isOptionRecord(value) ? Object.keys(value)[0] : value)}]`;
  for (const [index, item] of readList(value, 'paths', wantedList, report).entries()) {
    const at = `paths[${index}]`;
    const entry = readRecord(item, at, wanted(item), report);
    if (entry !== item) {
      continue;
    }
    reportUnknownOptions(entry, ['path', 'policy', 'external'], (name) => `${at}.${name}`, report);
    const path = readPath(entry['path'], `${at}.path`, taken, report);
    const label = `path ${path === undefined ? quoted(entry['path']) : JSON.stringify(path)}`;
    const source = { kind: 'path', path: path ?? at } as const;
    const policyPath = `${at}.policy`;
    const policy = readExternal(entry, at, report)
      ? externalPolicy(`${label} (external)`, source, `${at}.external`)
      : named.apply(entry['policy'], defaults, { label, source, path: policyPath, prefix: `${policyPath}.` });
    if (path === undefined) {
      unplaced.push(policy);
    } else {
      paths.push({ path, policy });
    }
  }
  return { paths, unplaced };
}

/** The path that was written, in whatever form, where one was. */
function pathFor(written: unknown): string {
  const first: unknown = Array.isArray(written) ? written[0] : written;
  const text =
    first instanceof RegExp ? first.source.replaceAll('\\/', '/') : first instanceof URL ? first.pathname : first;
  return typeof text === 'string' && text !== '' ? pathMeantBy(text) : '/graphql';
}

/** Whether the path is left to what serves it. What is no boolean is reported, and opens nothing meanwhile. */
function readExternal({ external, policy }: OptionRecord, at: string, report: ReportProblem): boolean {
  if (external === undefined || external === false) {
    return false;
  }
  if (external !== true) {
    report(invalidValue(`${at}.external`, external, 'true, or leave it out and write a `policy`'));
  } else if (policy !== undefined) {
    report(policyBesideExternal(`${at}.policy`, policy));
  }
  return true;
}

function readPath(value: unknown, at: string, taken: Set<string>, report: ReportProblem): string | undefined {
  if (typeof value !== 'string') {
    report(invalidValue(at, value, `a path, such as ${JSON.stringify(pathFor(value))}`));
    return undefined;
  }
  const fault = faultIn(value) ?? (taken.has(value) ? ALREADY_TAKEN : undefined);
  taken.add(value);
  if (fault === undefined) {
    return value;
  }
  report(invalidPath(at, value, ...fault));
  return undefined;
}

const ALREADY_TAKEN: PathFault = ['is in the list twice', 'Merge the two entries into one.'];
