import { describe, expect, it } from '@jest/globals';
import { PREFLIGHT_VARY, appendVary } from '../../lib/fetch/vary.js';

describe('appendVary()', () => {
  it.each([
    ['names what is missing', undefined, 'Origin'],
    ['is kept and added to', 'Accept', 'Accept, Origin'],
    ['of several lines becomes one', ['Accept', 'Cookie'], 'Accept, Cookie, Origin'],
    ['stays as it is when the name is there', 'accept, ORIGIN', undefined],
    ['stays as it is when it covers everything', '*', undefined],
    ['of everything and more says everything alone, since nginx keeps the response otherwise', 'Accept, *', '*'],
    [
      'of several lines becomes one where nothing is missing, since nginx reads the last',
      ['Origin', 'Accept'],
      'Origin, Accept',
    ],
    ['is separated by a space, since nginx takes a tab for a part of the name', 'Accept,\tOrigin', 'Accept, Origin'],
    ['lacks a name that only looks like it', 'Accept,\u00a0Origin', 'Accept, \u00a0Origin, Origin'],
    ['loses all white space around its names', ' \t Accept \t ,\t\tOrigin', 'Accept, Origin'],
    ['loses its empty elements', 'Accept,, Origin,', 'Accept, Origin'],
    ['of no name at all is replaced', '', 'Origin'],
  ])('value of Vary %s', (_name, current, expected) => {
    expect(appendVary(current, 'Origin')).toBe(expected);
  });

  it('preflight: names three headers, each once', () => {
    const all = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
    expect(appendVary(undefined, PREFLIGHT_VARY)).toBe(all);
    expect(appendVary('Origin', PREFLIGHT_VARY)).toBe(all);
    expect(appendVary(all, PREFLIGHT_VARY)).toBeUndefined();
    expect(appendVary(all, 'Origin')).toBeUndefined();
  });

  it('longer name that contains Origin: does not count as Origin', () => {
    expect(appendVary('X-Origin', 'Origin')).toBe('X-Origin, Origin');
  });
});
