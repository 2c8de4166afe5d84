import { describe, expect, it } from '@jest/globals';
import { shownMethod, shownPath } from '../../lib/logging/shown.js';

describe('a path in a log line', () => {
  it.each([
    ['/orders/1', '/orders/1'],
    ['/orders?token=secret', '/orders'],
    ['/orders#secret', '/orders'],
    ['/orders%3ftoken=secret', '/orders'],
    ['/orders%253Ftoken=secret', '/orders'],
    ['/orders%23secret', '/orders'],
    ['/a;jsessionid=secret/b', '/a;…/b'],
    ['/a\u0000\u001b[31m\u2028\u202e b', '/a\\u0020\\u0020b'],
    ['/\ud800', '/\\ud800'],
    ['/ü', '/\\u00fc'],
    ['*', '*'],
    ['', ''],
  ])('path %j: is written as %j', (path, shown) => {
    expect(shownPath(path)).toBe(shown);
  });

  it('whole URL: loses its userinfo', () => {
    expect(shownPath('http://user:secret@localhost/a')).not.toContain('secret');
  });

  it('any path: is one word of bounded length', () => {
    for (const unit of ['x', '/', ';', '%', '\u0000', '\u{1f600}', ' ', '@', '//']) {
      const shown = shownPath(`/${unit.repeat(20_000)}`);
      expect(shown.length).toBeLessThanOrEqual(101);
      expect(shown).toMatch(/^[\x21-\x7e…]*$/);
    }
  });
});

describe('a method in a log line', () => {
  it('token of ordinary length: is written as it is', () => {
    expect(['GET', 'patch', 'M-SEARCH', 'M0'].map(shownMethod)).toEqual(['GET', 'patch', 'M-SEARCH', 'M0']);
  });

  it('anything else: is written as its length', () => {
    expect(['GET, PUT', 'x'.repeat(21), 'a\nb', ''].map(shownMethod)).toEqual([
      'a method of 8 characters',
      'a method of 21 characters',
      'a method of 3 characters',
      'a method of 0 characters',
    ]);
  });
});
