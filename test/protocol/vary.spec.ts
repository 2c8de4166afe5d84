import { describe, expect, it } from '@jest/globals';
import { appendVary } from '../../lib/protocol/vary.js';

describe('Vary', () => {
  it.each([
    ['names what is missing', undefined, 'Origin'],
    ['is kept and added to', 'Accept', 'Accept, Origin'],
    ['of several lines becomes one', ['Accept', 'Cookie'], 'Accept, Cookie, Origin'],
    ['stays as it is when the name is there', 'accept, ORIGIN', undefined],
    ['stays as it is when it covers everything', 'Accept, *', undefined],
    ['of no name at all is replaced', '', 'Origin'],
  ])('%s', (_name, current, expected) => {
    expect(appendVary(current, ['Origin'])).toBe(expected);
  });

  it('takes a name that only contains it for another one', () => {
    expect(appendVary('X-Origin', ['Origin'])).toBe('X-Origin, Origin');
  });
});
