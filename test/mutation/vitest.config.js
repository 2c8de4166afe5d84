import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const lib = resolve(import.meta.dirname, '../../lib');

/**
 * The tests of the rooms that are mutated. They are jest's; vitest runs them because it keeps one process for all
 * mutants, where jest starts anew for each.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  resolve: {
    alias: [
      { find: '@jest/globals', replacement: resolve(import.meta.dirname, 'jest-globals.js') },
      { find: /^nestjs-cors$/, replacement: resolve(lib, 'index.ts') },
    ],
  },
  test: {
    include: [
      'test/{origin,policy,protocol,routing}/**/*.spec.ts',
      // What routes are is for real routers to say.
      'test/routing/*.e2e-spec.ts',
      'test/e2e/{ambiguous-routes,hosts-and-paths,policies,versions}.e2e-spec.ts',
    ],
    // Generated applications take too long to be made for every mutant.
    exclude: ['**/node_modules/**', 'test/routing/equivalence/**'],
    setupFiles: [resolve(import.meta.dirname, 'setup.js')],
    testTimeout: 60_000,
  },
});
