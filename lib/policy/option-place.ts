import type { ReportProblem } from '../options/problem.js';
import {
  type Details,
  INVALID,
  type NumberRange,
  problemAt,
  type TableCode,
  type Wording,
  worded,
} from './problems.js';

/** Options as they arrive: from TypeScript, JavaScript or a JSON file. */
export type OptionRecord = Readonly<Record<string, unknown>>;

/** Whether a value can hold options: lists and functions have keys that are not options. */
export function isOptionRecord(value: unknown): value is OptionRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A place in the configuration. It reads values of any type, and reports their problems. */
export class OptionPlace {
  /** @param prefix What the name of an option here is appended to. */
  constructor(
    readonly path: string,
    readonly report: ReportProblem,
    private readonly prefix = `${path}.`,
  ) {}

  /** The place of an option of this record. */
  option(name: string): OptionPlace {
    return new OptionPlace(`${this.prefix}${name}`, this.report);
  }

  /** The place of an element of this list. */
  element(index: number): OptionPlace {
    return new OptionPlace(`${this.path}[${index}]`, this.report);
  }

  /** The place of any key of this record, which may not be an identifier. */
  key(name: string): OptionPlace {
    return new OptionPlace(keyPath(this.path, name), this.report);
  }

  /** Reports a problem of the table. */
  problem<Code extends TableCode>(code: Code, value: unknown, ...details: Details<Code>): void {
    this.report(problemAt(code, this.path, value, ...details));
  }

  /** Reports a value that this option does not take. */
  invalid(value: unknown, expectation: string, example: string): void {
    this.invalidIn(value, { expectation, hint: `Write ${example}.` });
  }

  /** Reports a value that this option does not take, with a message of its own. */
  invalidIn(value: unknown, wording: Wording): void {
    this.report(worded('invalid-value', this.path, value, wording));
  }

  /** Reads an object of options; anything else is reported and counts as empty. */
  record(value: unknown, expectation: string, example: string): OptionRecord {
    if (isOptionRecord(value)) {
      return value;
    }
    // A function without parameters is not a delegate of the `cors` package, which takes the request.
    if (typeof value === 'function' && value.length > 0) {
      this.invalidIn(value, INVALID.delegate(expectation, example));
    } else {
      this.invalid(value, expectation, example);
    }
    return {};
  }

  /** Reads a list; `undefined` is an empty one, anything else is reported. */
  list(value: unknown, expectation: string, example: string): readonly unknown[] {
    if (Array.isArray(value)) {
      // Array.from() fills holes, which map() and filter() would skip.
      return Array.from(value as readonly unknown[]);
    }
    if (value !== undefined) {
      this.invalid(value, expectation, example);
    }
    return [];
  }

  /** The strings in a list, each checked; everything else is reported. */
  strings(
    list: readonly unknown[],
    example: string,
    check: (element: string, at: OptionPlace) => void,
  ): readonly string[] {
    return Array.from(list).filter((element, index): element is string => {
      const at = this.element(index);
      if (typeof element !== 'string') {
        at.invalid(element, 'a string', example);
        return false;
      }
      check(element, at);
      return true;
    });
  }

  /** Reads a boolean; anything else is reported and counts as `false`. */
  boolean(value: unknown): boolean {
    if (typeof value !== 'boolean') {
      this.invalid(value, 'a boolean', 'true or false');
    }
    return value === true;
  }

  /** Reads a number; anything else, `undefined` included, counts as the range's default. */
  number<Standard extends number | undefined>(
    value: unknown,
    range: NumberRange & { readonly standard?: Standard },
    example?: number,
  ): number | Standard {
    const { least, most, fraction, standard } = range;
    if (typeof value === 'number' && value >= least && value <= most && (fraction || Number.isInteger(value))) {
      return value;
    }
    if (value !== undefined) {
      this.problem('out-of-range', value, range, example);
    }
    return standard as Standard;
  }

  /** Reads one of several strings, of which the first is the default. */
  choice<Choice extends string>(value: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined && value !== undefined) {
      const quotedChoices = choices.map((choice) => `'${choice}'`).join(', ');
      this.invalid(value, `one of ${quotedChoices}`, `'${choices[0]}', or leave it out`);
    }
    return chosen ?? choices[0];
  }

  /** Reports every option that is set and not known: a misspelt restriction would silently not restrict. */
  unknownOptions(options: OptionRecord, known: readonly string[]): void {
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined && !known.includes(name)) {
        this.option(name).problem('unknown-option', value, name, known);
      }
    }
  }
}

/** A key behind the path of its object: `policies.partners`, `policies["our partners"]`. */
export function keyPath(parent: string, key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
