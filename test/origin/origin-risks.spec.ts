import { describe, expect, it } from '@jest/globals';
import { hasUnescapedDot, isAnchored } from '../../lib/origin/anchored-regexp.js';
import { isInsecureOrigin, isLoopbackHost, spellsOutHttp } from '../../lib/origin/insecure-origin.js';
import { isPublicSuffix } from '../../lib/origin/public-suffix.js';

describe('isAnchored', () => {
  it.each([
    /^https:\/\/a\.example$/,
    /^https:\/\/(?:a|b)\.example$/,
    /^(?:https:\/\/a\.example|https:\/\/b\.example)$/,
    /^https:\/\/[a|$(]\.example$/,
    /^https:\/\/[\]|]\.example$/,
    /^https:\/\/[[|]\.example$/,
    new RegExp('^https:\\/\\/[[a]$[b]]\\.example$', 'v'),
    /^https:\/\/a\|b$/,
    /^https:\/\/a\\$/,
    /^$/,
  ])('holds for %s', (expression) => {
    expect(isAnchored(expression)).toBe(true);
  });

  it.each([
    /https:\/\/a\.example$/,
    /^https:\/\/a\.example/,
    /^https:\/\/a\.example|https:\/\/b\.example$/,
    /^https:\/\/a\.example$|^https:\/\/b\.example$/,
    /^(?:https:\/\/a\.example)|https:\/\/b\.example$/,
    /^https:\/\/a\.example$/m,
    /^https:\/\/a\.example\$/,
    /^https:\/\/a\.example[$]/,
    /^https:\/\/a(\.example$)/,
    /^https:\/\/a\.example$(?:)/,
    /(^https:\/\/a\.example)$/,
    /\.example/,
    /^a/,
    /./,
  ])('does not hold for %s', (expression) => {
    expect(isAnchored(expression)).toBe(false);
  });
});

describe('hasUnescapedDot', () => {
  it('holds for a dot that stands for any character, whatever is repeated elsewhere', () => {
    expect(hasUnescapedDot(/^https:\/\/a.example:[0-9]+$/)).toBe(true);
    expect(hasUnescapedDot(/^https:\/\/a\.example:[0-9]+$/)).toBe(false);
    expect(hasUnescapedDot(/^https:\/\/.+[.]example$/)).toBe(false);
  });
});

describe('isLoopbackHost', () => {
  it.each(['localhost', 'localhost.', 'app.localhost', '127.0.0.1', '127.255.0.9', '[::1]'])('holds for %s', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each(['localhost.example', 'mylocalhost', '127.example', '127.0.0.1.example', '128.0.0.1', '[::2]', '10.0.0.1'])(
    'does not hold for %s',
    (host) => {
      expect(isLoopbackHost(host)).toBe(false);
    },
  );
});

describe('isInsecureOrigin', () => {
  it('holds for schemes without encryption, except on the own machine', () => {
    const of = (scheme: string, host: string) => isInsecureOrigin({ scheme, host, port: undefined });
    expect(of('http', 'a.example')).toBe(true);
    expect(of('ws', 'a.example')).toBe(true);
    expect(of('https', 'a.example')).toBe(false);
    expect(of('capacitor', 'localhost')).toBe(false);
    expect(of('http', 'localhost')).toBe(false);
  });
});

describe('spellsOutHttp', () => {
  it.each([
    /^http:\/\/a\.example$/,
    /^https?:\/\/a\.example$/,

    /^http(s)?:\/\/a\.example$/,
    /^(http|https):\/\/a\.example$/,
    /^(?:https|http):\/\/a\.example$/,
    /^(?:http:\/\/a\.example|https:\/\/b\.example)$/,
    /^https?:\/\/localhost\.evil\.example$/,
    new RegExp('^http://.*\\.example$'),
  ])('holds for %s', (expression) => {
    expect(spellsOutHttp(expression)).toBe(true);
  });

  it.each([
    /^https:\/\/a\.example$/,
    /^https?:\/\/localhost(:[0-9]+)?$/,
    /^http:\/\/localhost:3000$/,
    /^http:\/\/127\.0\.0\.1$/,
    /^http:\/\/\[::1\]$/,
    /^capacitor:\/\/localhost$/,
    /a\.example$/,
  ])('does not hold for %s', (expression) => {
    expect(spellsOutHttp(expression)).toBe(false);
  });
});

describe('isPublicSuffix', () => {
  it.each(['com', 'com.', 'co.uk', 'github.io', 'kawasaki.jp', 'xn--p1ai', 'internal'])('holds for %s', (domain) => {
    expect(isPublicSuffix(domain)).toBe(true);
  });

  it.each([
    'example.com',
    'example.co.uk',
    'me.github.io',
    'my_app.github.io',
    'a.internal',
    'localhost',
    'localhost.',
  ])('does not hold for %s', (domain) => {
    expect(isPublicSuffix(domain)).toBe(false);
  });
});
