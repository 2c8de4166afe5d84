import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asPath, decodedOctets, pathReadings, withoutCase } from '../../lib/routing/path-readings.js';

const readings = (url: string) => [...(pathReadings(url)?.paths ?? [])];

describe('path readings › path that all servers read alike', () => {
  it.each([
    ...['/', '/a', '/a/b', '/.a', '/a./b', '/a/..b', '/a/b..', '/...', "/$&+,:=@!*'()"],
    ...['/a?b=%2e&c=//..', '/a#//'],
  ])('other readings: are none: %s', (url) => {
    expect(pathReadings(url)).toBeUndefined();
  });
});

describe('path readings › path that servers read differently', () => {
  it.each([
    ['/a//b', '/a/b'],
    ['/a/', '/a'],
    ['/A', '/A'],
    ['/a/./b', '/a/b'],
    ['/a/..', '/'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/a//../b', '/a/b'],
    ['/a//../b', '/b'],
    ['/a\\..\\b', '/b'],
    ['/a;x=1/b', '/a/b'],
    ['/a/..;x/b', '/b'],
    ['/a%3bx/b', '/a/b'],
    ['/a;x%2fb', '/a'],
    ['/a;x%2fb', '/a/b'],
    ['/%61', '/a'],
    ['/a%2Fb', '/a/b'],
    ['/a/%2e%2E/b', '/b'],
    ['/a%5c..%5cb', '/b'],
    ['/%2561', '/%61'],
    ['/%2561', '/a'],
    ['/a/%2525252e%2525252e/b', '/b'],
    ['/a/%2e%2e/b/%ff', '/b/\u00ff'],
    ['/a/%2e%2e/b/%', '/b/%'],
    ['/a/%252e%2e/b/%ff', '/b/\u00ff'],
    ['http://H:1/a?B', '/a'],
    ['/caf%C3%A9', '/caf\u00c3\u00a9'],
    ['/caf\u00c3\u00a9', '/caf\u00c3\u00a9'],
    ['/\u20ac', '/\u00e2\u0082\u00ac'],
    ['http://h/%61//b?c=%20', '/a/b'],
    ['//host/a', '/a'],
    ['///host/b/../a', '/a'],
    ['/\\host\\a', '/a'],
    ['/%2fhost/a', '/a'],
    ['//host', '/'],
  ])('path %s: contain %s', (url, path) => {
    expect(readings(url)).toContain(path);
  });

  it('application that ignores letter case: are compared without it', () => {
    expect([pathReadings('/a', true)?.paths, pathReadings('/a', false)]).toEqual([new Set(['/a']), undefined]);
  });

  it('no other reading: are the decoded path alone', () => {
    expect([readings('/a%20b'), readings('/A/b')]).toEqual([['/a b'], ['/A/b']]);
  });

  it('very many: are bounded in number, and marked incomplete', () => {
    const nested = (times: number) => `/a/%25${'25'.repeat(times)}2e`;
    expect([2, 3].map((times) => pathReadings(nested(times))?.isComplete)).toEqual([true, false]);
    const twisted = '/a;%3b%5c\\%255c//%2f..%2f%252e%252e;/%25252f;%25255c'.repeat(100);
    expect(pathReadings(twisted)?.isComplete).toBe(false);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('/', '\\', ';', '%2f', '%5c', '%25', '%3b', '..', '2f', 'a')), (parts) => {
        expect(readings(`/${parts.join('')}`).length).toBeLessThan(50);
      }),
    );
  });
});

describe('octets', () => {
  it('option: is decoded once', () => {
    expect(['/caf\u00e9', '/caf%C3%A9', '/a%2541'].map(decodedOctets)).toEqual([
      ...['/caf\u00c3\u00a9', '/caf\u00c3\u00a9', '/a%41'],
    ]);
  });

  it('letter case: is ignored as in strings', () => {
    expect([withoutCase('/A'), withoutCase('/\u00c3\u0089'), withoutCase('/\u00e2\u0084\u00aa')]).toEqual([
      ...['/a', '/\u00e9', '/k'],
    ]);
  });

  it('path from octets: is one that a client would send', () => {
    expect(['/a b', '/a?b#c%', '/caf\u00c3\u00a9', '/\u00ff'].map(asPath)).toEqual([
      ...['/a%20b', '/a%3Fb%23c%25', '/caf%C3%A9', '/%EF%BF%BD'],
    ]);
  });
});
