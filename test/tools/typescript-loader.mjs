import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { jsc } from './jest.base.js';

/**
 * Module hooks that run the project's TypeScript as it is, in a process without jest: the application under test needs
 * no build, and is the source that stands beside it. `./name.js` is `./name.ts`, and `./name.cjs` is `./name.cts`, as TypeScript reads
 * them.
 */

/** Where a CommonJS file requires another one: Node.js resolves that without the hooks. */
const REQUIRED = /\brequire\((["']\.[^"']*)\.cjs(["'])\)/g;

export async function resolve(specifier, context, next) {
  if (/^\..*\.c?js$/.test(specifier) && !context.parentURL?.includes('/node_modules/')) {
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    if (existsSync(source)) {
      return { url: source.href, format: formatOf(source.href), shortCircuit: true };
    }
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!/\.c?ts$/.test(url) || url.includes('/node_modules/')) {
    return next(url, context);
  }
  const filename = fileURLToPath(url);
  const format = formatOf(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: format === 'module' ? 'es6' : 'commonjs' },
    jsc,
  });
  return {
    format,
    source: format === 'commonjs' ? code.replace(REQUIRED, 'require($1.cts$2)') : code,
    shortCircuit: true,
  };
}

function formatOf(url) {
  return url.endsWith('.cts') ? 'commonjs' : 'module';
}
