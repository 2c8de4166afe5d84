import { ORIGIN_CHARACTERS } from './origin-alphabet.js';
import type { Automaton, Step, Ways } from './regexp-automaton.js';
import type { ReadExpression } from './regexp-syntax.js';
import { MAX_ORIGIN_LENGTH } from './serialized-origin.js';

/**
 * The most ways to read the beginning of one origin that an expression may have. Refusing an origin takes one attempt per
 * way and character: two open repetitions have as many ways as an origin has characters, three have 50,000.
 */
export const MAX_READINGS = 1000;

/** The most texts that are followed: a bound of the time at boot. */
const MAX_FOLLOWED = 5000;

/** How many texts of each length are followed where not all of them can be. */
const BEAM = 8;

/** Whether an expression can take long to refuse an origin. */
export type Cost = 'bounded' | 'slow' | 'unknown';

/**
 * Counts, over all texts of at most {@link MAX_ORIGIN_LENGTH} characters, in how many ways an expression can read one: what
 * a backtracking engine tries one by one before it refuses. No time is measured, so every machine gets the same result.
 */
export function costOf(read: ReadExpression): Cost {
  const mostReadings = mostReadingsOf(read, Infinity) ?? mostReadingsOf(read, BEAM);
  if (mostReadings !== undefined && mostReadings > MAX_READINGS) {
    return 'slow';
  }
  return mostReadings === undefined || read.uncountable ? 'unknown' : 'bounded';
}

/**
 * The most readings of one text, or the first number above {@link MAX_READINGS}.
 *
 * @param width How many texts of each length are followed: those with the most readings.
 * @returns `undefined` where too many texts would have to be followed, or some were left out and no number is above.
 */
function mostReadingsOf({ automaton, whole }: ReadExpression, width: number): number | undefined {
  const classes = withoutEndings(automaton, classesOf(automaton.steps));
  const followed = new Frontier();
  let most = 0;
  let layer = readOne(automaton.beginnings(whole), classes);
  for (let length = 1; length <= MAX_ORIGIN_LENGTH && layer.length > 0; length++) {
    // Those with the most readings come first: they make others needless.
    layer.sort((one, other) => other.total - one.total);
    most = Math.max(most, (layer[0] as Text).total);
    if (most > MAX_READINGS) {
      return most;
    }
    layer = layer
      .slice(0, width)
      .filter((text) => followed.add(text))
      .flatMap((text) => readOne(after(automaton, text), classes));
    if (followed.size > MAX_FOLLOWED) {
      return undefined;
    }
  }
  return width === Infinity ? most : undefined;
}

/** Texts of one length that are read alike: the steps that have read the last character, and in how many ways. */
interface Text {
  readonly steps: readonly Step[];
  readonly counts: readonly number[];
  readonly total: number;
  readonly key: string;
}

/** Texts that are followed, without those that another one of at most their length has no fewer readings than. */
class Frontier {
  size = 0;
  readonly #byKey = new Map<string, (readonly number[])[]>();

  /** @returns Whether the text has to be followed. */
  add({ key, counts }: Text): boolean {
    const others = this.#byKey.get(key) ?? [];
    if (others.some((other) => isCovered(counts, other))) {
      return false;
    }
    this.size++;
    this.#byKey.set(key, [...others.filter((other) => !isCovered(other, counts)), counts]);
    return true;
  }
}

function isCovered(counts: readonly number[], by: readonly number[]): boolean {
  return counts.every((count, index) => count <= (by[index] as number));
}

type Classes = ReadonlyMap<Step, readonly number[]>;

/** Characters that every step treats alike are one class: a number stands for them. */
function classesOf(steps: readonly Step[]): Classes {
  const sets = [...new Set(steps.map(({ characters }) => characters))];
  const numbers = new Map<string, number>();
  const ofSet = new Map(sets.map((set) => [set, new Set<number>()]));
  for (const character of ORIGIN_CHARACTERS) {
    const readers = sets.filter((set) => set.includes(character));
    const key = readers.join(' ');
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    readers.forEach((set) => ofSet.get(set)?.add(number));
  }
  return new Map(steps.map((step) => [step, [...(ofSet.get(step.characters) as Set<number>)]]));
}

/**
 * Takes the steps away from which every text can be read in one way at most, to the end of the expression: `\.example\.com$`.
 * What gets there has gone on, or ended, before as much again gets there: these steps add nothing but a factor.
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
      // A repetition of several steps comes back here, and is no ending.
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

/** Whether a repetition in an ending, such as `(:\d+)?`, reads nothing that an ending begins with. */
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

/** The steps that may read the next character. `^` and `$` read none. */
function after(automaton: Automaton, { steps, counts }: Text): Ways {
  const following = new Map<Step, number>();
  for (const [index, step] of steps.entries()) {
    for (const [next, ways] of automaton.next(step)) {
      following.set(next, (following.get(next) ?? 0) + (counts[index] as number) * ways);
    }
  }
  return following;
}

/** The texts that are one character longer: one for each class of characters that other steps read. */
function readOne(ways: Ways, classes: Classes): Text[] {
  const readers: Step[][] = [];
  for (const step of [...ways.keys()].sort((one, other) => one.index - other.index)) {
    for (const number of classes.get(step) as readonly number[]) {
      (readers[number] ??= []).push(step);
    }
  }
  const texts = new Map<string, Text>();
  for (const steps of Object.values(readers)) {
    const key = steps.map(({ index }) => index).join();
    if (!texts.has(key)) {
      const counts = steps.map((step) => ways.get(step) as number);
      texts.set(key, { steps, counts, total: counts.reduce((total, count) => total + count), key });
    }
  }
  return [...texts.values()];
}
