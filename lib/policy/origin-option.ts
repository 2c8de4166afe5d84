import type { OriginList, OriginLookup, OriginLookupOption, OriginPredicate } from '../options/index.js';
import { inspectOrigin } from '../origin/origin-entry.js';
import { compileOrigins } from '../origin/origin-matcher.js';
import { callbackForm, takesCallback } from './callback-form.js';
import type { OriginListEntry, OriginSetting } from './effective-policy.js';
import { risksOfExpression } from './expression-risks.js';
import { invalidValue, wildcardInList } from './field-problems.js';
import { malformedOrigin } from './malformed-origin.js';
import { statefulRegExp } from './origin-problems.js';
import { replacementHint } from './origin-replacement.js';
import { risksOfOrigin } from './origin-risks.js';
import type { ReportProblem } from '../options/problem.js';

const NONE: OriginSetting = { kind: 'none' };

/** Reads the `origin` field. What can't be read allows nobody. */
export function readOrigin(value: unknown, path: string, report: ReportProblem): OriginSetting {
  if (value === false) {
    return NONE;
  }
  if (value === '*') {
    return { kind: 'any' };
  }
  if (takesCallback(value)) {
    report(callbackForm(path, value));
    return NONE;
  }
  if (typeof value === 'function') {
    return { kind: 'predicate', predicate: value as OriginPredicate };
  }
  if (typeof value === 'string' || value instanceof RegExp) {
    return listOf([readEntry(value, path, report)]);
  }
  if (Array.isArray(value)) {
    const entries = Array.from(value as readonly unknown[]);
    return listOf(entries.map((entry, index) => readEntry(entry, `${path}[${index}]`, report)));
  }
  report(
    invalidValue(
      path,
      value,
      value === true
        ? "a list of origins, or '*' without credentials: reflecting whatever origin asks is not offered, as it lets every site in"
        : "'*', false, an origin, a RegExp, a list of these, or a function",
    ),
  );
  return NONE;
}

/** Reads the `originLookup` field: what is no token, no lookup and no list is none. */
export function readOriginLookup(value: unknown, path: string, report: ReportProblem): OriginLookupOption | undefined {
  if (isToken(value) || isLookup(value)) {
    return value;
  }
  report(
    invalidValue(
      path,
      value,
      "a provider's class or token, or an object with an isOriginAllowed() or a loadOrigins() method",
    ),
  );
  return undefined;
}

/** Reads one entry of an `origin` list; `undefined` for what is none, which is reported. */
export function readEntry(value: unknown, path: string, report: ReportProblem): OriginListEntry | undefined {
  if (value instanceof RegExp) {
    if (value.global || value.sticky) {
      report(statefulRegExp(path, value));
    }
    return { value, path, risks: risksOfExpression(value) };
  }
  if (typeof value !== 'string') {
    report(invalidValue(path, value, 'an origin such as "https://app.example.com", a pattern or a RegExp'));
    return undefined;
  }
  const inspection = inspectOrigin(value);
  if (inspection.kind === 'wildcard') {
    report(wildcardInList(path, value, "'*'"));
    return undefined;
  }
  if (inspection.kind === 'malformed') {
    report(malformedOrigin(path, value, inspection, replacementHint(value, inspection)));
    return undefined;
  }
  return { value, path, risks: risksOfOrigin(inspection).map((code) => ({ code })) };
}

function listOf(entries: readonly (OriginListEntry | undefined)[]): OriginSetting {
  const read = entries.filter((entry) => entry !== undefined);
  return read.length === 0
    ? NONE
    : { kind: 'list', entries: read, matcher: compileOrigins(read.map(({ value }) => value)) };
}

function isToken(value: unknown): value is string | symbol | (abstract new (...args: never[]) => never) {
  return (typeof value === 'string' && value !== '') || typeof value === 'symbol' || typeof value === 'function';
}

/** Whether a value is an {@link OriginLookup} or an {@link OriginList}. */
export function answersForOrigins(value: unknown): value is OriginLookup | OriginList {
  const { isOriginAllowed, loadOrigins } = (value ?? {}) as Partial<OriginLookup & OriginList>;
  return typeof isOriginAllowed === 'function' || typeof loadOrigins === 'function';
}

function isLookup(value: unknown): value is Exclude<OriginLookupOption, string | symbol> {
  return typeof value === 'object' && value !== null && answersForOrigins(value);
}
