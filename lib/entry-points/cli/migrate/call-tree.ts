import type ts from 'typescript';
import type { CallCondition } from './call-condition.js';
import type { CorsCall } from './cors-calls.js';

/** A call, or those of both branches of an `if`: an application has one forRoot(). */
export interface CallTree {
  /** The first call in it. */
  readonly call: CorsCall;
  /** The conditions around all of it. */
  readonly conditions: CallCondition['all'];
  readonly choice?: { readonly expression: ts.Expression; readonly yes: CallTree; readonly no: CallTree } | undefined;
}

/** The calls of one file, those of an `if` and its `else` as one. */
export function callTrees(calls: readonly CorsCall[]): readonly CallTree[] {
  const trees: CallTree[] = [];
  for (const call of calls) {
    let tree: CallTree = { call, conditions: call.condition.all };
    for (
      let index = trees.findIndex((other) => areBranches(other, tree));
      index !== -1;
      index = trees.findIndex((other) => areBranches(other, tree))
    ) {
      tree = joined(trees[index] as CallTree, tree);
      trees.splice(index, 1);
    }
    trees.push(tree);
  }
  return trees;
}

function areBranches(one: CallTree, other: CallTree): boolean {
  const isForEveryRoute = [one, other].every(({ call }) => call.routes.length === 0 && call.kind !== 'cors()');
  return (
    isForEveryRoute &&
    one.call.kind === other.call.kind &&
    one.conditions.length > 0 &&
    one.conditions.length === other.conditions.length &&
    one.conditions.every(({ expression, holds }, index) => {
      const isLast = index === one.conditions.length - 1;
      const opposite = other.conditions[index];
      return expression === opposite?.expression && (holds === opposite.holds) !== isLast;
    })
  );
}

/** `one` comes first in the file. */
function joined(one: CallTree, other: CallTree): CallTree {
  const { expression, holds } = one.conditions.at(-1) as CallCondition['all'][number];
  const [yes, no] = holds ? [one, other] : [other, one];
  return { call: one.call, conditions: one.conditions.slice(0, -1), choice: { expression, yes, no } };
}
