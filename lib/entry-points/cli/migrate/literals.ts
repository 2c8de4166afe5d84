import type ts from 'typescript';
import type { TypeScript } from './load-typescript.js';

/** A value that an expression has, whatever code runs before. */
export type Literal = string | number | boolean | null | undefined | RegExp | readonly Literal[];

/** The value of an expression; `undefined` where it can't be told from the source. */
export type ReadLiteral = { readonly value: Literal } | undefined;

/** A constant may be written within itself. */
const MAX_DEPTH = 8;
/** Longest list that is written in one line. */
const MAX_LINE = 80;
/** Methods that change a list, a set or a map. */
const CHANGES = /^(?:push|unshift|splice|pop|shift|sort|reverse|add|set|delete|clear|assign)$/;

/** Reads values of one source file. */
export class Literals {
  private readonly declarations = new Map<string, ts.Node[]>();
  /** Names of constants whose contents change later: `list.push()`, `options.origin = …`. */
  private readonly changed = new Set<string>();

  constructor(
    private readonly typescript: TypeScript,
    source: ts.SourceFile,
  ) {
    const visit = (node: ts.Node): void => {
      const { name } = node as { name?: ts.Node };
      if (name !== undefined && typescript.isIdentifier(name) && this.declares(node)) {
        this.declarations.set(name.text, [...(this.declarations.get(name.text) ?? []), node]);
      }
      const target = this.changedBy(node);
      if (target !== undefined && typescript.isIdentifier(target)) {
        this.changed.add(target.text);
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
    const initializer = this.constantOf(inner.text);
    return initializer === undefined || initializer === inner ? inner : this.inner(initializer);
  }

  /** The value of the only `const` of a name. */
  constantOf(name: string): ts.Expression | undefined {
    const { typescript } = this;
    const declaration = this.onlyDeclarationOf(name);
    return declaration !== undefined &&
      !this.changed.has(name) &&
      typescript.isVariableDeclaration(declaration) &&
      (declaration.parent.flags & typescript.NodeFlags.Const) !== 0
      ? declaration.initializer
      : undefined;
  }

  /** The function that an expression is or names, if there is one of that name. */
  functionOf(expression: ts.Expression): ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | undefined {
    const { typescript } = this;
    const node = this.resolve(expression);
    if (typescript.isArrowFunction(node) || typescript.isFunctionExpression(node)) {
      return node;
    }
    const declaration = typescript.isIdentifier(node) ? this.onlyDeclarationOf(node.text) : undefined;
    return declaration !== undefined && typescript.isFunctionDeclaration(declaration) ? declaration : undefined;
  }

  /** Whether the file declares the name, anywhere. */
  isDeclared(name: string): boolean {
    return this.declarations.has(name);
  }

  private onlyDeclarationOf(name: string): ts.Node | undefined {
    const [declaration, another] = this.declarations.get(name) ?? [];
    return another === undefined ? declaration : undefined;
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

  /** The object whose contents a node changes. */
  private changedBy(node: ts.Node): ts.Expression | undefined {
    const { typescript } = this;
    if (typescript.isCallExpression(node) && typescript.isPropertyAccessExpression(node.expression)) {
      return CHANGES.test(node.expression.name.text) ? node.expression.expression : undefined;
    }
    const isAssignment =
      typescript.isBinaryExpression(node) &&
      node.operatorToken.kind >= typescript.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= typescript.SyntaxKind.LastAssignment;
    return isAssignment &&
      (typescript.isPropertyAccessExpression(node.left) || typescript.isElementAccessExpression(node.left))
      ? node.left.expression
      : undefined;
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
      typescript.isImportClause(node) ||
      typescript.isNamespaceImport(node)
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
