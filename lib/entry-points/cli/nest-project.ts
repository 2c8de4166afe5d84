import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The settings of a project in nest-cli.json and package.json. Paths are relative to the project, with slashes. */
export interface NestProject {
  /** Folder of the sources. */
  readonly sourceRoot: string;
  /** Where a build writes the module's file, the most likely place first. */
  readonly moduleFiles: readonly string[];
  /** Whether the build is one file, which starts the application when it is loaded. */
  readonly isBundled: boolean;
}

interface NestCli {
  readonly sourceRoot?: string;
  readonly root?: string;
  readonly monorepo?: boolean;
  readonly compilerOptions?: {
    readonly builder?: string | { readonly type?: string; readonly options?: { readonly configPath?: string } };
    readonly webpack?: boolean;
    readonly tsConfigPath?: string;
  };
  readonly projects?: Readonly<Record<string, NestCli>>;
}

const BUNDLERS = new Set(['webpack', 'rspack']);
const TSCONFIGS = ['tsconfig.build.json', 'tsconfig.json'];
const OUT_DIR = /"outDir"\s*:\s*"([^"]+)"/;
const EXTENDS = /"extends"\s*:\s*"(\.[^"]*)"/;
/** The file that a script runs: `node dist/main`, `node --enable-source-maps dist/src/main.js`. */
const STARTED = /\bnode\s+(?:-\S+\s+)*([\w./-]+)/;

/** Reads a project. Files that are missing or malformed count as empty: everything has a default. */
export function readNestProject(cwd: string): NestProject {
  const cli = readJson<NestCli>(join(cwd, 'nest-cli.json'));
  // A monorepo names its default project by its root.
  const name = Object.entries(cli.projects ?? {}).find(([, { root }]) => root !== undefined && root === cli.root)?.[0];
  const project = name === undefined ? undefined : cli.projects?.[name];
  const sourceRoot = project?.sourceRoot ?? cli.sourceRoot ?? 'src';
  const options = project?.compilerOptions ?? cli.compilerOptions;
  const outDir = outDirOf(cwd, [
    options?.tsConfigPath,
    ...(project?.root === undefined ? [] : TSCONFIGS.map((file) => `${project.root}/${file}`)),
    ...TSCONFIGS,
  ]);
  const folders = [...startedFolders(cwd), outDir, `${outDir}/${sourceRoot}`, `${outDir}/src`];
  const files = folders.flatMap((folder) =>
    ['js', 'mjs', 'cjs'].map((extension) => `${plain(folder)}/app.module.${extension}`),
  );
  return { sourceRoot: plain(sourceRoot), moduleFiles: [...new Set(files)], isBundled: isBundled(cli, options) };
}

function isBundled({ monorepo }: NestCli, options: NestCli['compilerOptions']): boolean {
  const { builder, webpack } = options ?? {};
  const type = typeof builder === 'string' ? builder : builder?.type;
  return webpack ?? (type === undefined ? monorepo === true : BUNDLERS.has(type));
}

/** The first `outDir` that a tsconfig has, or one that it extends. Comments in these files are no JSON. */
function outDirOf(cwd: string, files: readonly (string | undefined)[]): string {
  for (const file of files.filter((each) => each !== undefined)) {
    const text = readText(join(cwd, file));
    const parent = EXTENDS.exec(text)?.[1];
    const found = OUT_DIR.exec(text)?.[1] ?? (parent && OUT_DIR.exec(readText(join(cwd, dirname(file), parent)))?.[1]);
    if (found !== undefined && found !== '') {
      return plain(join(dirname(file), found));
    }
  }
  return 'dist';
}

/** The folders of the files that the scripts of package.json start. */
function startedFolders(cwd: string): readonly string[] {
  const { scripts = {} } = readJson<{ scripts?: Readonly<Record<string, unknown>> }>(join(cwd, 'package.json'));
  return [scripts['start:prod'], scripts['start']].flatMap((script) => {
    const file = STARTED.exec(String(script))?.[1];
    return file !== undefined && /^main(?:\.[cm]?js)?$/.test(basename(file)) ? [dirname(file)] : [];
  });
}

function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/$/, '');
}

function readJson<T extends object>(file: string): Partial<T> {
  try {
    return (JSON.parse(readText(file)) ?? {}) as Partial<T>;
  } catch {
    return {};
  }
}

function readText(file: string): string {
  const path = existsSync(file) ? file : `${file}.json`;
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
