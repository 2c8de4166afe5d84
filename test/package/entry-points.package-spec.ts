import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InstalledLibrary } from './installed-library.js';

const { exports: targets } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
  exports: Record<string, string | object>;
};
/** By the names that applications import. */
const ENTRY_POINTS = Object.keys(targets)
  .filter((name) => typeof targets[name] === 'object')
  .map((name) => `nestjs-cors${name.slice(1)}`);

/** Prints what two entry points are. */
const PRINTING = `
  const problem = (() => { try { cors.readOrigins('*, x') } catch (error) { return error } })();
  console.log(JSON.stringify({
    names: [cors.CorsModule.name, postgres.PostgresOrigins.name, problem.constructor.name],
    isOwnError: problem instanceof cors.CorsConfigurationError,
  }));
`;

/** What an application without expressions, patterns and HTTP/2 does not need at start, by a part of its path or name. */
const ON_DEMAND = ['/find-my-way/', '/@eslint-community/regexpp/', '/public-suffix-rules.cjs', 'NativeModule http2'];

/** Imports the library, and prints whether the module of each name of ON_DEMAND is loaded, before and after an application boots. */
const LOADING = `
  const loaded = () => {
    const modules = [...process.moduleLoadList, ...Object.keys(require.cache)];
    return ${JSON.stringify(ON_DEMAND)}.filter((name) => modules.some((each) => each.includes(name)));
  };
  const boot = async (cors) => {
    const before = loaded();
    const { NestFactory } = await import('@nestjs/core');
    const origin = ['https://*.example.com', /^https:\\/\\/[a-z]+\\.example\\.org$/];
    const app = await NestFactory.createApplicationContext(cors.CorsModule.forRoot({ origin }), { logger: false });
    console.log(JSON.stringify({ before, after: loaded() }));
    await app.close();
  };
`;

function printedBy(folder: string, ...commandLine: string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, commandLine, { cwd: folder, encoding: 'utf8' }));
}

describe('the entry points of the published package', () => {
  it('ES modules and CommonJS: have the same classes', () => {
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

  it.each(['NestJS 11', 'NestJS 12'] as const)(
    'process that imports and requires them, on %s: has one set of classes',
    (nest) => {
      const installed = new InstalledLibrary(nest);
      try {
        const both = `
          import { createRequire } from 'node:module';
          ${ENTRY_POINTS.map((name, index) => `import * as imported${index} from '${name}';`).join('\n')}
          const require = createRequire(import.meta.url);
          const differing = [${ENTRY_POINTS.map((name, index) => `[imported${index}, require('${name}')]`).join()}]
            .flatMap(([imported, required]) => Object.keys(required)
              .filter((name) => imported[name] === undefined || imported[name] !== required[name]));
          console.log(JSON.stringify(differing));
        `;
        expect(printedBy(installed.folder, '--input-type=module', '-e', both)).toEqual([]);
      } finally {
        installed.remove();
      }
    },
  );

  it('import: loads nothing that only some applications need, and a policy loads what it needs', () => {
    const installed = new InstalledLibrary('NestJS 12');
    const needed = ['/@eslint-community/regexpp/', '/public-suffix-rules.cjs'];
    const imports = `import { createRequire } from 'node:module'; import * as cors from 'nestjs-cors'; const require = createRequire(import.meta.url);`;
    try {
      const seen = [
        printedBy(installed.folder, '--input-type=module', '-e', `${imports} ${LOADING} await boot(cors);`),
        printedBy(installed.folder, '-e', `${LOADING} void boot(require('nestjs-cors'));`),
      ] as { before: string[]; after: string[] }[];
      for (const { before, after } of seen) {
        expect(before).toEqual([]);
        expect(after).toEqual(expect.arrayContaining(needed));
      }
    } finally {
      installed.remove();
    }
  });
});
