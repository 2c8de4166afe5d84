import { beforeEach, describe, expect, it } from '@jest/globals';
import { CookieJar } from '../../../lib/entry-points/testing/cookie-jar.js';

const APP = new URL('https://api.example.com/orders/list');

describe('CookieJar', () => {
  let now: number;
  let jar: CookieJar;

  beforeEach(() => {
    now = Date.parse('2030-01-01T00:00:00Z');
    jar = new CookieJar(() => now, true);
  });

  it('cookies: are sent longest path first, to the host that set them and no other', () => {
    jar.store(APP, 'a=1; Path=/', true);
    jar.store(APP, 'b=2', true);
    jar.store(APP, 'c=3; Path=/', true);
    expect(jar.header(APP, true)).toBe('b=2; a=1; c=3');
    expect(jar.header(new URL('https://api.example.com/'), true)).toBe('a=1; c=3');
    expect(jar.header(new URL('https://example.com/orders/list'), true)).toBeUndefined();
  });

  it('path: is compared by segments, not as a prefix', () => {
    jar.store(APP, 'a=1; Path=/orders', true);
    expect(jar.header(new URL('https://api.example.com/orders'), true)).toBe('a=1');
    expect(jar.header(new URL('https://api.example.com/orders/1'), true)).toBe('a=1');
    expect(jar.header(new URL('https://api.example.com/ordersx'), true)).toBeUndefined();
  });

  it('same name, or Max-Age=0 or a past date: replaces the value in place, or deletes it', () => {
    jar.store(APP, 'a=1; Path=/', true);
    jar.store(APP, 'b=1; Path=/', true);
    jar.store(APP, 'a=2; Path=/', true);
    expect(jar.header(APP, true)).toBe('a=2; b=1');
    jar.store(APP, 'a=; Path=/; Max-Age=0', true);
    jar.store(APP, 'b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', true);
    expect(jar.header(APP, true)).toBeUndefined();
  });

  it('expiry: removes a cookie, and Max-Age wins over Expires', () => {
    jar.store(APP, 'a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', true);
    now += 59_999;
    expect(jar.header(APP, true)).toBe('a=1');
    now += 1;
    expect(jar.header(APP, true)).toBeUndefined();
  });

  it('another site: is sent SameSite=None only, and sets nothing else', () => {
    for (const line of [
      'plain=1',
      'lax=1; SameSite=Lax',
      'strict=1; SameSite=Strict',
      'none=1; SameSite=None; Secure',
    ]) {
      jar.store(APP, line, true);
    }
    expect(jar.header(APP, true)).toBe('plain=1; lax=1; strict=1; none=1');
    expect(jar.header(APP, false)).toBe('none=1');
    jar.clear();
    jar.store(APP, 'plain=1', false);
    jar.store(APP, 'none=1; SameSite=None; Secure', false);
    expect(jar.header(APP, true)).toBe('none=1');
  });

  it('browser that blocks third-party cookies: sends and stores none', () => {
    const strict = new CookieJar(() => now, false);
    strict.store(APP, 'none=1; SameSite=None; Secure', true);
    expect(strict.header(APP, true)).toBe('none=1');
    expect(strict.header(APP, false)).toBeUndefined();
  });

  it.each([
    'none=1; SameSite=None',
    '__Secure-a=1',
    '__Host-a=1; Secure',
    '__Host-a=1; Secure; Path=/; Domain=api.example.com',
    'a=1; Domain=other.example',
    'no-equals-sign',
    '=nameless',
  ])('%s: is refused', (line) => {
    jar.store(APP, line, true);
    expect(jar.header(APP, true)).toBeUndefined();
  });

  it('Secure: is accepted from https and this machine, and sent nowhere else', () => {
    const plain = new URL('http://api.example.com/');
    jar.store(plain, 'a=1; Secure', true);
    expect(jar.header(plain, true)).toBeUndefined();
    const local = new URL('http://127.0.0.1:3000/');
    jar.store(local, 'a=1; Secure', true);
    expect(jar.header(new URL('http://127.0.0.1:4000/'), true)).toBe('a=1');
    jar.store(APP, '__Host-b=1; Secure; Path=/', true);
    expect(jar.header(APP, true)).toBe('__Host-b=1');
    expect(jar.header(plain, true)).toBeUndefined();
  });
});
