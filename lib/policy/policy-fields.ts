import { DEFAULT_VALUES } from './merge.js';
import type {
  PolicyFieldName,
  PolicyFields,
  PolicyFieldValues,
  PolicyLevel,
  PolicySource,
} from './effective-policy.js';
import { invalidValue, maxAgeOutOfRange, notTolerable, successStatusOutOfRange } from './field-problems.js';
import { type OptionRecord, readRecord, reportUnknownOptions } from './option-records.js';
import { readOrigin, readOriginLookup } from './origin-option.js';
import { readAllowedHeaders, readExposedHeaders, readMethods } from './policy-lists.js';
import { type ReportProblem, TOLERABLE_PROBLEM_CODES, type TolerableProblemCode } from '../options/problem.js';

type FieldReader<Value> = (value: unknown, path: string, report: ReportProblem) => Value;

/** Each reads a value of any type, reports what is wrong with it, and returns the strictest value in its place. */
const READERS: { readonly [Name in PolicyFieldName]: FieldReader<PolicyFieldValues[Name]> } = {
  origin: readOrigin,
  originLookup: readOriginLookup,
  methods: readMethods,
  allowedHeaders: readAllowedHeaders,
  exposedHeaders: readExposedHeaders,
  credentials: readBoolean,
  maxAge: readMaxAge,
  optionsSuccessStatus: readSuccessStatus,
  rejectDisallowed: readBoolean,
  tenant: readTenant,
  dangerouslyAllow: readDangerouslyAllow,
};

/** Names of the fields that every level has. */
export const POLICY_FIELD_NAMES = Object.keys(READERS) as readonly PolicyFieldName[];

/** Names of the options that every level has: its fields, and those that it only tries out. */
export const LEVEL_OPTION_NAMES: readonly string[] = [...POLICY_FIELD_NAMES, 'shadow'];

/**
 * Reads what one level sets. `undefined` is unset; `false`, `0` and `[]` are values.
 *
 * @param prefix What a field's name is appended to for its path: `policies.partners.`, `OrdersController: `.
 */
export function readLevel(
  options: OptionRecord,
  source: PolicySource,
  prefix: string,
  report: ReportProblem,
): PolicyLevel {
  const fields = readFields(options, source, prefix, report);
  if (options['shadow'] === undefined) {
    return { fields };
  }
  const path = `${prefix}shadow`;
  const shadow = readRecord(options['shadow'], path, 'an object of the fields to try out', report);
  reportUnknownOptions(shadow, POLICY_FIELD_NAMES, (name) => `${path}.${name}`, report);
  return { fields, shadow: readFields(shadow, source, `${path}.`, report) };
}

function readFields(
  options: OptionRecord,
  source: PolicySource,
  prefix: string,
  report: ReportProblem,
): Partial<PolicyFields> {
  const fields: { -readonly [Name in PolicyFieldName]?: PolicyFields[Name] } = {};
  const read = <Name extends PolicyFieldName>(name: Name): void => {
    const path = `${prefix}${name}`;
    fields[name] = { value: READERS[name](options[name], path, report), source, path } as PolicyFields[Name];
  };
  POLICY_FIELD_NAMES.filter((name) => options[name] !== undefined).forEach(read);
  // `origin` and `originLookup` answer one question: a level that sets either replaces both.
  if (fields.origin !== undefined || fields.originLookup !== undefined) {
    fields.origin ??= { value: DEFAULT_VALUES.origin, source, path: `${prefix}origin` };
    fields.originLookup ??= { value: DEFAULT_VALUES.originLookup, source, path: `${prefix}originLookup` };
  }
  return fields;
}

function readBoolean(value: unknown, path: string, report: ReportProblem): boolean {
  if (typeof value === 'boolean') {
    return value;
  }
  report(invalidValue(path, value, 'true or false'));
  return false;
}

function readMaxAge(value: unknown, path: string, report: ReportProblem): number | undefined {
  if (typeof value !== 'number') {
    report(invalidValue(path, value, 'a number of seconds, such as 600'));
    return undefined;
  }
  // https://fetch.spec.whatwg.org/#http-access-control-max-age is unbounded; a day is the most that a browser keeps it.
  if (!isWithin(value, 0, 86_400)) {
    report(maxAgeOutOfRange(path, value));
  }
  return value;
}

function readSuccessStatus(value: unknown, path: string, report: ReportProblem): number {
  if (typeof value !== 'number') {
    report(invalidValue(path, value, 'a status, such as 204'));
    return DEFAULT_VALUES.optionsSuccessStatus;
  }
  // An ok status: https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7
  if (!isWithin(value, 200, 299)) {
    report(successStatusOutOfRange(path, value));
  }
  return value;
}

function readTenant(value: unknown, path: string, report: ReportProblem): PolicyFieldValues['tenant'] {
  if (typeof value === 'function') {
    return value as PolicyFieldValues['tenant'];
  }
  report(invalidValue(path, value, 'a function: (request) => request.params.tenant'));
  return undefined;
}

function readDangerouslyAllow(value: unknown, path: string, report: ReportProblem): readonly TolerableProblemCode[] {
  if (!Array.isArray(value)) {
    report(invalidValue(path, value, "a list of problem codes, such as ['null-origin']"));
    return [];
  }
  return Array.from(value as readonly unknown[]).filter((code, index): code is TolerableProblemCode => {
    const tolerable = (TOLERABLE_PROBLEM_CODES as readonly unknown[]).includes(code);
    const at = `${path}[${index}]`;
    if (typeof code !== 'string') {
      report(invalidValue(at, code, "a problem's code in quotes"));
    } else if (!tolerable) {
      report(notTolerable(at, code));
    }
    return tolerable;
  });
}

/** Whether a number is whole and in a range, both ends included. */
export function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
