import type ts from 'typescript';
import { change, type MigrationNote } from './changes.js';
import type { MigratedField, MigrationContext } from './migration-context.js';

/** Separators that readOrigins() knows, too. */
const SEPARATORS = /^(?:,|\s|\\s|\[|\]|\*|\+|\?|\|)+$/;

/** How the whole field is read if a part of it is another value. */
type ReadField = (node: ts.Expression) => MigratedField;

const READ: MigrationNote = change(
  'origin',
  'readOrigins() reads the variable. It also takes spaces and line breaks between origins, patterns, and `*` for every origin, which was no origin in a list. ' +
    'A malformed entry is an error at boot. Without any entry, nobody is allowed.',
);
const COPIED: MigrationNote = change(
  'origin',
  'The value is taken as the service has it, and checked at boot. Where it is a text with several origins, write readOrigins() around it.',
);
const ALONE: MigrationNote = change(
  'origin',
  'Everybody got the value of the variable in Access-Control-Allow-Origin. Other origins get no header now.',
);

/** An `origin` that comes from the environment or a configuration service; `undefined` for any other one. */
export function environmentOrigins(
  context: MigrationContext,
  expression: ts.Expression,
  read: ReadField,
): MigratedField | undefined {
  const { typescript, call, copied } = context;
  const node = call.literals.resolve(expression);
  if (typescript.isConditionalExpression(node)) {
    const own = splitValue(context, call.literals.resolve(node.whenTrue));
    if (own !== undefined && isEmptyList(context, node.whenFalse) && isWhetherSet(context, node.condition, own)) {
      return { text: reading(context, own), notes: [READ] };
    }
    const branches = [read(node.whenTrue), read(node.whenFalse)] as const;
    return conditional(copied.of(call.literals.resolve(node.condition)), ...branches);
  }
  const filtered = isFilter(context, node) ? call.literals.resolve(node.expression.expression) : node;
  if (typescript.isArrayLiteralExpression(filtered)) {
    return listField(context, filtered);
  }
  const list = splitValue(context, node);
  if (list !== undefined) {
    return { text: reading(context, list), notes: [READ] };
  }
  if (isOfProcess(context, node)) {
    return { text: reading(context, node), notes: [ALONE, READ] };
  }
  // A configuration service may return a list already.
  return typescript.isBinaryExpression(node)
    ? withDefault(context, node, read)
    : variableOf(context, node) === undefined
      ? undefined
      : { text: copied.of(node), notes: [COPIED] };
}

/** `process.env.ORIGINS?.split(',') ?? […]`, `process.env.ORIGIN || 'https://…'`. */
function withDefault(
  context: MigrationContext,
  { left, right, operatorToken: { kind } }: ts.BinaryExpression,
  read: ReadField,
): MigratedField | undefined {
  const { QuestionQuestionToken, BarBarToken } = context.typescript.SyntaxKind;
  const value = context.call.literals.resolve(left);
  const list = splitValue(context, value);
  if ((kind !== QuestionQuestionToken && kind !== BarBarToken) || (list ?? variableOf(context, value)) === undefined) {
    return undefined;
  }
  if (list === undefined && !isOfProcess(context, value)) {
    return conditional(
      `${context.copied.of(value)} ${kind === BarBarToken ? '' : '!== undefined'}`.trim(),
      { text: context.copied.of(value), notes: [COPIED] },
      read(right),
    );
  }
  const own = { text: reading(context, list ?? value), notes: list === undefined ? [ALONE, READ] : [READ] };
  if (isEmptyList(context, right)) {
    return own;
  }
  const text = context.copied.of(list ?? value);
  const isSet =
    list === undefined && kind === BarBarToken
      ? text
      : `${context.typescript.isBinaryExpression(list ?? value) ? `(${text})` : text} !== undefined`;
  return conditional(isSet, own, read(right));
}

function conditional(condition: string, one: MigratedField, other: MigratedField): MigratedField {
  const messages = new Map([...one.notes, ...other.notes].map((note) => [note.message, note]));
  return {
    text: `${condition}\n  ? ${indented(one.text)}\n  : ${indented(other.text)}`,
    notes: [...messages.values()],
  };
}

function indented(text: string | undefined): string {
  return text === undefined ? 'undefined' : text.replaceAll('\n', '\n  ');
}

/** A list that has values of the environment among its elements. */
function listField(context: MigrationContext, list: ts.ArrayLiteralExpression): MigratedField | undefined {
  const { typescript, copied } = context;
  let isRead = false;
  const elements = list.elements.map((element) => {
    const isSpread = typescript.isSpreadElement(element);
    const inner = context.call.literals.resolve(isSpread ? element.expression : element);
    const value = splitValue(context, isSpread ? withoutDefault(context, inner) : inner) ?? inner;
    if (variableOf(context, value) === undefined) {
      return copied.of(element);
    }
    isRead = true;
    return `...${reading(context, value)}`;
  });
  return isRead ? { text: `[\n${elements.map((each) => `  ${each},`).join('\n')}\n]`, notes: [READ] } : undefined;
}

