import { describe, expect, it } from '@jest/globals';
import { isForbiddenRequestHeader } from '../../lib/fetch/forbidden.js';
import {
  corsUnsafeHeaderNames,
  isNoCorsSafelistedRequestHeader,
  isSafelistedMethod,
  isSafelistedRequestHeader,
} from '../../lib/fetch/safelist.js';

describe('CORS safelist of request headers and methods', () => {
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
  ])('%s: %s is safelisted', (name, value) => {
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
  ])('%s: %s is not safelisted', (name, value) => {
    expect(isSafelistedRequestHeader(name, value)).toBe(false);
  });

  it('isSafelistedMethod(): GET, HEAD and POST, in upper case alone', () => {
    expect(['GET', 'HEAD', 'POST'].every(isSafelistedMethod)).toBe(true);
    expect(['get', 'PUT', 'OPTIONS', ''].some(isSafelistedMethod)).toBe(false);
  });

  it('Range without a preflight (no-cors): is not safelisted', () => {
    expect(isNoCorsSafelistedRequestHeader('Range', 'bytes=0-1')).toBe(false);
    expect(isNoCorsSafelistedRequestHeader('Accept', 'text/html')).toBe(true);
  });
});

describe('corsUnsafeHeaderNames()', () => {
  it('unsafe headers: in lower case, in order, each once', () => {
    const headers = [
      ['X-B', '1'],
      ['Authorization', 'x'],
      ['Accept', 'text/html'],
      ['x-b', '2'],
      ['Content-Type', 'application/json'],
    ] as const;
    expect(corsUnsafeHeaderNames(headers)).toEqual(['authorization', 'content-type', 'x-b']);
  });

  it('safelisted headers of more than 1024 bytes together: are unsafe', () => {
    const many = (count: number) => Array.from({ length: count }, () => ['Accept', 'a'.repeat(128)] as const);
    expect(corsUnsafeHeaderNames(many(8))).toEqual([]);
    expect(corsUnsafeHeaderNames([...many(8), ['Content-Language', 'en']])).toEqual(['accept', 'content-language']);
  });
});

describe('isForbiddenRequestHeader()', () => {
  it.each([
    ['Origin', 'x'],
    ['cookie', 'x'],
    ['Sec-Fetch-Site', 'none'],
    ['Proxy-Authorization', 'x'],
    ['Access-Control-Request-Method', 'PUT'],
    ['X-HTTP-Method-Override', 'GET, trace'],
  ])('%s: %s is forbidden', (name, value) => {
    expect(isForbiddenRequestHeader(name, value)).toBe(true);
  });

  it.each([
    ['Authorization', 'x'],
    ['X-HTTP-Method-Override', 'PATCH'],
    ['Security', 'x'],
  ])('%s: %s is not forbidden', (name, value) => {
    expect(isForbiddenRequestHeader(name, value)).toBe(false);
  });
});
