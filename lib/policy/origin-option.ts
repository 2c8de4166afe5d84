import type { OriginList, OriginLookup, OriginLookupOption, OriginPredicate } from '../options/index.js';
import { faultsOf } from '../origin/expression-faults.js';
import { inspectOrigin } from '../origin/origin-entry.js';
import { OriginMatcherBuilder } from '../origin/origin-matcher.js';
import { isInsecureOrigin, parseSerializedOrigin } from '../origin/serialized-origin.js';
import { takesCallback } from './callback-form.js';
import type { OriginListEntry, OriginListValue, OriginSetting } from './effective-policy.js';
import type { OptionPlace } from './option-place.js';
import { malformedOrigin, risksOfOrigin } from './origin-problems.js';
import { replacementHint } from './origin-replacement.js';
import { INVALID } from './problems.js';

const NONE: OriginSetting = { kind: 'none' };
const EMPTY_LIST: OriginSetting = { kind: 'none', isEmptyList: true };

/** What readOrigins() returns for `false`: a list without origins that means `origin: false`. */
export const NO_ORIGIN: readonly never[] = Object.freeze([]);

/** Reads the `origin` field. A value of another type allows no origin. */
export function readOriginOption(value: unknown, place: OptionPlace): OriginSetting {
  if (value === false || value === NO_ORIGIN) {
    return NONE;
  }
  if (value === '*') {
    return { kind: 'any' };
  }
  if (takesCallback(value)) {
    place.invalidIn(value, INVALID.callback);
    return NONE;
  }
  if (typeof value === 'function') {
    return { kind: 'predicate', predicate: value as OriginPredicate };
  }
  if (typeof value === 'string' || value instanceof RegExp) {
    return readOriginList([value], () => place);
  }
  if (Array.isArray(value)) {
    return readOriginList(value, (index) => place.element(index));
  }
  const expectation = "'*', false, an origin, a RegExp, a list of these, or a function";
  if (value === true) {
    const hint = "Write a list of origins, or '*' without credentials.";
    const fact = 'To reflect every origin is not offered, as it lets every site in.';
    place.invalidIn(value, { expectation, fact, hint });
  } else {
    place.invalid(value, expectation, expectation);
  }
  return NONE;
}

/** Reads the `originLookup` field: a token, a lookup or a list. */
export function readOriginLookup(value: unknown, place: OptionPlace): OriginLookupOption | undefined {
  const isToken = (typeof value === 'string' && value !== '') || ['symbol', 'function'].includes(typeof value);
  if (isToken || (typeof value === 'object' && value !== null && answersForOrigins(value))) {
    return value as OriginLookupOption;
  }
  place.invalid(
    value,
    'a provider or an instance',
    "a provider's class or token, or an object with an isOriginAllowed() or a loadOrigins() method",
  );
  return undefined;
}

/** Reads one entry of an `origin` list; anything else is reported. */
export function readOriginEntry(value: unknown, place: OptionPlace): OriginListEntry | undefined {
  const { path } = place;
  if (value instanceof RegExp) {
    if (value.global || value.sticky) {
      place.problem('stateful-regexp', value);
    }
    return { value, path, risks: faultsOf(value) };
  }
  if (typeof value !== 'string') {
    place.invalid(
      value,
      'an origin, a pattern or a RegExp',
      'an origin such as "https://app.example.com", a pattern or a RegExp',
    );
    return undefined;
  }
  const inspection = inspectOrigin(value);
  if (inspection.kind === 'wildcard') {
    place.problem('wildcard-in-list', value, 'origin');
    return undefined;
  }
  if (inspection.kind === 'malformed') {
    place.report(malformedOrigin(path, value, inspection, replacementHint(value, inspection)));
    return undefined;
  }
  return { value, path, risks: risksOfOrigin(inspection) };
}

/** Reads a list in one pass. Values without risks, a million perhaps, get neither a place nor an entry. */
function readOriginList(list: readonly unknown[], placeOf: (index: number) => OptionPlace): OriginSetting {
  const values: OriginListValue[] = [];
  const risky: OriginListEntry[] = [];
  const matcher = new OriginMatcherBuilder();
  const add = (value: OriginListValue): void => {
    values.push(value);
    matcher.add(value);
  };
  // Not forEach(), which skips holes.
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (isOriginWithoutRisk(value)) {
      add(value);
      continue;
    }
    const entry = readOriginEntry(value, placeOf(index));
    if (entry !== undefined) {
      add(entry.value);
      risky.push(...(entry.risks.length > 0 ? [entry] : []));
    }
  }
  return values.length === 0 ? EMPTY_LIST : { kind: 'list', values, risky, matcher: matcher.build() };
}

function isOriginWithoutRisk(value: unknown): value is string {
  const origin = typeof value === 'string' ? parseSerializedOrigin(value) : undefined;
  return origin !== undefined && !isInsecureOrigin(origin);
}

/** Whether a value is an {@link OriginLookup} or an {@link OriginList}. */
export function answersForOrigins(value: unknown): value is OriginLookup | OriginList {
  const { isOriginAllowed, loadOrigins } = (value ?? {}) as Partial<OriginLookup & OriginList>;
  return typeof isOriginAllowed === 'function' || typeof loadOrigins === 'function';
}
