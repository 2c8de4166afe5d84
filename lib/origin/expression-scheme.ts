import type { Automaton, Step } from './regexp-automaton.js';
import type { ReadExpression } from './regexp-syntax.js';

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

/** Whether an expression may read a text that begins so. */
export function canBeginWith({ automaton, whole }: ReadExpression, text: string): boolean {
  let steps: Iterable<Step> = automaton.beginnings(whole).keys();
  let read: Step[] = [];
  for (const character of text) {
    read = [...steps].filter(({ characters }) => characters.includes(character));
    steps = following(automaton, read);
  }
  return read.length > 0;
}

function following(automaton: Automaton, steps: readonly Step[]): ReadonlySet<Step> {
  return new Set(steps.flatMap((step) => [...automaton.next(step).keys()]));
}
