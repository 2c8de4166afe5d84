import type ts from 'typescript';
import { change, decide, type MigrationNote } from './changes.js';
import type { CorsCall } from './cors-calls.js';
import { type Literal, sourceOf } from './literals.js';
import type { TypeScript } from './load-typescript.js';

/** A field of forRoot() as source text, and what is to be said about it. */
export interface MigratedField {
  /** `undefined`: the field is left out. */
  readonly text: string | undefined;
  /** The value, where it is known: it is checked as at boot. */
  readonly value?: Literal;
  readonly notes: readonly MigrationNote[];
}

/** The `origin` that means the same. `credentials` is true also where it can't be told. */
export function migrateOrigin(
  typescript: TypeScript,
  call: CorsCall,
  written: ts.Expression | ts.MethodDeclaration | undefined,
  credentials: boolean,
): MigratedField {
  if (written === undefined) {
    return anyOrigin(credentials, []);
  }
  const { source, literals, adapter } = call;
  if (typescript.isMethodDeclaration(written)) {
    return functionField(written, methodText(typescript, written, source), adapter);
  }
  const node = literals.resolve(written);
  if (typescript.isArrowFunction(node) || typescript.isFunctionExpression(node)) {
    return functionField(node, node.getText(source), adapter);
  }
  const literal = literals.read(written);
  return literal === undefined
    ? copiedOrigin(written.getText(source))
    : knownOrigin(literal.value, credentials, adapter);
}

function knownOrigin(value: Literal, credentials: boolean, adapter: CorsCall['adapter']): MigratedField {
  if (value === '*' || (Array.isArray(value) && value.includes('*') && adapter === 'fastify')) {
    return anyOrigin(credentials, []);
  }
  if (value === true) {
    return credentials
      ? {
          text: '[]',
          value: [],
          notes: [
            decide(
              'origin',
              '`origin: true` let every site read with the cookies of your users. Nothing here means that: list the origins of your pages.',
            ),
          ],
        }
      : anyOrigin(credentials, [
          change('origin', "`true` is written '*': it allows the same, and does not repeat the origin."),
        ]);
  }
  if (value === undefined || value === null || value === false || value === '') {
    return {
      text: 'false',
      value: false,
      notes: [
        change('origin', 'It turned CORS off, and OPTIONS requests reached your handlers. Preflights get a 403 now.'),
      ],
    };
  }
  return {
    text: sourceOf(value),
    value,
    notes:
      typeof value === 'string'
        ? [
            change(
              'origin',
              `Everybody got ${JSON.stringify(value)} in Access-Control-Allow-Origin. Other origins get no header now.`,
            ),
          ]
        : [],
  };
}

/** Credentials beside `'*'` had no effect in browsers: they are left out, so that it stays so. */
function anyOrigin(credentials: boolean, notes: readonly MigrationNote[]): MigratedField {
  return {
    text: "'*'",
    value: '*',
    notes: credentials
      ? [
          ...notes,
          decide(
            'credentials',
            "Browsers ignore '*' for requests with credentials, so it is left out. List the origins, and set `credentials: true`, if pages send cookies.",
          ),
        ]
      : notes,
  };
}

function copiedOrigin(text: string): MigratedField {
  return {
    text,
    notes: [
      decide(
        'origin',
        `\`${oneLine(text)}\` can't be told from the source: it is copied as it is. Import what it names. Unset means nobody here. ` +
          'A variable of the environment: `readOrigins(process.env.CORS_ORIGINS)` splits it and checks each origin. A function has to return its result.',
      ),
    ],
  };
}

function functionField(
  { parameters }: ts.SignatureDeclaration,
  text: string,
  adapter: CorsCall['adapter'],
): MigratedField {
  const only = 'It is asked about requests with an Origin only. What it throws, and every result but `true`, refuses.';
  if (parameters.length < 2 && adapter === 'fastify') {
    return { text, notes: [change('origin', only)] };
  }
  return {
    text: [
      '(origin) =>',
      '  new Promise<boolean>((resolve, reject) => {',
      '    const decide: (origin: string, callback: (error: unknown, allowed?: unknown) => void) => void =',
      `      ${text};`,
      '    decide(origin, (error, allowed) => (error ? reject(error) : resolve(allowed === true)));',
      '  })',
    ].join('\n'),
    notes: [
      change(
        'origin',
        `The function is copied, and its callback becomes a promise. ${only} Write \`(origin) => boolean\` where you can.`,
      ),
    ],
  };
}

/** `origin(origin, callback) { … }` as a function expression. */
function methodText(typescript: TypeScript, method: ts.MethodDeclaration, source: ts.SourceFile): string {
  const isAsync = method.modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.AsyncKeyword) === true;
  const from = method.name.getEnd();
  return `${isAsync ? 'async ' : ''}function ${source.text.slice(from, method.getEnd())}`;
}

/** Source text for a sentence. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 80);
}
