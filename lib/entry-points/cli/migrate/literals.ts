import type ts from 'typescript';
import type { TypeScript } from './load-typescript.js';

/** A value that an expression has whatever runs before. */
export type Literal = string | number | boolean | null | undefined | RegExp | readonly Literal[];

/** The value of an expression; `undefined` where it can't be told from the source. */
export type ReadLiteral = { readonly value: Literal } | undefined;

/** A constant may be written within itself. */
const MAX_DEPTH = 8;
/** Longest list that is written in one line. */
const MAX_LINE = 80;

/** Reads values of one source file. */
export class Literals {
  private readonly declarations = new Map<string, ts.Node[]>();

  constructor(
    private readonly typescript: TypeScript,
    source: ts.SourceFile,
  ) {
    const visit = (node: ts.Node): void => {
      const { name } = node as { name?: ts.Node };
      if (name !== undefined && typescript.isIdentifier(name) && this.declares(node)) {
        this.declarations.set(name.text, [...(this.declarations.get(name.text) ?? []), node]);
      }
      typescript.forEachChild(node, visit);
    };
    visit(source);
  }

  /** The expression without parentheses and types, and behind the only `const` of its name. */
  resolve(expression: ts.Expression): ts.Expression {
    const { typescript } = this;
    const inner = this.inner(expression);
    if (!typescript.isIdentifier(inner)) {
      return inner;
    }
    const [declaration, another] = this.declarations.get(inner.text) ?? [];
    const isConstant =
      another === undefined &&
      declaration !== undefined &&
      typescript.isVariableDeclaration(declaration) &&
      (declaration.parent.flags & typescript.NodeFlags.Const) !== 0;
    const { initializer } = (isConstant ? declaration : {}) as { initializer?: ts.Expression };
    return initializer === undefined || initializer === inner ? inner : this.inner(initializer);
  }

  read(expression: ts.Expression, depth = 0): ReadLiteral {
    const { typescript } = this;
    if (depth > MAX_DEPTH) {
      return undefined;
    }
    const node = this.resolve(expression);
    if (typescript.isStringLiteralLike(node)) {
      return { value: node.text };
    }
    if (typescript.isNumericLiteral(node)) {
      return { value: Number(node.text) };
    }
    if (typescript.isRegularExpressionLiteral(node)) {
      return readExpression(node.text);
    }
    if (typescript.isArrayLiteralExpression(node)) {
      const elements = node.elements.map((element) => this.read(element, depth + 1));
      return elements.every((element) => element !== undefined)
        ? { value: elements.map(({ value }) => value) }
        : undefined;
    }
    switch (node.kind) {
      case typescript.SyntaxKind.TrueKeyword:
        return { value: true };
      case typescript.SyntaxKind.FalseKeyword:
        return { value: false };
      case typescript.SyntaxKind.NullKeyword:
        return { value: null };
      default:
        return typescript.isIdentifier(node) && node.text === 'undefined' ? { value: undefined } : undefined;
    }
  }

  private inner(expression: ts.Expression): ts.Expression {
    const { typescript } = this;
    return typescript.isParenthesizedExpression(expression) ||
      typescript.isAsExpression(expression) ||
      typescript.isSatisfiesExpression(expression) ||
      typescript.isNonNullExpression(expression) ||
      typescript.isTypeAssertionExpression(expression)
      ? this.inner(expression.expression)
      : expression;
  }

  private declares(node: ts.Node): boolean {
    const { typescript } = this;
    return (
      typescript.isVariableDeclaration(node) ||
      typescript.isParameter(node) ||
      typescript.isBindingElement(node) ||
      typescript.isFunctionDeclaration(node) ||
      typescript.isClassDeclaration(node) ||
      typescript.isEnumDeclaration(node) ||
      typescript.isImportSpecifier(node) ||
      typescript.isImportClause(node)
    );
  }
}

function readExpression(text: string): ReadLiteral {
  const end = text.lastIndexOf('/');
  try {
    return { value: new RegExp(text.slice(1, end), text.slice(end + 1)) };
  } catch {
    return undefined;
  }
}

/** A value as source text, which needs no name of the file that it comes from. */
export function sourceOf(value: Literal): string {
  if (typeof value === 'string') {
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  }
  if (!Array.isArray(value)) {
    return String(value);
  }
  const elements = (value as readonly Literal[]).map(sourceOf);
  const line = `[${elements.join(', ')}]`;
  return line.length <= MAX_LINE ? line : `[\n${elements.map((element) => `  ${element},`).join('\n')}\n]`;
}
