import { describe, expect, it } from '@jest/globals';
import { oneLine } from '../../lib/support/one-line.js';

describe('a string for one line of a log', () => {
  it('control characters and line ends: become one space for each run', () => {
    expect(oneLine('a\r\n\u0000b\u2028\u2029c d')).toBe('a b c d');
  });

  it('long string: is cut, by default after 1000 characters', () => {
    expect(oneLine('x'.repeat(1001))).toBe('x'.repeat(1000));
    expect(oneLine('abcdef', 5)).toBe('abcde');
  });

  it('string beyond a bound: is not searched, and no cut word is shown', () => {
    expect(oneLine(`${'\n'.repeat(99_999)}xy`)).toBe(' …');
    expect(oneLine(`${'\n'.repeat(16_383)}xy`)).toBe(' …');
  });

  it.each([
    ['postgres://user:secret@db.example/app', 'postgres://***@db.example/app'],
    ['no //user:secret@a.example nor redis://:p@ss@b.example', 'no //***@a.example nor redis://***@b.example'],
    ['x//user:secret@a.example', 'x//***@a.example'],
    ['https://a.example/path', 'https://a.example/path'],
    ['somebody@a.example', 'somebody@a.example'],
    ['somebody@a.example//path', 'somebody@a.example//path'],
  ])('credentials: are not shown: %s', (text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });
});
