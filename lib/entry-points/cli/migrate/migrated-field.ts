import type ts from 'typescript';
import { change, decide, oneLine } from './changes.js';
import { type ReadLiteral, sourceOf } from './literals.js';
import type { MigratedField, MigrationContext } from './migration-context.js';
import type { CorsPackage } from './package-names.js';

/** The value of a field. */
export type Written = ts.Expression | ts.MethodDeclaration;

/** Fields that are copied unchanged. */
export const COPIED = [
  'methods',
  'allowedHeaders',
  'exposedHeaders',
  'credentials',
  'maxAge',
  'optionsSuccessStatus',
] as const;
/** Values that are equivalent to leaving the field out. */
const DEFAULTS: Readonly<Record<string, readonly unknown[]>> = {
  methods: [],
  allowedHeaders: [null],
  exposedHeaders: [null],
  credentials: [false],
  maxAge: [null],
  optionsSuccessStatus: [204],
};
/** The methods that `@fastify/cors` allows without `methods`: https://github.com/fastify/fastify-cors#options */
const FASTIFY_METHODS = ['GET', 'HEAD', 'POST'];

/** A field with the same name and meaning. */
export function migrateField(
  context: MigrationContext,
  name: (typeof COPIED)[number],
  written: Written | undefined,
): MigratedField {
  const literal = written === undefined ? { value: undefined } : readValue(context, written);
  if (literal === undefined) {
    const unresolved = context.copied.unresolved.size;
    const text = context.copied.of(written as Written);
    const isComplete = context.copied.unresolved.size === unresolved;
    return {
      text,
      notes: [
        isComplete
          ? change(name, `\`${oneLine(text)}\` is copied. It is checked at boot, when its value is known.`)
          : decide(name, `\`${oneLine(text)}\` can't be told from the source: it is copied as it is.`),
      ],
    };
  }
  const { value } = literal;
  if (value === undefined || DEFAULTS[name]?.includes(value) === true) {
    return leftOut(name, context.call.package);
  }
  if (name === 'maxAge' && typeof value === 'string' && /^[0-9]+$/.test(value)) {
    return { text: value, value: Number(value), notes: [change(name, 'It is a number here.')] };
  }
  return { text: sourceOf(value), value, notes: [] };
}

/** A field with its default: the defaults differ. */
function leftOut(name: string, obeyedBy: CorsPackage): MigratedField {
  if (name === 'methods' && obeyedBy === '@fastify/cors') {
    const text = `['${FASTIFY_METHODS.join("', '")}']`;
    return {
      text,
      value: FASTIFY_METHODS,
      notes: [
        change(
          name,
          '@fastify/cors allows only these by default. Remove the line to allow every method that is routed.',
        ),
      ],
    };
  }
  if (name === 'methods') {
    return {
      text: undefined,
      notes: [
        change(
          name,
          '`cors` allows GET, HEAD, PUT, PATCH, POST and DELETE by default. Here, every method that is routed is allowed, and no other one.',
        ),
      ],
    };
  }
  if (name === 'allowedHeaders') {
    return {
      text: undefined,
      notes: [
        change(
          name,
          'Any header was allowed. It is here, too, except those that steer routing (X-HTTP-Method-Override, X-Forwarded-*).',
        ),
      ],
    };
  }
  return { text: undefined, notes: [] };
}

/** A method has no value that can be read. */
export function readValue({ call }: MigrationContext, written: Written): ReadLiteral {
  return 'parameters' in written && 'questionToken' in written
    ? undefined
    : call.literals.read(written as ts.Expression);
}

/** Whether credentials are on, also where it can't be told. `cors` wants `true` itself, and @fastify/cors any such value. */
export function allowsCredentials(context: MigrationContext, written: Written | undefined): boolean {
  const literal = written === undefined ? { value: undefined } : readValue(context, written);
  return literal === undefined || (context.call.package === 'cors' ? literal.value === true : Boolean(literal.value));
}
