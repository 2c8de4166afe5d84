import { quoted } from '../support/quoted.js';
import type { EffectivePolicy } from './effective-policy.js';
import { INVALID_GRAPHQL } from './gateway-problems.js';
import { externalPolicy } from './merge.js';
import type { NamedPolicies } from './named-policies.js';
import { isOptionRecord, type OptionPlace, type OptionRecord } from './option-place.js';
import { pathFault, pathMeantBy } from './path-faults.js';
import { INVALID } from './problems.js';

/** A `paths` entry, merged. */
export interface PathEntry {
  readonly policy: EffectivePolicy;
  /** Where it is written: `paths[0]`. */
  readonly at: string;
}

/** A `paths` entry with its path. */
export interface PathPolicy extends PathEntry {
  readonly path: string;
}

/** The content of the `paths` option. */
export interface PathPolicies {
  readonly paths: readonly PathPolicy[];
  /** The entry with `graphql: true`, whose paths are known when the application has bootstrapped. */
  readonly graphql: PathEntry | undefined;
  /** Policies of entries with an unusable path. They are checked too, so that one error has every problem. */
  readonly unplaced: readonly EffectivePolicy[];
}

/** Reads the `paths` option. Entries whose path is unusable are reported. */
export function readPathPolicies(
  value: unknown,
  place: OptionPlace,
  defaults: EffectivePolicy,
  named: NamedPolicies,
): PathPolicies {
  const taken = new Set<string>();
  const paths: PathPolicy[] = [];
  const unplaced: EffectivePolicy[] = [];
  let graphql: PathEntry | undefined;
  const example = (path: unknown) => `{ path: '${pathFor(path)}', policy: '${named.names[0] ?? 'public'}' }`;
  const listExample = `a list: [${example(isOptionRecord(value) ? Object.keys(value)[0] : value)}]`;
  for (const [index, item] of place.list(value, 'a list of entries', listExample).entries()) {
    const at = place.element(index);
    const entry = at.record(item, 'an object with path and policy', example(item));
    if (entry !== item) {
      continue;
    }
    at.unknownOptions(entry, ['path', 'graphql', 'policy', 'external']);
    const isGraphql = readGraphql(entry, at, graphql);
    const path = isGraphql ? undefined : readPath(entry['path'], at.option('path'), taken);
    const label = isGraphql
      ? 'graphql endpoints'
      : `path ${path === undefined ? quoted(entry['path']) : JSON.stringify(path)}`;
    const definedBy = isGraphql ? ({ kind: 'graphql' } as const) : ({ kind: 'path', path: path ?? at.path } as const);
    const policy = readExternal(entry, at)
      ? externalPolicy(`${label} (external)`, definedBy, at.option('external').path)
      : named.apply(entry['policy'], defaults, { label, definedBy, place: at.option('policy') });
    if (isGraphql) {
      graphql ??= { policy, at: at.path };
    } else if (path === undefined) {
      unplaced.push(policy);
    } else {
      paths.push({ path, policy, at: at.path });
    }
  }
  return { paths, graphql, unplaced };
}

/** The path that was written, in any form, where one was. */
function pathFor(written: unknown): string {
  const first: unknown = Array.isArray(written) ? written[0] : written;
  const path =
    first instanceof RegExp ? first.source.replaceAll('\\/', '/') : first instanceof URL ? first.pathname : first;
  return typeof path === 'string' && path !== '' ? pathMeantBy(path) : '/graphql';
}

/** Whether the path is external. A value that is not a boolean is reported, and opens nothing meanwhile. */
function readExternal({ external, policy }: OptionRecord, place: OptionPlace): boolean {
  if (external === undefined || external === false) {
    return false;
  }
  if (external !== true) {
    place.option('external').invalid(external, 'true or left out', 'true, or leave it out and write a `policy`');
  } else if (policy !== undefined) {
    place.option('policy').invalidIn(policy, INVALID.policyBesideExternal);
  }
  return true;
}

/** Whether the entry is for the endpoints of @nestjs/graphql, in place of a path. */
function readGraphql({ graphql, path }: OptionRecord, place: OptionPlace, earlier: PathEntry | undefined): boolean {
  if (graphql === undefined || graphql === false) {
    return false;
  }
  const at = place.option('graphql');
  if (graphql !== true) {
    at.invalid(graphql, 'true or left out', 'true, or leave it out and write a `path`');
  } else if (path !== undefined) {
    place.option('path').invalidIn(path, INVALID_GRAPHQL.besidePath);
  } else if (earlier !== undefined) {
    at.invalidIn(graphql, INVALID_GRAPHQL.second(earlier.at));
  }
  return true;
}

function readPath(value: unknown, place: OptionPlace, taken: Set<string>): string | undefined {
  if (typeof value !== 'string') {
    place.invalid(value, 'a path', `a path, such as ${JSON.stringify(pathFor(value))}`);
    return undefined;
  }
  const fault =
    pathFault(value) ??
    (taken.has(value) ? (['that no other entry has', 'Merge the two entries into one.'] as const) : undefined);
  taken.add(value);
  if (fault === undefined) {
    return value;
  }
  place.problem('invalid-path', value, ...fault);
  return undefined;
}
