import type { Effort } from './effort.js';
import type { Step } from './regexp-automaton.js';
import type { Cost } from './regexp-cost.js';
import type { ReadExpression } from './regexp-syntax.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/**
 * Tries an expression with origins. An expression that may be slow is never run: its automaton is, which takes one pass over
 * the origin whatever the expression is like.
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

  /** Whether a trial tells what the expression itself would: the automaton leaves lookarounds and back-references out. */
  get isExact(): boolean {
    return this.#isRun || this.searched.exact;
  }

  allows(origin: string): boolean {
    this.effort.spend(origin.length);
    return (
      parseSerializedOrigin(origin) !== undefined &&
      (this.#isRun ? this.expression.test(origin) : reads(this.searched, origin, this.effort))
    );
  }
}

/** Whether there is a way through an automaton that reads all of a text. */
function reads({ automaton, whole }: ReadExpression, text: string, effort: Effort): boolean {
  let following: ReadonlySet<Step> = new Set(automaton.beginnings(whole).keys());
  let reached: readonly Step[] = [];
  for (const character of text) {
    effort.spend(following.size);
    reached = [...following].filter(({ characters }) => characters.includes(character));
    const next = new Set<Step>();
    for (const step of reached) {
      const ways = automaton.next(step);
      effort.spend(ways.size);
      ways.forEach((_, each) => next.add(each));
    }
    following = next;
  }
  const endings = automaton.endings(whole);
  return reached.some((step) => endings.has(step));
}
