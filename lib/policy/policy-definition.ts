import type { PolicyLevel, PolicySource } from './effective-policy.js';
import { invalidValue } from './field-problems.js';
import { type OptionRecord, reportUnknownOptions } from './option-records.js';
import { LEVEL_OPTION_NAMES, readLevel } from './policy-fields.js';
import type { ReportProblem } from '../options/problem.js';

const DEFINITION_OPTIONS: readonly string[] = [...LEVEL_OPTION_NAMES, 'extends'];

/** What somebody wrote as a policy: its fields, and the name of the policy that it starts from. */
export interface PolicyDefinition {
  readonly level: PolicyLevel;
  readonly parent: string | undefined;
  /** What an option's name is appended to for its path. */
  readonly prefix: string;
}

/** Reads the fields of a policy and what it extends, and reports every option that is neither. */
export function readDefinition(
  options: OptionRecord,
  source: PolicySource,
  prefix: string,
  report: ReportProblem,
): PolicyDefinition {
  reportUnknownOptions(options, DEFINITION_OPTIONS, (name) => `${prefix}${name}`, report);
  return {
    level: readLevel(options, source, prefix, report),
    parent: readParent(options['extends'], `${prefix}extends`, report),
    prefix,
  };
}

function readParent(value: unknown, path: string, report: ReportProblem): string | undefined {
  if (value === undefined || typeof value === 'string') {
    return value;
  }
  report(invalidValue(path, value, "a policy's name"));
  return undefined;
}
