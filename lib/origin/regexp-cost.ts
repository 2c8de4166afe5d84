import { valueOf } from '../support/memo.js';
import type { Effort } from './effort.js';
import { LABEL_CHARACTERS, ORIGIN_CHARACTERS } from './origin-grammar.js';
import type { Automaton, Step, Ways } from './regexp-automaton.js';
import type { ReadExpression } from './regexp-syntax.js';
import { MAX_ORIGIN_LENGTH, MAX_SCHEME_LENGTH } from './serialized-origin.js';

/**
 * Most ways in which an expression may read the beginning of one origin. Refusing it takes one attempt per way and character.
 * Three open repetitions have 2,000 ways to read a label, four have 40,000.
 */
export const MAX_READINGS = 2500;

/** Most characters in a row without a separator. A scheme can be longer than a label by one. */
const MAX_RUN = MAX_SCHEME_LENGTH;

/** How many strings of each length are followed in a search of `some`. */
const BEAM = 8;

/** Whether an expression can take long to refuse an origin. */
export type Cost = 'bounded' | 'slow' | 'unknown';

/**
 * Counts in how many ways an expression can read one string of at most {@link MAX_ORIGIN_LENGTH} characters. A backtracking
 * engine tries them one by one before it refuses. No time is measured, so the result does not depend on the machine.
 */
export function costOf(read: ReadExpression, effort: Effort): Cost {
  if (mostReadingsOf(read, 'merged', effort) <= MAX_READINGS) {
    return read.uncountable ? 'unknown' : 'bounded';
  }
  return mostReadingsOf(read, 'some', effort) > MAX_READINGS ? 'slow' : 'unknown';
}

/**
 * The most readings of one string, or the first number above {@link MAX_READINGS}.
 *
 * @param following `merged`: strings that end in the same steps count as one with the most readings of each, an upper bound.
 *   `some`: of each length, those with the most readings, a lower bound.
 * @throws TooMuchEffort where too many strings would have to be followed.
 */
function mostReadingsOf({ automaton, whole }: ReadExpression, following: 'merged' | 'some', effort: Effort): number {
  const classes = withoutEndings(automaton, classesOf(automaton.steps));
  const followed = new Frontier();
  let most = 0;
  let layer = readOne(automaton.beginnings(whole), classes, 0, effort);
  for (let length = 1; length <= MAX_ORIGIN_LENGTH && layer.length > 0; length++) {
    // The strings with the most readings come first, so that they cover others.
    layer = following === 'merged' ? merged(layer) : layer;
    layer.sort((one, other) => other.total - one.total);
    most = Math.max(most, (layer[0] as Text).total);
    if (most > MAX_READINGS) {
      return most;
    }
    layer = layer
      .slice(0, following === 'some' ? BEAM : Infinity)
      .filter((text) => followed.add(text, effort))
      .flatMap((text) => readOne(after(automaton, text, effort), classes, text.run, effort));
  }
  return most;
}

function merged(layer: readonly Text[]): Text[] {
  const texts = new Map<string, Text>();
  for (const text of layer) {
    const other = texts.get(text.key);
    texts.set(text.key, other === undefined ? text : mergedWith(text, other));
  }
  return [...texts.values()];
}

function mergedWith(text: Text, other: Text): Text {
  const counts = text.counts.map((count, index) => Math.max(count, other.counts[index] as number));
  return { ...text, counts, total: totalOf(counts), run: Math.min(text.run, other.run) };
}

function totalOf(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count);
}

/** Strings of one length with the same readings: the steps that read the last character, and the number of ways. */
interface Text {
  readonly steps: readonly Step[];
  readonly counts: readonly number[];
  readonly total: number;
  readonly key: string;
  /** How many characters of a label or a scheme it ends with. */
  readonly run: number;
}

/** The strings that are followed. A string that an earlier one covers is left out. */
class Frontier {
  readonly #byKey = new Map<string, Text>();

  /** @returns Whether the string has to be followed. */
  add(text: Text, effort: Effort): boolean {
    const other = this.#byKey.get(text.key);
    effort.spend(1 + text.counts.length);
    if (other !== undefined && isCovered(text, other)) {
      return false;
    }
    this.#byKey.set(text.key, text);
    return true;
  }
}

/** Whether another string has as many readings, and can be continued in the same ways. */
function isCovered({ counts, run }: Text, by: Text): boolean {
  return by.run <= run && counts.every((count, index) => count <= (by.counts[index] as number));
}

