import type ts from 'typescript';
import type { TypeScript } from './load-typescript.js';

/** The conditions of a call within its own function. */
export interface CallCondition {
  /** The conditions, all of which have to hold. */
  readonly all: readonly { readonly expression: ts.Expression; readonly holds: boolean }[];
  /** Anything else that decides whether it runs: a `switch`, a loop, a `catch`. */
  readonly unread: string | undefined;
}

/** The conditions around a call: `if`, `&&`, `||` and `? :`. */
export function conditionOf(typescript: TypeScript, call: ts.Node): CallCondition {
  const all: { expression: ts.Expression; holds: boolean }[] = [];
  let unread: string | undefined;
  for (let node = call; !isBoundary(typescript, node); node = node.parent) {
    const { parent } = node;
    if (typescript.isIfStatement(parent) && node !== parent.expression) {
      all.unshift({ expression: parent.expression, holds: node === parent.thenStatement });
    } else if (typescript.isConditionalExpression(parent) && node !== parent.condition) {
      all.unshift({ expression: parent.condition, holds: node === parent.whenTrue });
    } else if (typescript.isBinaryExpression(parent) && node === parent.right) {
      const { kind } = parent.operatorToken;
      if (kind === typescript.SyntaxKind.AmpersandAmpersandToken || kind === typescript.SyntaxKind.BarBarToken) {
        const holds = kind === typescript.SyntaxKind.AmpersandAmpersandToken;
        all.unshift({ expression: parent.left, holds });
      }
    } else if (typescript.isCaseOrDefaultClause(parent)) {
      unread = 'a `switch`';
    } else if (typescript.isCatchClause(parent)) {
      unread = 'a `catch`';
    } else if (typescript.isIterationStatement(parent, false)) {
      unread = 'a loop';
    }
  }
  return { all, unread };
}

function isBoundary(typescript: TypeScript, node: ts.Node): boolean {
  return typescript.isSourceFile(node) || typescript.isFunctionLike(node);
}
