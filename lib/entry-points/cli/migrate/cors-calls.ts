import type ts from 'typescript';
import { type CallCondition, conditionOf } from './call-condition.js';
import { Literals } from './literals.js';
import type { TypeScript } from './load-typescript.js';
import { type CorsPackage, PackageNames } from './package-names.js';

/** The kinds of code that turn CORS on. */
export type CorsCallKind =
  | 'enableCors()'
  | 'NestFactory.create()'
  | 'app.use(cors())'
  | 'app.register(cors)'
  | 'consumer.apply(cors())'
  | 'cors()';

/** A place in the source that turns on CORS. */
export interface CorsCall {
  readonly kind: CorsCallKind;
  /** The package that reads the options: Nest's own CORS is `cors` on Express, `@fastify/cors` on Fastify. */
  readonly package: CorsPackage;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `undefined`: no options, or `cors: true`. */
  readonly options: ts.Expression | undefined;
  readonly condition: CallCondition;
  /**
   * The first argument of `app.use()` before the middleware, or the arguments of `forRoutes()` and `exclude()`. Empty: every path.
   */
  readonly routes: readonly ts.Expression[];
  readonly excluded: readonly ts.Expression[];
  readonly source: ts.SourceFile;
  readonly literals: Literals;
}

type Added = Pick<CorsCall, 'kind' | 'package'> & Partial<Pick<CorsCall, 'routes' | 'excluded'>>;

/** Every such place of a file, in order. `cors: false` is none. */
export function findCorsCalls(typescript: TypeScript, file: string, text: string): readonly CorsCall[] {
  if (!/\benableCors\b|\bcors\b|fastify-cors/.test(text)) {
    return [];
  }
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest, true);
  return new CorsCallFinder(typescript, source).find();
}

class CorsCallFinder {
  private readonly literals: Literals;
  private readonly packages: PackageNames;
  private readonly ofNest: CorsPackage;
  private readonly calls: CorsCall[] = [];
  /** Calls of `cors()` whose place is known. */
  private readonly placed = new Set<ts.Node>();
  private readonly middleware: ts.CallExpression[] = [];

  constructor(
    private readonly typescript: TypeScript,
    private readonly source: ts.SourceFile,
  ) {
    this.literals = new Literals(typescript, source);
    this.packages = new PackageNames(typescript, source);
    const isFastify = /\b(?:FastifyAdapter|NestFastifyApplication)\b/.test(source.text);
    this.ofNest = isFastify ? '@fastify/cors' : 'cors';
  }

  find(): readonly CorsCall[] {
    this.visit(this.source);
    for (const call of this.middleware.filter((each) => !this.placed.has(each))) {
      this.add({ kind: 'cors()', package: 'cors' }, call, call.arguments[0]);
    }
    return this.calls.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  private visit(node: ts.Node): void {
    const { typescript } = this;
    if (typescript.isCallExpression(node)) {
      if (typescript.isPropertyAccessExpression(node.expression)) {
        this.method(node, node.expression);
      }
      if (this.isMiddleware(node)) {
        this.middleware.push(node);
      }
    }
    typescript.forEachChild(node, (child) => this.visit(child));
  }

  private method(call: ts.CallExpression, { name, expression: target }: ts.PropertyAccessExpression): void {
    const [first, second] = call.arguments;
    switch (name.text) {
      case 'enableCors':
        this.add({ kind: 'enableCors()', package: this.ofNest }, call, first);
        break;
      case 'create':
        if (this.typescript.isIdentifier(target) && target.text === 'NestFactory') {
          this.corsOptionsOf(call).forEach((option) => this.addOption(option));
        }
        break;
      case 'register':
        if (first !== undefined && this.packages.packageOf(first) === '@fastify/cors') {
          this.add({ kind: 'app.register(cors)', package: '@fastify/cors' }, call, second);
        }
        break;
      // app.options('*', cors()) answers the preflights of what app.use(cors()) is for.
      case 'options':
      case 'use':
        this.addMiddleware('app.use(cors())', call, { routes: this.withoutMiddleware(call.arguments), excluded: [] });
        break;
      case 'apply':
        this.addMiddleware('consumer.apply(cors())', call, this.routesAfter(call));
        break;
    }
  }

  private addMiddleware(
    kind: CorsCallKind,
    { arguments: given }: ts.CallExpression,
    places: Pick<CorsCall, 'routes' | 'excluded'>,
  ): void {
    for (const argument of given) {
      const middleware = this.literals.resolve(argument);
      if (this.isMiddleware(middleware)) {
        this.placed.add(middleware);
        this.add({ kind, package: 'cors', ...places }, argument, middleware.arguments[0]);
      }
    }
  }

  private isMiddleware(node: ts.Node): node is ts.CallExpression {
    return this.typescript.isCallExpression(node) && this.packages.packageOf(node.expression) === 'cors';
  }

  private withoutMiddleware(given: readonly ts.Expression[]): readonly ts.Expression[] {
    return given.filter((argument) => this.typescript.isStringLiteralLike(this.literals.resolve(argument)));
  }

  /** `.exclude(…).forRoutes(…)` after `consumer.apply(…)`. */
  private routesAfter(apply: ts.CallExpression): Pick<CorsCall, 'routes' | 'excluded'> {
    const { typescript } = this;
    const places = { routes: [] as ts.Expression[], excluded: [] as ts.Expression[] };
    for (let call: ts.Node = apply; typescript.isPropertyAccessExpression(call.parent); call = call.parent.parent) {
      const chained: ts.Node = call.parent.parent;
      if (!typescript.isCallExpression(chained)) {
        break;
      }
      if (call.parent.name.text === 'exclude') {
        places.excluded.push(...chained.arguments);
      } else if (call.parent.name.text === 'forRoutes') {
        places.routes.push(...chained.arguments);
      }
    }
    return places;
  }

  /** The `cors` options of a call of NestFactory.create(), whose options are its second or third argument. */
  private corsOptionsOf({ arguments: [, ...rest] }: ts.CallExpression): ts.ObjectLiteralElementLike[] {
    return rest
      .map((argument) => this.literals.resolve(argument))
      .filter((argument) => this.typescript.isObjectLiteralExpression(argument))
      .flatMap(({ properties }) => properties.filter(({ name }) => name?.getText(this.source) === 'cors'));
  }

  private addOption(option: ts.ObjectLiteralElementLike): void {
    const value = this.typescript.isPropertyAssignment(option)
      ? option.initializer
      : this.typescript.isShorthandPropertyAssignment(option)
        ? option.name
        : undefined;
    const literal = value === undefined ? undefined : this.literals.read(value);
    if (literal?.value !== false) {
      this.add(
        { kind: 'NestFactory.create()', package: this.ofNest },
        option,
        literal?.value === true ? undefined : value,
      );
    }
  }

  private add(added: Added, node: ts.Node, options: ts.Expression | undefined): void {
    const { source, literals, typescript } = this;
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    this.calls.push({
      routes: [],
      excluded: [],
      ...added,
      line: line + 1,
      column: character + 1,
      options,
      condition: conditionOf(typescript, node),
      source,
      literals,
    });
  }
}
