import { describe, expect, it } from '@jest/globals';
import { canonicalPath } from '../../lib/routing/path-policies.js';

describe('a path as a file server may read it', () => {
  it.each([
    '/',
    '/a',
    '/a/',
    '/a/b',
    '/.a',
    '/a./b',
    '/a/..b',
    '/a/b..',
    '/...',
    "/$&+,:;=@!*'()",
    '/a?b=%2e&c=//..',
    '/a#//',
  ])('is the path as it is written: %s', (url) => {
    expect(canonicalPath(url)).toBeUndefined();
  });

  it.each([
    ['/a//b', '/a/b'],
    ['//', '/'],
    ['/a/./b', '/a/b'],
    ['/a/.', '/a'],
    ['/a/../b', '/b'],
    ['/a/b/..', '/a'],
    ['/a/b/../../c/d', '/c/d'],
    ['/../../a', '/a'],
    ['/a\\b', '/a/b'],
    ['/a\\..\\b', '/b'],
    ['/a//b?c=%20&d=/../', '/a/b'],
    ['/a//.b/..c/d..', '/a/.b/..c/d..'],
  ])('has no empty and no dotted segments: %s is %s', (url, path) => {
    expect(canonicalPath(url)).toBe(path);
  });

  it.each([
    ['/%61', '/a'],
    ['/a%2Fb', '/a/b'],
    ['/a/%2e%2E/b', '/b'],
    ['/a%5c..%5cb', '/b'],
    ['/%2561', '/a'],
    ['/%252561', '/a'],
    ['/a/%2525252e%2525252e/b', '/a/%252e%252e/b'],
  ])('is decoded as often as servers and proxies do it: %s is %s', (url, path) => {
    expect(canonicalPath(url)).toBe(path);
  });

  it.each([
    ['/100%/a//b', '/100%25/a/b'],
    ['/%ff/./a', '/%25ff/a'],
    ['/%25ff', '/%25ff'],
  ])('keeps what cannot be decoded: %s is %s', (url, path) => {
    expect(canonicalPath(url)).toBe(path);
  });

  it.each([
    ['//a b', '/a%20b'],
    ['/caf%C3%A9', '/caf%C3%A9'],
    ['//caf\u00e9', '/caf%C3%A9'],
    ['/%24%26%2B%2C%3A%3B%3D%40', '/$&+,:;=@'],
    ['/%23%3F%3C%3E%22', '/%23%3F%3C%3E%22'],
    ['/%21%27%28%29%2A%2D%2E%5F%7E', "/!'()*-._~"],
  ])('is encoded as little as entries are: %s is %s', (url, path) => {
    expect(canonicalPath(url)).toBe(path);
  });
});
