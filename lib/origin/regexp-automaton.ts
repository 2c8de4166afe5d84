import { ORIGIN_CHARACTERS } from './origin-grammar.js';

/** A part of an expression that reads one character, or is `^` or `$`. */
export interface Step {
  readonly index: number;
  readonly kind: 'character' | 'start' | 'end';
  /** The characters of a serialized origin that it reads. */
  readonly characters: string;
  /** Whether the expression leaves the character open. */
  readonly free: boolean;
  /** Whether it is a dot without a quantifier. */
  readonly dot: boolean;
  /** Whether it belongs to a lookaround. */
  readonly aside: boolean;
}

/** Steps, and the number of ways to each. */
export type Ways = ReadonlyMap<Step, number>;

/** A part of an expression: its first and last steps, and the number of ways to read nothing with it. */
export interface Fragment {
  readonly first: Ways;
  readonly last: Ways;
  readonly empty: number;
}

/** Thrown when an expression has too many steps. */
export class TooLarge extends Error {}

const MAX_STEPS = 8000;
const MAX_LINKS = 60_000;

export const EMPTY: Fragment = { first: new Map(), last: new Map(), empty: 1 };

/**
 * Glushkov's automaton of an expression, with the number of ways from step to step.
 * @see https://en.wikipedia.org/wiki/Glushkov%27s_construction_algorithm
 */
export class Automaton {
  readonly steps: Step[] = [];
  readonly #next = new Map<Step, Map<Step, number>>();
  #previous: ReadonlyMap<Step, Ways> | undefined;
  #links = 0;

  step(properties: Omit<Step, 'index'>): Fragment {
    if (this.steps.length === MAX_STEPS) {
      throw new TooLarge();
    }
    const step = { index: this.steps.length, ...properties };
    this.steps.push(step);
    this.#next.set(step, new Map());
    const only = new Map([[step, 1]]);
    return { first: only, last: only, empty: 0 };
  }

  next(step: Step): Ways {
    return this.#next.get(step) as Ways;
  }

  sequence(before: Fragment, after: Fragment): Fragment {
    this.#link(before.last, after.first);
    return {
      first: sum(before.first, after.first, before.empty),
      last: sum(after.last, before.last, after.empty),
      empty: before.empty * after.empty,
    };
  }

  choice(fragments: readonly Fragment[]): Fragment {
    const first = new Map<Step, number>();
    const last = new Map<Step, number>();
    let empty = 0;
    for (const fragment of fragments) {
      add(first, fragment.first);
      add(last, fragment.last);
      empty += fragment.empty;
    }
    return { first, last, empty };
  }

  /** One or more times. An iteration that reads nothing ends the repetition. */
  repetition(fragment: Fragment): Fragment {
    this.#link(fragment.last, fragment.first);
    return fragment;
  }

  optional({ first, last }: Fragment): Fragment {
    return { first, last, empty: 1 };
  }

  /** Lets the expression begin and end anywhere, as `test()` does. */
  search(whole: Fragment): Fragment {
    const around = { kind: 'character', characters: ORIGIN_CHARACTERS, free: true, dot: false, aside: false } as const;
    const before = this.optional(this.repetition(this.step(around)));
    const after = this.optional(this.repetition(this.step(around)));
    return this.sequence(this.sequence(before, whole), after);
  }

  /** The steps that may read the first character, with or without `^`. */
  beginnings({ first }: Fragment): Ways {
    return beyond('start', first, (step) => this.next(step));
  }

  /** The steps that may read the last character. */
  endings({ last }: Fragment): Ways {
    return beyond('end', last, (step) => this.previous(step));
  }

  /** The steps that may come before a step. */
  previous(step: Step): Ways {
    this.#previous ??= inverted(this.#next);
    return this.#previous.get(step) ?? new Map<Step, number>();
  }

  #link(from: Ways, to: Ways): void {
    this.#links += from.size * to.size;
    if (this.#links > MAX_LINKS) {
      throw new TooLarge();
    }
    for (const [step, ways] of from) {
      add(this.#next.get(step) as Map<Step, number>, to, ways);
    }
  }
}

/** Replaces `^` or `$`, which read no character, by the steps behind them. */
function beyond(kind: Step['kind'], ways: Ways, neighbours: (step: Step) => Ways): Ways {
  const reached = new Map<Step, number>();
  const pending = [...ways];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const [step, count] = entry;
    if (step.kind === kind) {
      for (const [each, more] of neighbours(step)) {
        pending.push([each, more * count]);
      }
    } else {
      add(reached, new Map([[step, count]]));
    }
  }
  return reached;
}

function inverted(next: ReadonlyMap<Step, Ways>): ReadonlyMap<Step, Ways> {
  const previous = new Map<Step, Map<Step, number>>();
  for (const [step, ways] of next) {
    for (const [each, count] of ways) {
      previous.set(each, (previous.get(each) ?? new Map<Step, number>()).set(step, count));
    }
  }
  return previous;
}

function sum(one: Ways, other: Ways, factor: number): Ways {
  return factor === 0 ? one : add(new Map(one), other, factor);
}

function add(to: Map<Step, number>, ways: Ways, factor = 1): Map<Step, number> {
  for (const [step, count] of ways) {
    to.set(step, (to.get(step) ?? 0) + count * factor);
  }
  return to;
}
