import type ts from 'typescript';
import type { CorsModuleOptions } from '../../../options/index.js';
import { PolicyCatalog } from '../../../policy/policy-catalog.js';
import { change, decide, DROPPED, type MigrationNote, oneLine } from './changes.js';
import { allowsCredentials, COPIED, migrateField, readValue, type Written } from './migrated-field.js';
import type { MigratedField, MigrationContext } from './migration-context.js';
import type { TypeScript } from './load-typescript.js';
import { migrateOrigin } from './origin-field.js';

/** An options object as source code, with notes about it. */
export interface MigratedOptions {
  readonly text: string;
  readonly notes: readonly MigrationNote[];
}

/** The options that are equivalent to those of a call. */
export function migrateOptions(context: MigrationContext, options: ts.Expression | undefined): MigratedOptions {
  const { typescript, copied, call } = context;
  const node = options === undefined ? undefined : call.literals.resolve(options);
  const literal = node === undefined ? { value: undefined } : call.literals.read(node);
  if (literal !== undefined) {
    return literal.value === false ? { text: NOBODY, notes: [] } : objectOf(context, []);
  }
  if (node !== undefined && typescript.isObjectLiteralExpression(node)) {
    return objectOf(context, node.properties);
  }
  if (node !== undefined && typescript.isConditionalExpression(node)) {
    return eitherOptions(
      copied.of(call.literals.resolve(node.condition)),
      migrateOptions(context, node.whenTrue),
      migrateOptions(context, node.whenFalse),
    );
  }
  return unreadOptions(context, options as ts.Expression);
}

/** One of two options, by a condition. */
export function eitherOptions(condition: string, one: MigratedOptions, other: MigratedOptions): MigratedOptions {
  return {
    text: eitherText(condition, one.text, other.text),
    notes: [...one.notes, ...other.notes.filter(({ message }) => one.notes.every((each) => each.message !== message))],
  };
}

/** The options that turn CORS off. */
export const NOBODY = '{ origin: false }';

/** One of two texts, by a condition. */
export function eitherText(condition: string, one: string, other: string): string {
  return [condition, `  ? ${one.replaceAll('\n', '\n    ')}`, `  : ${other.replaceAll('\n', '\n    ')}`].join('\n');
}

function objectOf(context: MigrationContext, properties: readonly ts.ObjectLiteralElementLike[]): MigratedOptions {
  const { call } = context;
  const { written, spreads, notes } = propertiesOf(context, properties);
  const credentials = allowsCredentials(context, written.get('credentials'));
  const origin = migrateOrigin(context, written.get('origin'), credentials);
  const fields = new Map<string, MigratedField>([['origin', origin]]);
  for (const name of COPIED) {
    fields.set(name, migrateField(context, name, written.get(name)));
  }
  // A decorator inherits the fields of forRoot() that it does not set.
  const isInherited = call.kind === 'consumer.apply(cors())' || call.kind === 'cors()';
  if (origin.value === '*' || (isInherited && fields.get('credentials')?.text === undefined)) {
    fields.set('credentials', { text: isInherited ? 'false' : undefined, notes: [] });
  }
  const lines = [
    ...spreads,
    ...[...fields].flatMap(([name, { text }]) => (text === undefined ? [] : [`${name}: ${text}`])),
  ];
  return {
    text: `{\n${lines.map((line) => `  ${line.replaceAll('\n', '\n  ')},`).join('\n')}\n}`,
    notes: [...notes, ...[...fields.values()].flatMap((field) => field.notes), ...problemsOf(fields)],
  };
}

function propertiesOf(context: MigrationContext, properties: readonly ts.ObjectLiteralElementLike[]) {
  const { typescript, call, copied } = context;
  const written = new Map<string, Written>();
  const spreads: string[] = [];
  const notes: MigrationNote[] = [];
  for (const property of properties) {
    if (typescript.isSpreadAssignment(property)) {
      const spread = call.literals.resolve(property.expression);
      if (typescript.isObjectLiteralExpression(spread)) {
        const inner = propertiesOf(context, spread.properties);
        inner.written.forEach((value, name) => written.set(name, value));
        spreads.push(...inner.spreads);
        notes.push(...inner.notes);
      } else {
        const text = copied.of(property);
        spreads.push(text);
        notes.push(
          decide(
            text,
            `\`${oneLine(text)}\` can't be told from the source: it is copied as it is. Check each of its fields.`,
          ),
        );
      }
      continue;
    }
    const name = property.name?.getText(call.source).replaceAll(/^['"]|['"]$/g, '') ?? '';
    const value = typescript.isPropertyAssignment(property)
      ? property.initializer
      : typescript.isShorthandPropertyAssignment(property)
        ? property.name
        : (property as ts.MethodDeclaration);
    const known = name === 'headers' ? 'allowedHeaders' : name;
    if (known === 'origin' || COPIED.some((field) => field === known)) {
      written.set(known, value);
    } else if (name === 'delegator') {
      notes.push(decide(name, DELEGATE));
    } else if (name !== 'preflightContinue' || readValue(context, value)?.value !== false) {
      notes.push(change(name, `Left out. ${DROPPED[name] ?? 'Neither package knows this option.'}`));
    }
  }
  return { written, spreads, notes };
}

const DELEGATE =
  'A function from a request to options has no counterpart: write @CorsPolicy() on the routes that differ, and `originLookup` with `tenant` for what differs by host.';

/** Options that are no object: a function, or an expression that the source does not show the value of. */
function unreadOptions({ typescript, call, copied }: MigrationContext, options: ts.Expression): MigratedOptions {
  if (call.literals.functionOf(options) !== undefined) {
    return { text: '{\n  origin: [],\n}', notes: [decide('options', DELEGATE)] };
  }
  const node = call.literals.resolve(options);
  const text = copied.of(node);
  if (isCondition(typescript, node)) {
    return { text: eitherText(text, "{ origin: '*' }", NOBODY), notes: [] };
  }
  return {
    text,
    notes: [
      decide(
        'options',
        `\`${oneLine(text)}\` can't be told from the source: it is copied as it is. forRoot() needs an object, and says at boot what it does not take. Without \`origin\`, nobody is allowed here.`,
      ),
    ],
  };
}

/** A comparison or a negation: `cors: process.env.NODE_ENV !== 'production'`. */
function isCondition(typescript: TypeScript, node: ts.Expression): boolean {
  const { SyntaxKind } = typescript;
  return (
    (typescript.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) ||
    (typescript.isBinaryExpression(node) &&
      [
        SyntaxKind.EqualsEqualsEqualsToken,
        SyntaxKind.ExclamationEqualsEqualsToken,
        SyntaxKind.EqualsEqualsToken,
        SyntaxKind.ExclamationEqualsToken,
      ].includes(node.operatorToken.kind))
  );
}

/** The problems that forRoot() would report at boot about the known fields. */
function problemsOf(fields: ReadonlyMap<string, MigratedField>): MigrationNote[] {
  const known = [...fields].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]));
  const options = Object.fromEntries(known) as CorsModuleOptions;
  return new PolicyCatalog(options)
    .problems()
    .map(({ code, path, message, hint }) => decide(path, `forRoot() refuses it at boot: [${code}] ${message} ${hint}`));
}
