import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CORS_REASONS } from '../../lib/decision/reasons.js';
import { CORS_PROBLEM_CODES } from '../../lib/options/problem.js';
import { DOCUMENTED_PROBLEMS } from './documented-problems.js';
import { errorsPage } from './errors-page.js';
import { problemsOf } from '../policy/catalog.js';

const PAGE = readFileSync(new URL('../../docs/origin-language.md', import.meta.url), 'utf8');

/** The rows of the table below a heading row that begins with `heading`, as cells. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const lines = PAGE.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split(' |')
      .map((cell) => cell.replace(/^\|? */, '').trim())
      .slice(0, -1),
  );
}

const codeIn = (cell: string | undefined) => /^(?:\| )?`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';

describe('docs/errors.md', () => {
  it('page: is what `npm run docs:errors` writes', () => {
    expect(readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsPage());
  });

  it.each(CORS_PROBLEM_CODES)('%s: shows sentences that are reported with this code', (code) => {
    const { examples } = DOCUMENTED_PROBLEMS[code];
    expect(examples().map((problem) => problem.code)).toContain(code);
  });

  it.each([
    'insecure-origin',
    'public-suffix',
    'unanchored-regexp',
    'unescaped-dot',
    'wide-regexp',
    'slow-regexp',
  ] as const)('%s: says that it is about expressions', (code) =>
    expect(DOCUMENTED_PROBLEMS[code].about).toContain('RegExp'),
  );

  it('each reason: is there once', () => {
    const rows =
      errorsPage()
        .match(/^\| `[\w-]+` /gm)
        ?.map(codeIn) ?? [];
    expect(rows.sort()).toEqual(Object.keys(CORS_REASONS).sort());
  });
});

describe('the table of expressions in docs/origin-language.md', () => {
  it.each(tableOf('RegExp'))('%s: is at boot what the table says: %s', (cell, verdict) => {
    const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(codeIn(cell)) ?? [];
    const problems = problemsOf({ origin: new RegExp(source, flags), credentials: true });
    const [, code] = /^`([^`]+)`/.exec(verdict ?? '') ?? [];
    expect(problems.map((problem) => problem.code)).toEqual(code === undefined ? [] : [code]);
    const [, origin] = /lets in `([^`…]+)/.exec(verdict ?? '') ?? [];
    expect(problems[0]?.message ?? '').toContain(origin ?? '');
  });
});
