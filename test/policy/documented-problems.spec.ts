import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CORS_PROBLEM_CODES, ALLOWABLE_PROBLEM_CODES } from '../../lib/options/problem.js';
import { problemsOf } from './catalog.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The rows of the table below a heading row that begins with `heading`, as cells. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const lines = README.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${heading} +\\|`).test(line));
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split(' |')
      .map((cell) => cell.replace(/^\|? */, '').trim())
      .slice(0, -1),
  );
}

const codeIn = (cell: string | undefined) => /^`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';

describe('the table of problem codes in the README', () => {
  const rows = tableOf('code').filter(([cell]) => CORS_PROBLEM_CODES.includes(codeIn(cell) as never));

  it('has each code once', () => {
    expect(rows.map(([cell]) => codeIn(cell)).sort()).toEqual([...CORS_PROBLEM_CODES].sort());
  });

  it('says which codes dangerouslyAllow takes', () => {
    const tolerable = rows.filter((cells) => cells.at(-1) === 'yes').map(([cell]) => codeIn(cell));
    expect(tolerable.sort()).toEqual([...ALLOWABLE_PROBLEM_CODES].sort());
  });

  it('says of each code about expressions that it is about them', () => {
    const codes = [
      'insecure-origin',
      'public-suffix',
      'unanchored-regexp',
      'unescaped-dot',
      'wide-regexp',
      'slow-regexp',
    ];
    const spoken = rows.filter(([, what]) => what?.includes('RegExp')).map(([cell]) => codeIn(cell));
    expect(spoken).toEqual(expect.arrayContaining(codes));
  });
});

describe('the table of expressions in the README', () => {
  it.each(tableOf('RegExp'))('is true at boot of %s: %s', (cell, verdict) => {
    const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(codeIn(cell)) ?? [];
    const problems = problemsOf({ origin: new RegExp(source, flags), credentials: true });
    const [, code] = /^`([^`]+)`/.exec(verdict ?? '') ?? [];
    expect(problems.map((problem) => problem.code)).toEqual(code === undefined ? [] : [code]);
    const [, origin] = /lets in `([^`…]+)/.exec(verdict ?? '') ?? [];
    expect(problems[0]?.message ?? '').toContain(origin ?? '');
  });
});
