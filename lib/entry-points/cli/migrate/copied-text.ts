import type ts from 'typescript';
import type { Literals } from './literals.js';
import type { TypeScript } from './load-typescript.js';

/** A constant may be written with another one. */
const MAX_DEPTH = 8;

/**
 * Writes expressions of one file so that they can stand in another one: constants of the file are written out, and providers
 * of `app.get()` become parameters of a factory.
 */
export class CopiedText {
  /** Names of parameters, with the tokens of their providers. */
  readonly injected = new Map<string, string>();
  /** Names that the file imports, or declares in a way that cannot be written out. */
  readonly unresolved = new Set<string>();
  /** Whether copied code names `process.env`, `import.meta.env` or another `env`. */
  readsEnvironment = false;

  constructor(
    private readonly typescript: TypeScript,
    private readonly source: ts.SourceFile,
    private readonly literals: Literals,
  ) {}

  of(node: ts.Node, depth = 0): string {
    const start = node.getStart(this.source);
    let [text, at] = ['', start];
    const replace = (part: ts.Node, replacement: string): void => {
      text += this.source.text.slice(at, part.getStart(this.source)) + replacement;
      at = part.getEnd();
    };
    const visit = (part: ts.Node): void => {
      const token = this.typescript.isCallExpression(part) ? this.providerOf(part) : undefined;
      if (token !== undefined) {
        replace(part, this.parameterFor(token));
      } else if (part.kind === this.typescript.SyntaxKind.ThisKeyword) {
        this.unresolved.add('this');
      } else if (this.typescript.isIdentifier(part)) {
        this.readsEnvironment ||= part.text === 'env';
        const written = this.isReference(part) ? this.nameIn(part, node, depth) : undefined;
        if (written !== undefined) {
          replace(part, written);
        }
      } else {
        this.typescript.forEachChild(part, visit);
      }
    };
    visit(node);
    return text + this.source.text.slice(at, node.getEnd());
  }

  /** What to write in place of a name; `undefined`: the name. */
  private nameIn(name: ts.Identifier, within: ts.Node, depth: number): string | undefined {
    const { typescript, literals } = this;
    if (this.isDeclaredWithin(name.text, within)) {
      return undefined;
    }
    if (!literals.isDeclared(name.text)) {
      if (!(name.text in globalThis)) {
        this.unresolved.add(name.text);
      }
      return undefined;
    }
    const constant = literals.constantOf(name.text) === undefined ? undefined : literals.resolve(name);
    const token = constant === undefined ? undefined : this.providerOf(constant);
    if (token !== undefined) {
      this.injected.set(name.text, token);
      return undefined;
    }
    if (constant === undefined || depth >= MAX_DEPTH) {
      const declared = literals.functionOf(name);
      if (declared !== undefined && depth < MAX_DEPTH) {
        return inShorthand(typescript, name, `(${this.of(declared, depth + 1)})`);
      }
      this.unresolved.add(name.text);
      return undefined;
    }
    const text = this.of(constant, depth + 1);
    const isSimple =
      typescript.isLiteralExpression(constant) ||
      typescript.isArrayLiteralExpression(constant) ||
      typescript.isIdentifier(constant) ||
      typescript.isPropertyAccessExpression(constant);
    return inShorthand(typescript, name, isSimple ? text : `(${text})`);
  }

  /** The token of `app.get(Token)`, where `app` is what NestFactory.create() returned. */
  private providerOf(node: ts.Expression): string | undefined {
    const { typescript } = this;
    if (!typescript.isCallExpression(node) || !typescript.isPropertyAccessExpression(node.expression)) {
      return undefined;
    }
    const { name, expression: target } = node.expression;
    const [token, ...more] = node.arguments;
    const application =
      name.text === 'get' && more.length === 0 && typescript.isIdentifier(target)
        ? this.literals.constantOf(target.text)
        : undefined;
    const isApplication = /\bNestFactory\b/.test(application?.getText(this.source) ?? '');
    return isApplication && token !== undefined && typescript.isIdentifier(token) ? token.text : undefined;
  }

  private parameterFor(token: string): string {
    const name = token.charAt(0).toLowerCase() + token.slice(1);
    this.injected.set(name, token);
    return name;
  }

  /** A value by its name: not the name of a property or a type. */
  private isReference(name: ts.Identifier): boolean {
    const { typescript } = this;
    const { parent } = name;
    const isProperty =
      (typescript.isPropertyAccessExpression(parent) && parent.name === name) ||
      (typescript.isPropertyAssignment(parent) && parent.name === name) ||
      (typescript.isMethodDeclaration(parent) && parent.name === name);
    return !isProperty && !typescript.isTypeNode(parent) && !typescript.isQualifiedName(parent);
  }

  private isDeclaredWithin(name: string, node: ts.Node): boolean {
    const { typescript } = this;
    const declares = (part: ts.Node): boolean => {
      const { name: declared } = part as { name?: ts.Node };
      const isDeclaration =
        typescript.isVariableDeclaration(part) ||
        typescript.isParameter(part) ||
        typescript.isBindingElement(part) ||
        typescript.isFunctionDeclaration(part) ||
        typescript.isFunctionExpression(part);
      return (
        (isDeclaration && declared !== undefined && typescript.isIdentifier(declared) && declared.text === name) ||
        (typescript.forEachChild(part, (child) => declares(child) || undefined) ?? false)
      );
    };
    return declares(node);
  }
}

/** `{ name }` is written `{ name: text }`. */
function inShorthand(typescript: TypeScript, name: ts.Identifier, text: string): string {
  return typescript.isShorthandPropertyAssignment(name.parent) ? `${name.text}: ${text}` : text;
}
