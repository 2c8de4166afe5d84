import { optionsDelegate } from './callback-form.js';
import { invalidValue } from './field-problems.js';
import type { ReportProblem } from '../options/problem.js';
import { unknownOption } from './structure-problems.js';

/** Options as they arrive: from TypeScript, JavaScript or a JSON file. */
export type OptionRecord = Readonly<Record<string, unknown>>;

/** Whether a value has options at all; lists and functions have keys, but none that anybody meant as options. */
export function isOptionRecord(value: unknown): value is OptionRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads an object of options; anything else is reported and counts as empty. */
export function readRecord(value: unknown, path: string, wanted: string, report: ReportProblem): OptionRecord {
  if (isOptionRecord(value)) {
    return value;
  }
  // What takes no request is no delegate of the `cors` package.
  const isDelegate = typeof value === 'function' && value.length > 0;
  report(isDelegate ? optionsDelegate(path, value, wanted) : invalidValue(path, value, wanted));
  return {};
}

/** Reads a list; absence is an empty one, anything else is reported. */
export function readList(value: unknown, path: string, wanted: string, report: ReportProblem): readonly unknown[] {
  if (value === undefined) {
    return [];
  }
  if (Array.isArray(value)) {
    return Array.from(value as readonly unknown[]);
  }
  report(invalidValue(path, value, wanted));
  return [];
}

/** Reports every option that is set and not known: a misspelt restriction would silently not restrict. */
export function reportUnknownOptions(
  options: OptionRecord,
  known: readonly string[],
  pathOf: (name: string) => string,
  report: ReportProblem,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !known.includes(name)) {
      report(unknownOption(pathOf(name), name, value, known));
    }
  }
}
