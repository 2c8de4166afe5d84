import { existsSync, realpathSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nearestName } from '../../support/nearest-name.js';
import { InputError, sentenceOf } from './input-error.js';
import { assertLoadsOnly } from './module-file.js';

/** A loaded file, and the name of the export behind `#`, if there is one. */
export interface ModuleReference {
  /** The file as the user wrote it, without the export. */
  readonly written: string;
  /** Absolute, without symbolic links: packages are looked up from here. */
  readonly file: string;
  readonly exportName: string | undefined;
  /** Everything that the file exports, by name. */
  readonly exports: ReadonlyMap<string, unknown>;
}

/** The file and the export of `dist/app.module.js#AppModule`. A `#` in the name of a folder, as in `C:\\c#\\app`, belongs to the file. */
export function splitReference(reference: string): Pick<ModuleReference, 'written' | 'exportName'> {
  const [, written = reference, exportName] = /^(.*)#([^#/\\]*)$/s.exec(reference) ?? [];
  return { written, exportName: exportName || undefined };
}

/**
 * Loads the file, be it ESM or CommonJS.
 * @throws InputError where there is no such file, or loading it fails
 */
export async function loadReference(reference: string, cwd: string): Promise<ModuleReference> {
  const { written, exportName } = splitReference(reference);
  const path = resolve(cwd, written);
  if (!existsSync(path) || !statSync(path).isFile()) {
    const completed = ['.js', '.mjs', '.cjs'].find((extension) => existsSync(path + extension));
    throw new InputError(
      completed === undefined
        ? `There is no file ${written} in ${cwd}. Build the application, and name the file that the build wrote.`
        : `There is no file ${written}. Did you mean ${written}${completed}?`,
    );
  }
  const file = realpathSync(path);
  assertLoadsOnly(written, file);
  try {
    const namespace = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    return { written, file, exportName, exports: exportsOf(namespace) };
  } catch (error) {
    const hint = /^\.[cm]?ts$/.test(extname(file)) ? ' Name the file that the build made of it.' : '';
    throw new InputError(`${written} can't be loaded: ${sentenceOf(error)}${hint}`, { cause: error });
  }
}

/**
 * The named export, or the only one that `fits`.
 * @param kind the expected kind of export, for messages: `@Module() class`
 * @throws InputError where there is none, or more than one
 */
export function chooseExport(
  { written, exportName, exports }: ModuleReference,
  option: string,
  kind: string,
  fits: (value: unknown) => boolean,
): unknown {
  if (exportName !== undefined && !exports.has(exportName)) {
    const nearest = nearestName(exportName, exports.keys());
    const instead = nearest === undefined ? `It exports ${listed(exports.keys())}.` : `Did you mean #${nearest}?`;
    throw new InputError(`${written} exports no ${exportName}. ${instead}`);
  }
  if (exportName !== undefined) {
    const value = exports.get(exportName);
    if (!fits(value)) {
      throw new InputError(
        `${exportName} of ${written} is no ${kind}. Name another export: --${option} ${written}#...`,
      );
    }
    return value;
  }
  const fitting = [...exports].filter(([, value]) => fits(value));
  const [first] = fitting;
  if (first === undefined) {
    throw new InputError(`${written} exports no ${kind}: it exports ${listed(exports.keys())}. Name another file.`);
  }
  if (fitting.some(([, value]) => value !== first[1])) {
    const names = listed(fitting.map(([name]) => name));
    throw new InputError(
      `${written} exports more than one ${kind}: ${names}. Say which: --${option} ${written}#${first[0]}`,
    );
  }
  return first[1];
}

/** Named exports of a CommonJS file may exist on its default export only: Node.js finds names with a lexer. */
function exportsOf(namespace: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const { default: whole, 'module.exports': _, ...named } = namespace;
  const properties = typeof whole === 'object' && whole !== null ? Object.entries(whole) : [];
  const byDefault = whole === undefined ? [] : ([['default', whole]] as const);
  return new Map([...properties, ...Object.entries(named), ...byDefault].filter(([name]) => name !== '__esModule'));
}

function listed(names: Iterable<string>): string {
  return [...names].join(', ') || 'nothing';
}
