import type ts from 'typescript';
import type { CallTree } from './call-tree.js';
import { change, decide, type MigrationNote } from './changes.js';
import { CopiedText } from './copied-text.js';
import type { CorsCall } from './cors-calls.js';
import type { TypeScript } from './load-typescript.js';
import { eitherOptions, eitherText, type MigratedOptions, migrateOptions, NOBODY } from './migrated-options.js';

/** The replacement of a call. */
export interface Migration {
  /** Where the code belongs: in the imports of the root module, or above controllers and handlers. */
  readonly target: 'module' | 'routes';
  /** The controllers to write it above, where they are known. */
  readonly controllers: readonly string[];
  /** `CorsModule.forRoot({ … })`, `CorsModule.forRootAsync({ … })` or `@CorsPolicy({ … })`. */
  readonly code: string;
  readonly notes: readonly MigrationNote[];
}

const ALWAYS = change(
  'preflights',
  'A refused preflight is a 403 without CORS headers. It was a success that browsers then refused.',
);

const ENVIRONMENT = {
  module: change(
    'environment',
    'useFactory reads the variables when the application is created. forRoot() would read them when the file is imported, before ConfigModule or dotenv has loaded a `.env` file.',
  ),
  routes: decide(
    'environment',
    'A decorator reads variables when its file is imported. Where ConfigModule or dotenv loads them from a `.env` file, write a named policy in forRootAsync().',
  ),
} as const;

/** Paths of forRoutes() that match every route. */
const EVERY_PATH = /^\/?(?:\*|\*?\{?\*\w+\}?|\(\.\*\)|:path\*)?$/;

/** The code that is equivalent to the call. */
export function migrationOf(typescript: TypeScript, tree: CallTree): Migration {
  const { call } = tree;
  const copied = new CopiedText(typescript, call.source, call.literals);
  const options = treeOptions(typescript, tree, copied);
  const condition = conditionText(typescript, tree, copied);
  const text = condition === undefined ? options.text : eitherText(condition, options.text, NOBODY);
  const places = placesOf(typescript, call);
  return {
    target: places.target,
    controllers: places.controllers,
    code: places.target === 'module' ? moduleCode(text, copied) : `@CorsPolicy(${inCall(text)})`,
    notes: [
      ...options.notes,
      ...conditionNotes(call, condition),
      ...places.notes,
      ...namesNotes(copied, places.target),
      ...(copied.readsEnvironment ? [ENVIRONMENT[places.target]] : []),
      ALWAYS,
    ],
  };
}

function treeOptions(typescript: TypeScript, { call, choice }: CallTree, copied: CopiedText): MigratedOptions {
  if (choice === undefined) {
    return migrateOptions({ typescript, call, copied }, call.options);
  }
  const one = treeOptions(typescript, choice.yes, copied);
  const other = treeOptions(typescript, choice.no, copied);
  return eitherOptions(copied.of(call.literals.resolve(choice.expression)), one, other);
}

/** An object is written directly into the parentheses of a call; other code gets its own lines. */
function inCall(text: string): string {
  return text.startsWith('{') || !text.includes('\n') ? text : `\n  ${text.replaceAll('\n', '\n  ')},\n`;
}

/** A factory runs when the application is created, as main.ts does; the arguments of forRoot() when the file is imported. */
function moduleCode(text: string, { injected, readsEnvironment }: CopiedText): string {
  if (injected.size === 0 && !readsEnvironment) {
    return `CorsModule.forRoot(${inCall(text)})`;
  }
  const parameters = [...injected].map(([name, token]) => `${name}: ${token}`).join(', ');
  return [
    'CorsModule.forRootAsync({',
    ...(injected.size === 0 ? [] : [`  inject: [${[...new Set(injected.values())].join(', ')}],`]),
    `  useFactory: (${parameters}) => (${inCall(text)
      .replaceAll('\n', '\n  ')
      .replace(/,\n\s*$/, '\n  ')}),`,
    '})',
  ].join('\n');
}

