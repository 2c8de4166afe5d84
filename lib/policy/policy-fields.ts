import { ALLOWABLE_PROBLEM_CODES, type AllowableProblemCode } from '../options/problem.js';
import {
  DEFAULT_VALUES,
  type DefinedBy,
  type PolicyFieldName,
  type PolicyFields,
  type PolicyFieldValues,
  type PolicyLevel,
} from './effective-policy.js';
import { readAllowedHeaders, readExposedHeaders, readMethods } from './name-lists.js';
import type { OptionPlace, OptionRecord } from './option-place.js';
import { readOriginLookup, readOriginOption } from './origin-option.js';
import type { NumberRange } from './problems.js';

// https://fetch.spec.whatwg.org/#http-access-control-max-age has no bound; browsers cache for a day at most.
const MAX_AGE: NumberRange = { least: 0, most: 86_400, unit: 'seconds' };
// An ok status: https://fetch.spec.whatwg.org/#cors-preflight-fetch, step 7
const SUCCESS_STATUS = { least: 200, most: 299, unit: 'HTTP status', standard: DEFAULT_VALUES.optionsSuccessStatus };

/** Each reads a value of any type, reports its problem, and returns the strictest value instead. */
const READERS: {
  readonly [Name in PolicyFieldName]: (value: unknown, place: OptionPlace) => PolicyFieldValues[Name];
} = {
  origin: readOriginOption,
  originLookup: readOriginLookup,
  methods: readMethods,
  allowedHeaders: readAllowedHeaders,
  exposedHeaders: readExposedHeaders,
  credentials: (value, place) => place.boolean(value),
  maxAge: (value, place) => place.number(value, MAX_AGE, 600),
  optionsSuccessStatus: (value, place) => place.number(value, SUCCESS_STATUS),
  rejectDisallowed: (value, place) => place.boolean(value),
  tenant: readTenant,
  dangerouslyAllow: readDangerouslyAllow,
};

/** Names of the fields that every level has. */
const POLICY_FIELD_NAMES = Object.keys(READERS) as readonly PolicyFieldName[];

/** Names of the options that every level has: its fields, and `shadow`. */
export const LEVEL_OPTION_NAMES: readonly string[] = [...POLICY_FIELD_NAMES, 'shadow'];

/** Reads the fields that one level sets. `undefined` is unset; `false`, `0` and `[]` are values. */
export function readLevel(options: OptionRecord, definedBy: DefinedBy, place: OptionPlace): PolicyLevel {
  const fields = readFields(options, definedBy, place);
  if (options['shadow'] === undefined) {
    return { fields };
  }
  const shadowPlace = place.option('shadow');
  const shadow = shadowPlace.record(options['shadow'], 'an object of fields', 'an object of the fields to try out');
  shadowPlace.unknownOptions(shadow, POLICY_FIELD_NAMES);
  return { fields, shadow: readFields(shadow, definedBy, shadowPlace) };
}

function readFields(options: OptionRecord, definedBy: DefinedBy, place: OptionPlace): Partial<PolicyFields> {
  const names = POLICY_FIELD_NAMES.filter((name) => options[name] !== undefined);
  // `origin` and `originLookup` merge as a pair: a level that sets either replaces both.
  const pair = names.includes('origin') || names.includes('originLookup') ? (['origin', 'originLookup'] as const) : [];
  const fields = [...new Set([...names, ...pair])].map((name) => {
    const value = options[name] === undefined ? DEFAULT_VALUES[name] : READERS[name](options[name], place.option(name));
    return [name, { value, definedBy, path: place.option(name).path }];
  });
  return Object.fromEntries(fields) as Partial<PolicyFields>;
}

function readTenant(value: unknown, place: OptionPlace): PolicyFieldValues['tenant'] {
  if (typeof value === 'function') {
    return value as PolicyFieldValues['tenant'];
  }
  place.invalid(value, 'a function', 'a function: (request) => request.params.tenant');
  return undefined;
}

function readDangerouslyAllow(value: unknown, place: OptionPlace): readonly AllowableProblemCode[] {
  const isAllowable = (code: string): code is AllowableProblemCode =>
    (ALLOWABLE_PROBLEM_CODES as readonly string[]).includes(code);
  const codes = place.list(value, 'a list of problem codes', "a list of problem codes, such as ['null-origin']");
  return place
    .strings(codes, "a problem's code in quotes", (code, at) => {
      if (!isAllowable(code)) {
        at.problem('not-allowable', code);
      }
    })
    .filter(isAllowable);
}
