import { describe, expect, it } from '@jest/globals';
import { isMethod, normalizeMethod } from '../../lib/fetch/methods.js';

describe('isMethod()', () => {
  it('token of up to 64 characters: is a method, and nothing else', () => {
    expect(isMethod('PATCH')).toBe(true);
    expect(isMethod('X'.repeat(64))).toBe(true);
    expect(isMethod('X'.repeat(65))).toBe(false);
    expect(isMethod('GET PUT')).toBe(false);
    expect(isMethod('')).toBe(false);
  });
});

it('normalizeMethod(): the methods of the Fetch standard in upper case, any other method as it is written', () => {
  expect(['get', 'Post', 'options', 'patch', 'Chicken'].map(normalizeMethod)).toEqual([
    'GET',
    'POST',
    'OPTIONS',
    'patch',
    'Chicken',
  ]);
});
