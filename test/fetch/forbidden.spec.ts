import { describe, expect, it } from '@jest/globals';
import { isForbiddenMethod, normalizeMethod } from '../../lib/fetch/methods.js';
import { isForbiddenRequestHeader, isForbiddenResponseHeader, settableHeaders } from '../../lib/fetch/forbidden.js';

describe('what a script may not do', () => {
  it('is to send some methods, in whatever case', () => {
    expect(['trace', 'CONNECT', 'Track'].every(isForbiddenMethod)).toBe(true);
    expect(['GET', 'PATCH', 'TRACER'].some(isForbiddenMethod)).toBe(false);
  });

  it('is to set some headers', () => {
    expect(
      settableHeaders([
        ['Cookie', 'a'],
        ['Sec-X', '1'],
        ['Proxy-X', '1'],
        ['X-A', '1'],
      ]),
    ).toEqual([['X-A', '1']]);
    expect(isForbiddenRequestHeader('X-HTTP-Method-Override', 'GET, trace')).toBe(true);
    expect(isForbiddenRequestHeader('X-HTTP-Method-Override', 'PUT')).toBe(false);
  });

  it('is to read cookies', () => {
    expect(['Set-Cookie', 'set-cookie2'].map(isForbiddenResponseHeader)).toEqual([true, true]);
    expect(['x-cookie', 'x-set-cookie', 'set-cookies'].map(isForbiddenResponseHeader)).toEqual([false, false, false]);
  });

  it('is nothing that a browser spells in another way', () => {
    expect(['get', 'put', 'patch', 'Frob'].map(normalizeMethod)).toEqual(['GET', 'PUT', 'patch', 'Frob']);
  });
});
