import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { InputError } from './input-error.js';

/**
 * Sets the variables of files, as `node --env-file` does: it does not change a variable that is already set, and a later file wins
 * over an earlier one.
 * @throws InputError where a file can't be read
 */
export function loadEnvFiles(files: readonly string[] = [], cwd: string, env: NodeJS.ProcessEnv = process.env): void {
  const variables = Object.assign({}, ...files.map((file) => readEnvFile(file, cwd))) as Record<string, string>;
  for (const [name, value] of Object.entries(variables)) {
    env[name] ??= value;
  }
}

function readEnvFile(file: string, cwd: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new InputError(
      `--env-file must be a file that can be read; got ${file}. Name it relative to ${cwd}: --env-file .env`,
      {
        cause: error,
      },
    );
  }
}
