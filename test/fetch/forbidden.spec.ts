import { describe, expect, it } from '@jest/globals';
import { isForbiddenMethod, normalizeMethod } from '../../lib/fetch/methods.js';
import { isForbiddenRequestHeader, isForbiddenResponseHeader, settableHeaders } from '../../lib/fetch/forbidden.js';

describe('what the Fetch standard forbids scripts', () => {
  it('isForbiddenMethod(): TRACE, CONNECT and TRACK, in any case', () => {
    expect(['trace', 'CONNECT', 'Track'].every(isForbiddenMethod)).toBe(true);
    expect(['GET', 'PATCH', 'TRACER'].some(isForbiddenMethod)).toBe(false);
  });

  it('settableHeaders() and isForbiddenRequestHeader(): headers that the browser sets itself, and overrides of a forbidden method', () => {
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

  it('isForbiddenResponseHeader(): Set-Cookie and Set-Cookie2, in any case', () => {
    expect(['Set-Cookie', 'set-cookie2'].map(isForbiddenResponseHeader)).toEqual([true, true]);
    expect(['x-cookie', 'x-set-cookie', 'set-cookies'].map(isForbiddenResponseHeader)).toEqual([false, false, false]);
  });

  it('normalizeMethod(): GET and PUT in upper case, any other method as it is written', () => {
    expect(['get', 'put', 'patch', 'Frob'].map(normalizeMethod)).toEqual(['GET', 'PUT', 'patch', 'Frob']);
  });
});
