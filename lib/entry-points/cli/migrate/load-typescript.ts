import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type typescript from 'typescript';
import { InputError } from '../input-error.js';

/** The parser of TypeScript. */
export type TypeScript = typeof typescript;

/**
 * The project's own TypeScript, or that of its Nest CLI: TypeScript 7 has no parser for programs.
 * @throws InputError where neither is installed
 */
export async function loadTypeScript(cwd: string): Promise<TypeScript> {
  const project = createRequire(join(cwd, 'package.json'));
  for (const resolve of [() => project.resolve('typescript'), () => fromNestCli(project)]) {
    const loaded = await load(resolve);
    if (loaded !== undefined) {
      return loaded;
    }
  }
  throw new InputError(
    `migrate needs a TypeScript from 5 to 6 in ${cwd}, whose parser programs can call. Install it there: npm i -D typescript@6`,
  );
}

function fromNestCli(project: NodeJS.Require): string {
  return createRequire(project.resolve('@nestjs/cli/package.json')).resolve('typescript');
}

async function load(resolve: () => string): Promise<TypeScript | undefined> {
  try {
    const { default: loaded } = (await import(pathToFileURL(resolve()).href)) as { default: TypeScript };
    return typeof loaded.createSourceFile === 'function' ? loaded : undefined;
  } catch {
    return undefined;
  }
}
