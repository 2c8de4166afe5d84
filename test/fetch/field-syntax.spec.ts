import { describe, expect, it } from '@jest/globals';
import { isMethod } from '../../lib/fetch/methods.js';
import fc from 'fast-check';
import { parseHeaderNames } from '../../lib/fetch/preflight-request.js';

describe('a list of header names', () => {
  it('comes out trimmed and in lower case', () => {
    expect(parseHeaderNames('X-A,\t x-b  ,x-c,  \t')).toEqual(['x-a', 'x-b', 'x-c']);
  });

  it('may have empty elements', () => {
    expect(parseHeaderNames(',, x-a ,')).toEqual(['x-a']);
    expect(parseHeaderNames('')).toEqual([]);
  });

  it.each(['*', 'x a', 'x:a', 'x\u00e9', 'x\u00a0', '(x)', 'x\u0000'])('is refused for %j', (name) => {
    expect(parseHeaderNames(`x-ok,${name}`)).toBeUndefined();
  });

  it('is bounded in elements, empty ones included', () => {
    expect(parseHeaderNames(Array(128).fill('x').join(','))).toHaveLength(128);
    expect(parseHeaderNames(Array(129).fill('x').join(','))).toBeUndefined();
    expect(parseHeaderNames(','.repeat(128))).toBeUndefined();
  });

  it('is bounded in bytes', () => {
    expect(parseHeaderNames('x'.repeat(8192))).toHaveLength(1);
    expect(parseHeaderNames('x'.repeat(8193))).toBeUndefined();
  });

  it('contains nothing but tokens, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const names = parseHeaderNames(text);
        return names === undefined || names.every((name) => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name));
      }),
    );
  });
});

describe('a method', () => {
  it('is one token of a reasonable length', () => {
    expect(isMethod('PATCH')).toBe(true);
    expect(isMethod('X'.repeat(64))).toBe(true);
    expect(isMethod('X'.repeat(65))).toBe(false);
    expect(isMethod('GET PUT')).toBe(false);
    expect(isMethod('')).toBe(false);
  });
});
