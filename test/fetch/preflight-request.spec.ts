import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerValue, parseHeaderNames, readPreflight } from '../../lib/fetch/preflight-request.js';

const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };

describe('readPreflight()', () => {
  it('OPTIONS with Origin and Access-Control-Request-Method: returns origin, method and headers of the preflight', () => {
    expect(readPreflight('OPTIONS', headers)).toEqual({
      origin: 'https://a.example',
      requestMethod: 'PUT',
      requestHeaders: undefined,
    });
    const asking = { ...headers, 'access-control-request-headers': 'x-a' };
    expect(readPreflight('OPTIONS', asking)?.requestHeaders).toBe('x-a');
  });

  it('another method, or one of the two headers missing: is no preflight', () => {
    expect(readPreflight('GET', headers)).toBeUndefined();
    expect(readPreflight('options', headers)).toBeUndefined();
    expect(readPreflight('OPTIONS', { origin: 'https://a.example' })).toBeUndefined();
    expect(readPreflight('OPTIONS', { 'access-control-request-method': 'PUT' })).toBeUndefined();
  });

  it('empty Origin and Access-Control-Request-Method: is a preflight, which is refused later', () => {
    expect(readPreflight('OPTIONS', { origin: '', 'access-control-request-method': '' })).toBeDefined();
  });
});

describe('headerValue()', () => {
  it('header of several lines: joins them with commas', () => {
    expect(headerValue({ origin: ['https://a.example', 'https://b.example'] }, 'origin')).toBe(
      'https://a.example, https://b.example',
    );
  });
});

describe('parseHeaderNames()', () => {
  it('white space and upper case: returns trimmed names in lower case', () => {
    expect(parseHeaderNames('X-A,\t x-b  ,x-c,  \t')).toEqual(['x-a', 'x-b', 'x-c']);
  });

  it('empty elements: are left out', () => {
    expect(parseHeaderNames(',, x-a ,')).toEqual(['x-a']);
    expect(parseHeaderNames('')).toEqual([]);
  });

  it.each(['*', 'x a', 'x:a', 'x\u00e9', 'x\u00a0', '(x)', 'x\u0000'])('list with %j: is malformed', (name) => {
    expect(parseHeaderNames(`x-ok,${name}`)).toBeUndefined();
  });

  it('more than 128 elements, empty ones included: malformed', () => {
    expect(parseHeaderNames(Array(128).fill('x').join(','))).toHaveLength(128);
    expect(parseHeaderNames(Array(129).fill('x').join(','))).toBeUndefined();
    expect(parseHeaderNames(','.repeat(128))).toBeUndefined();
  });

  it('more than 8192 bytes: malformed', () => {
    expect(parseHeaderNames('x'.repeat(8192))).toHaveLength(1);
    expect(parseHeaderNames('x'.repeat(8193))).toBeUndefined();
  });

  it('any string: returns nothing but tokens', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const names = parseHeaderNames(text);
        return names === undefined || names.every((name) => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name));
      }),
    );
  });
});
