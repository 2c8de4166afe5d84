import type ts from 'typescript';
import { Literals } from './literals.js';
import type { TypeScript } from './load-typescript.js';

/** A place in the source that turns on Nest's own CORS. */
export interface CorsCall {
  readonly kind: 'enableCors()' | 'NestFactory.create()';
  /** Which package obeys the options: `cors` on Express, `@fastify/cors` on Fastify. */
  readonly adapter: 'express' | 'fastify';
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `undefined`: no options, or `cors: true`. */
  readonly options: ts.Expression | undefined;
  readonly source: ts.SourceFile;
  readonly literals: Literals;
}

/** Every such place of a file, in order. `cors: false` is none. */
export function findCorsCalls(typescript: TypeScript, file: string, text: string): readonly CorsCall[] {
  if (!/\benableCors\b|\bcors\b/.test(text)) {
    return [];
  }
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest, true);
  const literals = new Literals(typescript, source);
  const adapter = /\b(?:FastifyAdapter|NestFastifyApplication)\b/.test(text) ? 'fastify' : 'express';
  const calls: CorsCall[] = [];
  const add = (kind: CorsCall['kind'], node: ts.Node, options: ts.Expression | undefined): void => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    calls.push({ kind, adapter, line: line + 1, column: character + 1, options, source, literals });
  };
  const visit = (node: ts.Node): void => {
    if (typescript.isCallExpression(node) && typescript.isPropertyAccessExpression(node.expression)) {
      const { name, expression: target } = node.expression;
      if (name.text === 'enableCors') {
        add('enableCors()', node, node.arguments[0]);
      } else if (name.text === 'create' && typescript.isIdentifier(target) && target.text === 'NestFactory') {
        corsOptionsOf(node).forEach((cors) => addOption(cors));
      }
    }
    typescript.forEachChild(node, visit);
  };
  /** The `cors` options of a call of NestFactory.create(), whose options are its second or third argument. */
  const corsOptionsOf = ({ arguments: [, ...rest] }: ts.CallExpression): ts.ObjectLiteralElementLike[] =>
    rest
      .map((argument) => literals.resolve(argument))
      .filter((argument) => typescript.isObjectLiteralExpression(argument))
      .flatMap(({ properties }) => properties.filter(({ name }) => name?.getText(source) === 'cors'));
  const addOption = (option: ts.ObjectLiteralElementLike): void => {
    const value = typescript.isPropertyAssignment(option)
      ? option.initializer
      : typescript.isShorthandPropertyAssignment(option)
        ? option.name
        : undefined;
    const literal = value === undefined ? undefined : literals.read(value);
    if (literal?.value !== false) {
      add('NestFactory.create()', option, literal?.value === true ? undefined : value);
    }
  };
  visit(source);
  return calls;
}
