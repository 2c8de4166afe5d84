import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { InstalledLibrary } from './installed-library.js';

/** Prints what two entry points are. */
const PRINTING = `
  const problem = (() => { try { cors.readOrigins('*, x') } catch (error) { return error } })();
  console.log(JSON.stringify({
    names: [cors.CorsModule.name, postgres.PostgresOrigins.name, problem.constructor.name],
    isOwnError: problem instanceof cors.CorsConfigurationError,
  }));
`;

/** Packages that an application on Express without expressions in its policies does not need at start. */
const ON_DEMAND = ['find-my-way', 'tldts', 'lru-cache'];

function printedBy(folder: string, ...commandLine: string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, commandLine, { cwd: folder, encoding: 'utf8' }));
}

describe('the entry points of the published package', () => {
  it('have the same classes as ES modules and in CommonJS', () => {
    const installed = new InstalledLibrary('NestJS 12');
    try {
      const imports = `import * as cors from 'nestjs-cors'; import * as postgres from 'nestjs-cors/postgres';`;
      const requires = `const cors = require('nestjs-cors'); const postgres = require('nestjs-cors/postgres');`;
      const expected = { names: ['CorsModule', 'PostgresOrigins', 'CorsConfigurationError'], isOwnError: true };
      expect(printedBy(installed.folder, '--input-type=module', '-e', imports + PRINTING)).toEqual(expected);
      expect(printedBy(installed.folder, '-e', requires + PRINTING)).toEqual(expected);
    } finally {
      installed.remove();
    }
  });

  it('load no package at import that only some applications need', () => {
    const installed = new InstalledLibrary('NestJS 12');
    try {
      const loaded = `require('nestjs-cors'); console.log(JSON.stringify(Object.keys(require.cache)))`;
      const files = printedBy(installed.folder, '-e', loaded) as readonly string[];
      expect(files.some((file) => file.includes('/@eslint-community/regexpp/'))).toBe(true);
      expect(files.filter((file) => ON_DEMAND.some((name) => file.includes(`/${name}/`)))).toEqual([]);
    } finally {
      installed.remove();
    }
  });
});
