import { describe, expect, it } from '@jest/globals';
import { normalizeMethod } from '../../lib/fetch/methods.js';
import { isForbiddenRequestHeader } from '../../lib/fetch/forbidden.js';
import {
  corsUnsafeHeaderNames,
  isNoCorsSafelistedRequestHeader,
  isSafelistedMethod,
  isSafelistedRequestHeader,
} from '../../lib/fetch/safelist.js';

describe('the CORS safelist', () => {
  it.each([
    ['Accept', 'application/json, text/*;q=0.8'],
    ['Accept', 'a'.repeat(128)],
    ['accept-language', 'en, de;q=0.8, *'],
    ['Content-Language', 'de-AT'],
    ['Content-Type', 'text/plain'],
    ['Content-Type', ' TEXT/Plain ; charset=utf-8'],
    ['Content-Type', 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['Content-Type', 'multipart/form-data; boundary=x'],
    ['Range', 'bytes=0-'],
    ['Content-Type', '\t text/plain \t'],
    ['Range', 'bytes=5-5'],
    ['Range', 'bytes=5-'],
    ['Range', 'bytes=9007199254740992-9007199254740993'],
  ])('has %s: %s', (name, value) => {
    expect(isSafelistedRequestHeader(name, value)).toBe(true);
  });

  it.each([
    ['Accept', 'a'.repeat(129)],
    ['Accept', 'text/html;q="1"'],
    ['Accept', 'text/html\u007f'],
    ['Accept-Language', 'en_US'],
    ['Content-Language', 'dé'],
    ['Content-Type', 'application/json'],
    ['Content-Type', 'text/plain; charset="utf-8"'],
    ['Content-Type', 'application/json, text/plain'],
    ['Content-Type', 'text/plain, application/json'],
    ['Content-Type', 'text'],
    ['Content-Type', ''],
    ['Content-Type', 'a text/plain'],
    ['Content-Type', 'text/plain a'],
    ['Content-Type', 'text/plain/a'],
    ['Range', 'a bytes=0-1'],
    ['Range', 'bytes=-5'],
    ['Range', 'bytes=9-1'],
    ['Range', 'bytes=9007199254740993-9007199254740992'],
    ['Range', 'bytes=0-1,3-4'],
    ['Range', 'bytes 0-1'],
    ['Range', 'items=0-1'],
    ['Authorization', 'Bearer token'],
    ['X-Custom', ''],
  ])('does not have %s: %s', (name, value) => {
    expect(isSafelistedRequestHeader(name, value)).toBe(false);
  });

  it('has three methods, in upper case', () => {
    expect(['GET', 'HEAD', 'POST'].every(isSafelistedMethod)).toBe(true);
    expect(['get', 'PUT', 'OPTIONS', ''].some(isSafelistedMethod)).toBe(false);
  });

  it('has no Range where no preflight can be asked', () => {
    expect(isNoCorsSafelistedRequestHeader('Range', 'bytes=0-1')).toBe(false);
    expect(isNoCorsSafelistedRequestHeader('Accept', 'text/html')).toBe(true);
  });
});

describe('the names that a preflight asks for', () => {
  it('are in lower case, in order, and each there once', () => {
    const headers = [
      ['X-B', '1'],
      ['Authorization', 'x'],
      ['Accept', 'text/html'],
      ['x-b', '2'],
      ['Content-Type', 'application/json'],
    ] as const;
    expect(corsUnsafeHeaderNames(headers)).toEqual(['authorization', 'content-type', 'x-b']);
  });

  it('are those of safelisted headers too when they have more than 1024 bytes together', () => {
    const many = (count: number) => Array.from({ length: count }, () => ['Accept', 'a'.repeat(128)] as const);
    expect(corsUnsafeHeaderNames(many(8))).toEqual([]);
    expect(corsUnsafeHeaderNames([...many(8), ['Content-Language', 'en']])).toEqual(['accept', 'content-language']);
  });
});

describe('what a script may not send', () => {
  it.each([
    ['Origin', 'x'],
    ['cookie', 'x'],
    ['Sec-Fetch-Site', 'none'],
    ['Proxy-Authorization', 'x'],
    ['Access-Control-Request-Method', 'PUT'],
    ['X-HTTP-Method-Override', 'GET, trace'],
  ])('includes %s: %s', (name, value) => {
    expect(isForbiddenRequestHeader(name, value)).toBe(true);
  });

  it.each([
    ['Authorization', 'x'],
    ['X-HTTP-Method-Override', 'PATCH'],
    ['Security', 'x'],
  ])('does not include %s: %s', (name, value) => {
    expect(isForbiddenRequestHeader(name, value)).toBe(false);
  });
});

it('methods are normalised, but for those that never were', () => {
  expect(['get', 'Post', 'options', 'patch', 'Chicken'].map(normalizeMethod)).toEqual([
    'GET',
    'POST',
    'OPTIONS',
    'patch',
    'Chicken',
  ]);
});
