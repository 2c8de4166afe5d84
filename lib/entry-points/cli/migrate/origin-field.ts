import type ts from 'typescript';
import { change, decide, type MigrationNote, oneLine } from './changes.js';
import { environmentOrigins } from './environment-origins.js';
import { type Literal, sourceOf } from './literals.js';
import type { MigratedField, MigrationContext } from './migration-context.js';
import { functionField } from './origin-function.js';
import type { CorsPackage } from './package-names.js';

/** The `origin` with the same meaning. `credentials` is also true where its value is unknown. */
export function migrateOrigin(
  context: MigrationContext,
  written: ts.Expression | ts.MethodDeclaration | undefined,
  credentials: boolean,
): MigratedField {
  const { typescript, call, copied } = context;
  if (written === undefined) {
    return anyOrigin(credentials, []);
  }
  if (typescript.isMethodDeclaration(written)) {
    return functionField(context, written);
  }
  const node = call.literals.functionOf(written);
  if (node !== undefined) {
    return functionField(context, node);
  }
  const literal = call.literals.read(written);
  return literal === undefined
    ? (environmentOrigins(context, written, (part) => migrateOrigin(context, part, credentials)) ??
        copiedOrigin(copied.of(call.literals.resolve(written))))
    : knownOrigin(literal.value, credentials, call.package);
}

function knownOrigin(value: Literal, credentials: boolean, obeyedBy: CorsPackage): MigratedField {
  if (value === '*' || (Array.isArray(value) && value.includes('*') && obeyedBy === '@fastify/cors')) {
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

/** Credentials beside `'*'` had no effect in browsers. They are left out, so that this does not change. */
function anyOrigin(credentials: boolean, notes: readonly MigrationNote[]): MigratedField {
  return {
    text: "'*'",
    value: '*',
    notes: credentials
      ? [
          ...notes,
          decide(
            'credentials',
            "Browsers ignore '*' for requests with credentials, so it is left out where the origin is '*' alone. List the origins, and set `credentials: true`, if pages send cookies.",
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
