import type { Effort } from './effort.js';
import type { Step } from './regexp-automaton.js';
import type { Cost } from './regexp-cost.js';
import type { ReadExpression } from './regexp-syntax.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/**
 * Tests an expression with origins. An expression that may be slow is never run: its automaton is followed instead, in one
 * pass over the origin.
 */
export class ExpressionTrial {
  readonly #isRun: boolean;

  constructor(
    readonly expression: RegExp,
    readonly searched: ReadExpression,
    cost: Cost,
    readonly effort: Effort,
  ) {
    this.#isRun = cost === 'bounded';
  }

  /** Whether the result equals the expression's: the automaton has no lookarounds and back-references. */
  get isExact(): boolean {
    return this.#isRun || this.searched.exact;
  }

  allows(origin: string): boolean {
    this.effort.spend(origin.length);
    return (
      parseSerializedOrigin(origin) !== undefined && (this.#isRun ? this.expression.test(origin) : this.#reads(origin))
    );
  }

  #reads(origin: string): boolean {
    const endings = this.searched.automaton.endings(this.searched.whole);
    return stepsThrough(this.searched, origin, this.effort).some((step) => endings.has(step));
  }
}

/** The steps that may read the last character of a string. */
function stepsThrough({ automaton, whole }: ReadExpression, text: string, effort?: Effort): readonly Step[] {
  let following: ReadonlySet<Step> = new Set(automaton.beginnings(whole).keys());
  let reached: readonly Step[] = [];
  for (const character of text) {
    effort?.spend(following.size);
    reached = [...following].filter(({ characters }) => characters.includes(character));
    const next = new Set<Step>();
    for (const step of reached) {
      const ways = automaton.next(step);
      effort?.spend(ways.size);
      ways.forEach((_, each) => next.add(each));
    }
    following = next;
  }
  return reached;
}

/** Whether an expression may read a string that begins so. */
export function canBeginWith(expression: ReadExpression, beginning: string): boolean {
  return stepsThrough(expression, beginning).length > 0;
}

/** Whether an expression leaves open what comes before the first colon. */
export function hasOpenScheme({ automaton, whole }: ReadExpression): boolean {
  const reached = new Set(automaton.beginnings(whole).keys());
  for (const step of reached) {
    if (step.free) {
      return true;
    }
    if (step.characters !== ':') {
      automaton.next(step).forEach((_, next) => reached.add(next));
    }
  }
  return false;
}
