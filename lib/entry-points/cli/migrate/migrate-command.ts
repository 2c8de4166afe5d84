import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { CommandLine } from '../command-line.js';
import { InputError } from '../input-error.js';
import { readNestProject } from '../nest-project.js';
import type { CheckedCommand, Report } from '../report.js';
import { type Style, styleFor, type Terminal } from '../terminal.js';
import { callTrees } from './call-tree.js';
import { change } from './changes.js';
import { type CorsCall, findCorsCalls } from './cors-calls.js';
import { loadTypeScript } from './load-typescript.js';
import { type Migration, migrationOf } from './migration.js';

/** A call, and its replacement. */
interface Migrated extends Migration {
  /** Relative to the working directory of the command, with slashes. */
  readonly file: string;
  readonly call: Pick<CorsCall, 'kind' | 'package' | 'line' | 'column'>;
}

const SOURCE = /\.[cm]?[jt]sx?$/;
const NO_APPLICATION = /\.(?:d|spec|test|e2e-spec)\.[cm]?[jt]sx?$/;
const NO_SOURCES = new Set(['node_modules', 'dist', 'coverage', '.git']);

/**
 * Prints the forRoot() with the meaning of a project's own CORS calls. It only reads files.
 * @throws InputError where there are no such files
 */
export function migrate({ operands }: CommandLine, { stdout, cwd }: Terminal): CheckedCommand {
  const [operand = readNestProject(cwd).sourceRoot, ...more] = operands;
  if (more.length > 0) {
    throw new InputError('migrate takes one file or folder: nestjs-cors migrate src');
  }
  const path = resolve(cwd, operand);
  if (!existsSync(path)) {
    throw new InputError(`There is no ${operand} in ${cwd}. Name the folder of the sources: nestjs-cors migrate src`);
  }
  const report = async (): Promise<Report> => {
    const typescript = await loadTypeScript(cwd);
    const files = sourcesIn(path);
    const all = files.flatMap((file) =>
      callTrees(findCorsCalls(typescript, file, readFileSync(file, 'utf8'))).map((tree): Migrated => {
        const { kind, line, column } = tree.call;
        const shown = relative(cwd, file).replaceAll('\\', '/');
        const call = { kind, package: tree.call.package, line, column };
        return { file: shown, call, ...migrationOf(typescript, tree) };
      }),
    );
    const migrated = withoutRepetitions(all);
    return {
      text:
        migrated.length === 0
          ? `No enableCors(), no \`cors\` option, no cors() and no @fastify/cors in ${files.length} files of ${operand}: there is nothing to migrate.`
          : [...migrated.map((each) => migrationText(each, styleFor(stdout))), ...severalText(migrated)].join('\n\n'),
      json: migrated,
      findings: migrated.some(({ notes }) => notes.some(({ level }) => level === 'decide')),
    };
  };
  return { application: 'none', phase: 'the files', report };
}

/** One of several places in a file that mean the same, such as app.use(cors(options)) and app.options('*', cors(options)). */
function withoutRepetitions(all: readonly Migrated[]): readonly Migrated[] {
  const isSame = (one: Migrated, other: Migrated): boolean =>
    one.file === other.file && one.code === other.code && one.target === 'module' && other.target === 'module';
  return all
    .filter((each, index) => all.findIndex((other) => isSame(each, other)) === index || each.target !== 'module')
    .map((each) => {
      const lines = all.filter((other) => other !== each && isSame(each, other)).map(({ call }) => call.line);
      const also = change('lines', `Remove line ${lines.join(', ')}, too: it means the same.`);
      return lines.length === 0 ? each : { ...each, notes: [...each.notes, also] };
    });
}

function sourcesIn(path: string): readonly string[] {
  if (statSync(path).isFile()) {
    return [path];
  }
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = join(path, entry.name);
      if (entry.isDirectory()) {
        return NO_SOURCES.has(entry.name) ? [] : sourcesIn(file);
      }
      return entry.isFile() && SOURCE.test(entry.name) && !NO_APPLICATION.test(entry.name) ? [file] : [];
    });
}

const OF_NEST = { cors: '`cors` on Express', '@fastify/cors': '`@fastify/cors` on Fastify' } as const;

function migrationText({ file, call, target, controllers, code, notes }: Migrated, style: Style): string {
  const decisions = notes.filter(({ level }) => level === 'decide');
  const changes = notes.filter(({ level }) => level === 'change');
  const isOfNest = call.kind === 'enableCors()' || call.kind === 'NestFactory.create()';
  const obeyedBy = isOfNest ? OF_NEST[call.package] : `the package \`${call.package}\``;
  const names = ['CorsModule', 'CorsPolicy', 'readOrigins'].filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return [
    style.bold(`${file}:${call.line}:${call.column} ${call.kind}, which is ${obeyedBy}`),
    '',
    target === 'module'
      ? 'Remove it, and add this to the imports of the root module:'
      : `Remove it, and write this above ${controllers.join(' and ') || 'the controllers or handlers that it is for'}:`,
    '',
    `  import { ${names.join(', ')} } from 'nestjs-cors';`,
    '',
    ...code.split('\n').map((line) => `  ${line}`),
    ...noteLines('What you decide', decisions, style),
    ...noteLines('What changes', changes, style),
  ].join('\n');
}

/** An application has one forRoot(). */
function severalText(migrated: readonly Migrated[]): string[] {
  const count = migrated.filter(({ target }) => target === 'module').length;
  return count < 2
    ? []
    : [
        `${count} places turn on CORS for every route. An application has one forRoot(): where they belong to one application, join them by hand.`,
      ];
}

function noteLines(title: string, notes: Migration['notes'], style: Style): string[] {
  return notes.length === 0
    ? []
    : ['', style.bold(title), ...notes.map(({ option, message }) => `  ${option}: ${message}`)];
}