function conditionText(typescript: TypeScript, { call, conditions }: CallTree, copied: CopiedText): string | undefined {
  const parts = conditions.map(({ expression: written, holds }) => {
    const expression = call.literals.resolve(written);
    const text = copied.of(expression);
    const isSimple = !typescript.isBinaryExpression(expression) && !typescript.isConditionalExpression(expression);
    const alone = holds && conditions.length === 1;
    const inner = isSimple || alone ? text : `(${text})`;
    return holds ? inner : `!${inner}`;
  });
  return parts.length === 0 ? undefined : parts.join(' && ');
}

function conditionNotes({ condition: { unread } }: CorsCall, condition: string | undefined): MigrationNote[] {
  return [
    ...(condition === undefined
      ? []
      : [change('condition', `Where \`${condition}\` does not hold, there was no CORS. Nobody is allowed there.`)]),
    ...(unread === undefined
      ? []
      : [decide('condition', `The call stands in ${unread}: it can't be told when it runs. forRoot() holds always.`)]),
  ];
}

interface Places extends Pick<Migration, 'target' | 'controllers'> {
  readonly notes: readonly MigrationNote[];
}

const EVERYWHERE: Places = { target: 'module', controllers: [], notes: [] };
const UNKNOWN_PLACE = decide(
  'routes',
  "It can't be told from the source which routes the middleware is for. Write the policy above these controllers or handlers, and for what Nest does not route into `paths` of forRoot().",
);
const NEEDS_MODULE = change(
  'module',
  'The root module imports CorsModule.forRoot() once. Without options it allows nobody on other routes.',
);

/** The routes that the call is for: all, or some. */
function placesOf(typescript: TypeScript, call: CorsCall): Places {
  if (call.kind === 'cors()') {
    return { target: 'routes', controllers: [], notes: [UNKNOWN_PLACE, NEEDS_MODULE] };
  }
  const paths = call.routes.map((route) => call.literals.read(route)?.value);
  const isEverywhere = paths.some((path) => typeof path === 'string' && EVERY_PATH.test(path));
  const isPlaced = call.kind === 'consumer.apply(cors())' || call.routes.length > 0;
  if (!isPlaced || (isEverywhere && call.excluded.length === 0)) {
    return EVERYWHERE;
  }
  const controllers = call.routes.filter((route) => typescript.isIdentifier(route) && /^[A-Z]/.test(route.text));
  const isRead = controllers.length === call.routes.length && controllers.length > 0 && call.excluded.length === 0;
  return {
    target: 'routes',
    controllers: isRead ? controllers.map((route) => route.getText(call.source)) : [],
    notes: [...(isRead ? [PREFLIGHTS_OF_CONTROLLERS] : [decide('routes', placeText(call))]), NEEDS_MODULE],
  };
}

/** Nest binds the middleware of a controller to the methods of its handlers. */
const PREFLIGHTS_OF_CONTROLLERS = change(
  'routes',
  'forRoutes() with a controller runs middleware for the methods of its handlers alone, so that preflights got a 404. They are answered now.',
);

function placeText({ routes, excluded, source }: CorsCall): string {
  const named = (list: readonly ts.Expression[]): string => list.map((each) => each.getText(source)).join(', ');
  const without = excluded.length === 0 ? '' : ` without ${named(excluded)}`;
  return (
    `It was for ${routes.length === 0 ? 'no route that can be told from the source' : named(routes)}${without}. Write it above the controllers and handlers of these paths. ` +
    'What Nest does not route there takes the fields in `paths` of forRoot().'
  );
}

function namesNotes({ injected, unresolved }: CopiedText, target: Migration['target']): MigrationNote[] {
  const names = [...unresolved].join(', ');
  const tokens = [...new Set(injected.values())].join(', ');
  return [
    ...(names === '' ? [] : [decide('names', `Import or declare ${names}, which the copied text names.`)]),
    ...(tokens === ''
      ? []
      : target === 'module'
        ? [change('inject', `${tokens} is injected. Name its module in \`imports\`, unless that is global.`)]
        : [decide('inject', `A decorator injects nothing. Write a named policy in forRootAsync() with ${tokens}.`)]),
  ];
}
