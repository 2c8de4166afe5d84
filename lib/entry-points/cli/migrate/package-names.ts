import type ts from 'typescript';
import type { TypeScript } from './load-typescript.js';

/** A package whose middleware or plugin does CORS. */
export type CorsPackage = 'cors' | '@fastify/cors';

const PACKAGES: Readonly<Record<string, CorsPackage>> = {
  cors: 'cors',
  '@fastify/cors': '@fastify/cors',
  'fastify-cors': '@fastify/cors',
};

/** The names under which one file imports these packages, by `import` and by `require()`. */
export class PackageNames {
  private readonly names = new Map<string, CorsPackage>();

  constructor(
    private readonly typescript: TypeScript,
    source: ts.SourceFile,
  ) {
    const visit = (node: ts.Node): void => {
      if (typescript.isImportDeclaration(node)) {
        this.addImport(node);
      } else if (typescript.isImportEqualsDeclaration(node)) {
        this.add(node.name, this.requiredBy(node.moduleReference));
      } else if (typescript.isVariableDeclaration(node) && node.initializer !== undefined) {
        this.add(node.name, this.packageOf(node.initializer));
      }
      typescript.forEachChild(node, visit);
    };
    visit(source);
  }

  /** The package that an expression is: its name, `require('cors')`, `import('@fastify/cors')`, with or without `.default`. */
  packageOf(expression: ts.Expression): CorsPackage | undefined {
    const { typescript } = this;
    if (typescript.isIdentifier(expression)) {
      return this.names.get(expression.text);
    }
    if (typescript.isPropertyAccessExpression(expression)) {
      return this.packageOf(expression.expression);
    }
    return typescript.isAwaitExpression(expression) ||
      typescript.isParenthesizedExpression(expression) ||
      typescript.isAsExpression(expression)
      ? this.packageOf(expression.expression)
      : this.requiredBy(expression);
  }

  private addImport({ importClause, moduleSpecifier }: ts.ImportDeclaration): void {
    const found = this.named(moduleSpecifier);
    const bindings = importClause?.namedBindings;
    this.add(importClause?.name, found);
    if (bindings !== undefined && this.typescript.isNamespaceImport(bindings)) {
      this.add(bindings.name, found);
    } else {
      bindings?.elements.forEach(({ name, propertyName }) => {
        const imported = (propertyName ?? name).text;
        this.add(name, imported === 'default' || imported === 'fastifyCors' ? found : undefined);
      });
    }
  }

  private add(name: ts.BindingName | undefined, found: CorsPackage | undefined): void {
    if (name !== undefined && found !== undefined && this.typescript.isIdentifier(name)) {
      this.names.set(name.text, found);
    }
  }

  private requiredBy(node: ts.Node): CorsPackage | undefined {
    const { typescript } = this;
    if (typescript.isExternalModuleReference(node)) {
      return this.named(node.expression);
    }
    const isRequire =
      typescript.isCallExpression(node) &&
      (node.expression.kind === typescript.SyntaxKind.ImportKeyword ||
        (typescript.isIdentifier(node.expression) && node.expression.text === 'require'));
    return isRequire ? this.named(node.arguments[0]) : undefined;
  }

  private named(specifier: ts.Expression | undefined): CorsPackage | undefined {
    return specifier !== undefined && this.typescript.isStringLiteralLike(specifier)
      ? PACKAGES[specifier.text]
      : undefined;
  }
}
