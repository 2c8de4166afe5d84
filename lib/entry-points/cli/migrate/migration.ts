import type ts from 'typescript';
import type { CorsModuleOptions } from '../../../options/index.js';
import { PolicyCatalog } from '../../../policy/policy-catalog.js';
import { change, decide, DROPPED, type MigrationNote } from './changes.js';
import type { CorsCall } from './cors-calls.js';
import { type ReadLiteral, sourceOf } from './literals.js';
import type { TypeScript } from './load-typescript.js';
import { type MigratedField, migrateOrigin, oneLine } from './origin-field.js';

/** What to write in place of a call. */
export interface Migration {
  /** `CorsModule.forRoot({ … })`. */
  readonly forRoot: string;
  readonly notes: readonly MigrationNote[];
}

type Written = ts.Expression | ts.MethodDeclaration;

/** Fields that are taken as they are written. */
const COPIED = [
  'methods',
  'allowedHeaders',
  'exposedHeaders',
  'credentials',
  'maxAge',
  'optionsSuccessStatus',
] as const;
/** Values that mean the same as leaving the field out. */
const DEFAULTS: Readonly<Record<string, readonly unknown[]>> = {
  methods: [],
  allowedHeaders: [null],
  exposedHeaders: [null],
  credentials: [false],
  maxAge: [null],
  optionsSuccessStatus: [204],
};
/** What `@fastify/cors` allows without `methods`: https://github.com/fastify/fastify-cors#options */
const FASTIFY_METHODS = ['GET', 'HEAD', 'POST'];

const ALWAYS = [
  change(
    'preflights',
    'A refused preflight is a 403 without CORS headers. It was a success that browsers then refused.',
  ),
];

/** The forRoot() that means what the call meant. */
export function migrationOf(typescript: TypeScript, call: CorsCall): Migration {
  const { options, literals, source } = call;
  const node = options === undefined ? undefined : literals.resolve(options);
  if (node !== undefined && !typescript.isObjectLiteralExpression(node)) {
    return unreadOptions(typescript, node, (options as ts.Expression).getText(source));
  }
  const { written, spreads, notes } = propertiesOf(typescript, node?.properties ?? [], source);
  const credentials = allowsCredentials(call, written.get('credentials'));
  const origin = migrateOrigin(typescript, call, written.get('origin'), credentials);
  const fields = new Map<string, MigratedField>([['origin', origin]]);
  for (const name of COPIED) {
    fields.set(name, migrateField(call, name, written.get(name)));
  }
  if (origin.value === '*') {
    fields.set('credentials', { text: undefined, notes: [] });
  }
  return {
    forRoot: printed([
      ...spreads,
      ...[...fields].flatMap(([name, { text }]) => (text === undefined ? [] : [`${name}: ${text}`])),
    ]),
    notes: [...notes, ...[...fields.values()].flatMap((field) => field.notes), ...problemsOf(fields), ...ALWAYS],
  };
}

function propertiesOf(
  typescript: TypeScript,
  properties: readonly ts.ObjectLiteralElementLike[],
  source: ts.SourceFile,
) {
  const written = new Map<string, Written>();
  const spreads: string[] = [];
  const notes: MigrationNote[] = [];
  for (const property of properties) {
    const text = property.getText(source);
    if (typescript.isSpreadAssignment(property)) {
      spreads.push(text);
      notes.push(
        decide(
          text,
          `\`${oneLine(text)}\` can't be told from the source: it is copied as it is. Check each of its fields.`,
        ),
      );
      continue;
    }
    const name = property.name?.getText(source).replaceAll(/^['"]|['"]$/g, '') ?? '';
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
    } else {
      notes.push(change(name, `Left out. ${DROPPED[name] ?? 'Neither package knows this option.'}`));
    }
  }
  return { written, spreads, notes };
}

const DELEGATE =
  'A function from a request to options has no counterpart: write @CorsPolicy() on the routes that differ, and `originLookup` with `tenant` for what differs by host.';

/** Options that are no object: a function, or what can't be told from the source. */
function unreadOptions(typescript: TypeScript, node: ts.Expression, text: string): Migration {
  if (typescript.isArrowFunction(node) || typescript.isFunctionExpression(node)) {
    return { forRoot: printed(['origin: []']), notes: [decide('options', DELEGATE), ...ALWAYS] };
  }
  return {
    forRoot: `CorsModule.forRoot(${text})`,
    notes: [
      decide(
        'options',
        `\`${oneLine(text)}\` can't be told from the source: it is copied as it is. forRoot() needs an object, and says at boot what it does not take. Without \`origin\`, nobody is allowed here.`,
      ),
      ...ALWAYS,
    ],
  };
}

function migrateField(call: CorsCall, name: (typeof COPIED)[number], written: Written | undefined): MigratedField {
  const literal = written === undefined ? { value: undefined } : readValue(call, written);
  if (literal === undefined) {
    const text = (written as Written).getText(call.source);
    return {
      text,
      notes: [decide(name, `\`${oneLine(text)}\` can't be told from the source: it is copied as it is.`)],
    };
  }
  const { value } = literal;
  if (value === undefined || DEFAULTS[name]?.includes(value) === true) {
    return leftOut(name, call.adapter);
  }
  if (name === 'maxAge' && typeof value === 'string' && /^[0-9]+$/.test(value)) {
    return { text: value, value: Number(value), notes: [change(name, 'It is a number here.')] };
  }
  return { text: sourceOf(value), value, notes: [] };
}

/** A field with its default: the defaults differ. */
function leftOut(name: string, adapter: CorsCall['adapter']): MigratedField {
  if (name === 'methods' && adapter === 'fastify') {
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
function readValue({ literals }: CorsCall, written: Written): ReadLiteral {
  return 'parameters' in written && 'questionToken' in written ? undefined : literals.read(written as ts.Expression);
}

/** Whether credentials are on, also where it can't be told. `cors` wants `true` itself, and @fastify/cors any such value. */
function allowsCredentials(call: CorsCall, written: Written | undefined): boolean {
  const literal = written === undefined ? { value: undefined } : readValue(call, written);
  return literal === undefined || (call.adapter === 'express' ? literal.value === true : Boolean(literal.value));
}

/** What forRoot() would say at boot about the fields that are known. */
function problemsOf(fields: ReadonlyMap<string, MigratedField>): MigrationNote[] {
  const known = [...fields].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]));
  const options = Object.fromEntries(known) as CorsModuleOptions;
  return new PolicyCatalog(options)
    .problems()
    .map(({ code, path, message, hint }) => decide(path, `forRoot() refuses it at boot: [${code}] ${message} ${hint}`));
}

function printed(lines: readonly string[]): string {
  return `CorsModule.forRoot({\n${lines.map((line) => `  ${line.replaceAll('\n', '\n  ')},`).join('\n')}\n})`;
}