/** `… ?? []`, `… || []` and `… ?? ''` equal the value of an unset variable here. */
function withoutDefault({ typescript, call }: MigrationContext, node: ts.Expression): ts.Expression {
  if (!typescript.isBinaryExpression(node)) {
    return node;
  }
  const isEmpty = isEmptyList({ call }, node.right) || call.literals.read(node.right)?.value === '';
  return isEmpty ? call.literals.resolve(node.left) : node;
}

/** The result of readOrigins() for an unset variable. */
function isEmptyList({ call }: Pick<MigrationContext, 'call'>, node: ts.Expression): boolean {
  const value = call.literals.read(node)?.value;
  return Array.isArray(value) && value.length === 0;
}

/** `process.env.ORIGINS`, or a comparison of it with `undefined`, `null` or `''`, before `? process.env.ORIGINS.split(',')`. */
function isWhetherSet(context: MigrationContext, condition: ts.Expression, value: ts.Expression): boolean {
  const { typescript, call, copied } = context;
  const node = call.literals.resolve(condition);
  const { ExclamationEqualsEqualsToken, ExclamationEqualsToken } = typescript.SyntaxKind;
  const isComparison =
    typescript.isBinaryExpression(node) &&
    [ExclamationEqualsEqualsToken, ExclamationEqualsToken].some((kind) => kind === node.operatorToken.kind) &&
    [undefined, null, ''].some((unset) => {
      const literal = call.literals.read(node.right);
      return literal !== undefined && literal.value === unset;
    });
  return copied.of(call.literals.resolve(isComparison ? node.left : node)) === copied.of(value);
}

/** Calls that leave empty elements out. */
function isFilter(
  { typescript }: MigrationContext,
  node: ts.Node,
): node is ts.CallExpression & { expression: ts.PropertyAccessExpression } {
  return (
    typescript.isCallExpression(node) &&
    typescript.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'filter' &&
    /^(?:Boolean|\(?(\w+)(?:: string)?\)? => (?:!!)?\1(?:\.length(?: > 0)?)?)$/.test(node.arguments[0]?.getText() ?? '')
  );
}

/** The string that is split at commas, if the parts are only changed as readOrigins() changes them. */
function splitValue(context: MigrationContext, node: ts.Expression): ts.Expression | undefined {
  const { typescript, call } = context;
  if (!typescript.isCallExpression(node) || !typescript.isPropertyAccessExpression(node.expression)) {
    return undefined;
  }
  const { name, expression: target } = node.expression;
  const [argument] = node.arguments;
  if (
    isFilter(context, node) ||
    (name.text === 'map' && /^\(?(\w+)(?:: string)?\)? => \1\.trim\(\)$/.test(argument?.getText() ?? ''))
  ) {
    return splitValue(context, target);
  }
  const separator = argument === undefined ? undefined : call.literals.read(argument)?.value;
  const text = separator instanceof RegExp ? separator.source : separator;
  const isSplit = name.text === 'split' && typeof text === 'string' && SEPARATORS.test(text);
  const value = isSplit ? call.literals.resolve(target) : undefined;
  return value !== undefined && nameWithin(context, value) !== undefined ? value : undefined;
}

/** `readOrigins(process.env.ORIGINS, 'ORIGINS')` */
function reading(context: MigrationContext, value: ts.Expression): string {
  return `readOrigins(${context.copied.of(withoutDefault(context, value))}, '${nameWithin(context, value)}')`;
}

/** A variable of the environment, which is a string. */
function isOfProcess(context: MigrationContext, node: ts.Expression): boolean {
  return !context.typescript.isCallExpression(node) && variableOf(context, node) !== undefined;
}

/** Name of the variable in an expression: `process.env.ORIGINS || 'https://…'`. */
function nameWithin(context: MigrationContext, node: ts.Expression): string | undefined {
  const { typescript, call } = context;
  return (
    variableOf(context, node) ??
    (typescript.isBinaryExpression(node) && typeof call.literals.read(node.right)?.value === 'string'
      ? variableOf(context, call.literals.resolve(node.left))
      : undefined)
  );
}

/** Name of the variable that an expression is: `process.env.ORIGINS`, `config.get('ORIGINS')`. */
function variableOf({ typescript, call }: MigrationContext, node: ts.Expression): string | undefined {
  const isEnvironment = (target: ts.Expression): boolean => target.getText(call.source) === 'process.env';
  if (typescript.isPropertyAccessExpression(node) && isEnvironment(node.expression)) {
    return node.name.text;
  }
  const key =
    typescript.isElementAccessExpression(node) && isEnvironment(node.expression)
      ? node.argumentExpression
      : typescript.isCallExpression(node) &&
          typescript.isPropertyAccessExpression(node.expression) &&
          /^get(?:OrThrow)?$/.test(node.expression.name.text)
        ? node.arguments[0]
        : undefined;
  const name = key === undefined ? undefined : call.literals.read(key)?.value;
  return typeof name === 'string' && /^[\w.-]+$/.test(name) ? name : undefined;
}
