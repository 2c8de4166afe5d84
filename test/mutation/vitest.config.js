import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const lib = resolve(import.meta.dirname, '../../lib');

const UNIT_TESTS = ['test/{origin,fetch,policy,decision,routing}/**/*.spec.ts'];
/** What routes are is for real routers to say. */
const TESTS_OF_ROUTERS = [
  'test/routing/**/*.e2e-spec.ts',
  'test/e2e/{ambiguous-routes,hosts-and-paths,policies,versions}.e2e-spec.ts',
];

/**
 * The tests of the rooms that are mutated. They are jest's; vitest runs them because it keeps one process for all
 * mutants, where jest starts anew for each.
 */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  resolve: {
    alias: [
      { find: '@jest/globals', replacement: resolve(import.meta.dirname, 'jest-globals.js') },
      { find: /^fast-check$/, replacement: resolve(import.meta.dirname, 'fast-check.js') },
      { find: /^nestjs-cors$/, replacement: resolve(lib, 'index.ts') },
    ],
  },
  test: {
    include: process.env.MUTATION_TESTS === 'unit' ? UNIT_TESTS : [...UNIT_TESTS, ...TESTS_OF_ROUTERS],
    // Generated applications take too long to be made for every mutant.
    exclude: ['**/node_modules/**', 'test/routing/equivalence/**'],
    testTimeout: 60_000,
  },
});
