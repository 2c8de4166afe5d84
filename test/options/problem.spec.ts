import { describe, expect, it } from '@jest/globals';
import {
  CORS_PROBLEM_CODES,
  CorsConfigurationError,
  type CorsConfigurationProblem,
  ProblemList,
  ALLOWABLE_PROBLEM_CODES,
} from '../../lib/options/problem.js';
import { nearestName } from '../../lib/support/nearest-name.js';
import { quoted } from '../../lib/support/quoted.js';
import { problemsOf } from '../policy/catalog.js';

const PROBLEM: CorsConfigurationProblem = {
  code: 'invalid-value',
  path: 'maxAge',
  value: 'a',
  message: 'M',
  hint: 'H',
};

describe('CorsConfigurationError', () => {
  it('several problems: lists what was found, where, and what to write instead', () => {
    const error = new CorsConfigurationError(problemsOf({ origin: 'https://a.example/', maxAge: -1 }));
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('CorsConfigurationError');
    expect(error.problems.map(({ code }) => code)).toEqual(['malformed-origin', 'out-of-range']);
    expect(error.message.split('\n')).toEqual([
      'The CORS configuration has 2 problems:',
      '',
      '1. [malformed-origin] `origin` must be an origin without a slash at the end; got "https://a.example/".',
      '   Write "https://a.example".',
      '',
      '2. [out-of-range] `maxAge` must be an integer from 0 to 86400 (seconds); got -1.',
      '   Write 600, or leave it out.',
    ]);
  });

  it('one problem: is in the singular', () => {
    expect(new CorsConfigurationError([PROBLEM]).message).toBe(
      'The CORS configuration has 1 problem:\n\n1. [invalid-value] M\n   H',
    );
  });
});

describe('the codes', () => {
  it('are stable: kebab-case, each once, and the allowable ones among them', () => {
    expect(new Set(CORS_PROBLEM_CODES).size).toBe(CORS_PROBLEM_CODES.length);
    expect(CORS_PROBLEM_CODES.filter((code) => !/^[a-z]+(?:-[a-z]+)*$/.test(code))).toEqual([]);
    expect(CORS_PROBLEM_CODES).toEqual(expect.arrayContaining([...ALLOWABLE_PROBLEM_CODES]));
  });
});

describe('a list of problems', () => {
  it('same code, place and value: is in the list once, in the order of reports', () => {
    const list = new ProblemList();
    const values = ['b', Number.NaN, 'a', Number.NaN, 'b'];
    values.forEach((value) => list.report({ ...PROBLEM, value }));
    list.report({ ...PROBLEM, path: 'other' });
    list.report({ ...PROBLEM, code: 'invalid-token' });
    expect(list.all().map(({ code, path, value }) => [code, path, value])).toEqual([
      ['invalid-value', 'maxAge', 'b'],
      ['invalid-value', 'maxAge', Number.NaN],
      ['invalid-value', 'maxAge', 'a'],
      ['invalid-value', 'other', 'a'],
      ['invalid-token', 'maxAge', 'a'],
    ]);
  });
});

describe('a value in a message', () => {
  it.each([
    ['a"b', '"a\\"b"'],
    ['a'.repeat(80), `"${'a'.repeat(80)}"`],
    ['a'.repeat(81), `"${'a'.repeat(80)}…"`],
    [/^a$/i, '/^a$/i'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
    [5n, '5'],
    [Symbol('x'), 'Symbol(x)'],
    [[1], 'a list'],
    [{}, 'an object'],
    [() => true, 'a function'],
  ])('any value: is short and on one line: %p', (value, text) => {
    expect(quoted(value)).toBe(text);
  });
});

describe('the nearest name', () => {
  it('several similar names: is the one with the fewest slips, in any letter case', () => {
    expect(nearestName('partnres', ['public', 'partners', 'partner'])).toBe('partners');
    expect(nearestName('ORIGIN', ['methods', 'origin'])).toBe('origin');
    // Beyond 64 characters nothing is compared.
    expect(nearestName('x'.repeat(70), ['short', 'x'.repeat(200)])).toBe('x'.repeat(200));
    expect(nearestName('', ['ab', 'a'])).toBe('a');
    expect(nearestName('a'.repeat(100_000), ['a'.repeat(70)])).toBe('a'.repeat(70));
  });

  it('no similar name: is none', () => {
    expect(nearestName('anything', ['public', 'partners'])).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });
});
