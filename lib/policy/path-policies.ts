import type { EffectivePolicy } from './effective-policy.js';
import { invalidValue } from './field-problems.js';
import type { NamedPolicies } from './named-policies.js';
import { externalPolicy } from './merge.js';
import { type OptionRecord, readList, readRecord, reportUnknownOptions } from './option-records.js';
import type { ReportProblem } from './problem.js';
import { invalidPath, policyBesideExternal } from './structure-problems.js';

/** A `paths` entry, merged. */
export interface PathPolicy {
  readonly path: string;
  readonly policy: EffectivePolicy;
}

/** Reads the `paths` option. Entries whose path is unusable are reported and left out. */
export function readPathPolicies(
  value: unknown,
  defaults: EffectivePolicy,
  named: NamedPolicies,
  report: ReportProblem,
): readonly PathPolicy[] {
  const taken = new Set<string>();
  const policies: PathPolicy[] = [];
  const wanted = "a list: [{ path: '/graphql', policy: 'public' }]";
  for (const [index, item] of readList(value, 'paths', wanted, report).entries()) {
    const at = `paths[${index}]`;
    const entry = readRecord(item, at, "{ path: '/graphql', policy: 'public' }", report);
    reportUnknownOptions(entry, ['path', 'policy', 'external'], (name) => `${at}.${name}`, report);
    const path = entry === item ? readPath(entry['path'], `${at}.path`, taken, report) : undefined;
    const isExternal = readExternal(entry, at, report);
    if (path === undefined) {
      continue;
    }
    const label = `path ${JSON.stringify(path)}`;
    const source = { kind: 'path', path } as const;
    const policyPath = `${at}.policy`;
    const policy = isExternal
      ? externalPolicy(`${label} (external)`, source, `${at}.external`)
      : named.apply(entry['policy'], defaults, { label, source, path: policyPath, prefix: `${policyPath}.` });
    policies.push({ path, policy });
  }
  return policies;
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
    report(invalidValue(at, value, 'a path, such as "/graphql"'));
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

type PathFault = readonly [fault: string, hint: string];

const ALREADY_TAKEN: PathFault = ['is in the list twice', 'Merge the two entries into one.'];
const BELOW = 'a path covers everything below it already';

/** What keeps a text from being compared with the path of a URL, which arrives resolved and percent-encoded. */
function faultIn(path: string): PathFault | undefined {
  if (!path.startsWith('/')) {
    return ['does not start with a slash', 'Write the path as the client sees it: "/graphql".'];
  }
  if (/[?#]/.test(path)) {
    return ['has a query or fragment', `Write ${JSON.stringify(path.replace(/[?#].*$/s, ''))}.`];
  }
  if (/[*{}()]|\/:/.test(path)) {
    return ['has a wildcard or parameter', `Write the part before it: ${BELOW}.`];
  }
  if (path !== '/' && path.endsWith('/')) {
    return ['ends in a slash', `Write ${JSON.stringify(path.replace(/\/+$/, '') || '/')}: ${BELOW}.`];
  }
  // https://url.spec.whatwg.org/#path-state: what a browser's URL parser makes of it is what it will ask for.
  const resolved = new URL(`http://localhost${path}`).pathname;
  return path.includes('//') || resolved !== path
    ? ['is not in the form in which browsers send it', `Write ${JSON.stringify(resolved.replace(/\/{2,}/g, '/'))}.`]
    : undefined;
}