/** The classes of characters that each step reads. Classes of a label's characters have even numbers. */
type Classes = ReadonlyMap<Step, readonly number[]>;

/** Characters that every step treats alike are one class. */
function classesOf(steps: readonly Step[]): Classes {
  const sets = [...new Set(steps.map(({ characters }) => characters))];
  const numbers = new Map<string, number>();
  const ofSet = new Map(sets.map((set) => [set, new Set<number>()]));
  for (const character of ORIGIN_CHARACTERS) {
    const readers = sets.filter((set) => set.includes(character));
    const ofLabel = LABEL_CHARACTERS.includes(character);
    const key = `${ofLabel} ${readers.join(' ')}`;
    const number = numbers.get(key) ?? numbers.size * 2 + Number(!ofLabel);
    numbers.set(key, number);
    readers.forEach((set) => ofSet.get(set)?.add(number));
  }
  return new Map(steps.map((step) => [step, [...(ofSet.get(step.characters) as Set<number>)]]));
}

/**
 * Removes the steps from which each string has one reading at most to the end of the expression: `\.example\.com$`. They add
 * only a factor.
 */
function withoutEndings(automaton: Automaton, classes: Classes): Classes {
  const withLoops = endingsOf(automaton, classes, true);
  const endings = isLeftBeforeNextEntry(automaton, classes, withLoops)
    ? withLoops
    : endingsOf(automaton, classes, false);
  return new Map([...classes].map(([step, numbers]) => [step, endings.has(step) ? [] : numbers]));
}

function endingsOf(automaton: Automaton, classes: Classes, withLoops: boolean): ReadonlySet<Step> {
  const known = new Map<Step, boolean>();
  const isEnding = (step: Step): boolean => {
    let ending = known.get(step);
    if (ending === undefined) {
      // A repetition of several steps returns here, and is not an ending.
      known.set(step, false);
      const next = [...automaton.next(step)];
      const numbers = next.flatMap(([each]) => classes.get(each) as readonly number[]);
      ending =
        next.every(([each, count]) => count === 1 && (each === step ? withLoops : isEnding(each))) &&
        new Set(numbers).size === numbers.length;
      known.set(step, ending);
    }
    return ending;
  };
  return new Set(automaton.steps.filter(isEnding));
}

/** Whether no repetition in an ending, such as `(:\d+)?`, reads what an ending begins with. */
function isLeftBeforeNextEntry(automaton: Automaton, classes: Classes, endings: ReadonlySet<Step>): boolean {
  const numbersOf = (step: Step) => classes.get(step) as readonly number[];
  const entries = automaton.steps
    .filter((step) => !endings.has(step))
    .flatMap((step) => [...automaton.next(step).keys()])
    .filter((step) => endings.has(step));
  const begin = new Set(entries.flatMap(numbersOf));
  return automaton.steps
    .filter((step) => endings.has(step) && automaton.next(step).has(step))
    .every((step) => !numbersOf(step).some((number) => begin.has(number)));
}

/** The steps that may read the next character. */
function after(automaton: Automaton, { steps, counts }: Text, effort: Effort): Ways {
  const following = new Map<Step, number>();
  for (const [index, step] of steps.entries()) {
    const ofStep = automaton.next(step);
    effort.spend(ofStep.size);
    for (const [next, ways] of ofStep) {
      following.set(next, (following.get(next) ?? 0) + (counts[index] as number) * ways);
    }
  }
  return following;
}

/** The strings with one more character, one for each class of characters. */
function readOne(ways: Ways, classes: Classes, before: number, effort: Effort): Text[] {
  const readers = new Map<number, Step[]>();
  for (const step of [...ways.keys()].sort((one, other) => one.index - other.index)) {
    const numbers = classes.get(step) as readonly number[];
    effort.spend(1 + numbers.length);
    for (const number of numbers) {
      valueOf(readers, number, () => []).push(step);
    }
  }
  const texts = new Map<string, Text>();
  for (const [number, steps] of readers) {
    const run = number % 2 === 0 ? before + 1 : 0;
    const key = steps.map(({ index }) => index).join();
    const known = texts.get(key);
    if (run <= MAX_RUN && (known === undefined || run < known.run)) {
      const counts = steps.map((step) => ways.get(step) as number);
      texts.set(key, { steps, counts, total: totalOf(counts), key, run });
    }
  }
  return [...texts.values()];
}
