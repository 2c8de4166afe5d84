import { describe, expect, it } from '@jest/globals';
import { type OriginPattern, OriginPatternIndex, parseOriginPattern } from '../../lib/origin/origin-pattern.js';
import { parseSerializedOrigin, type SerializedOrigin } from '../../lib/origin/serialized-origin.js';

function allows(patterns: readonly string[], origin: string): boolean {
  const parsed = patterns.map((text) => parseOriginPattern(text)).filter((pattern) => pattern !== undefined);
  expect(parsed).toHaveLength(patterns.length);
  return new OriginPatternIndex(parsed).allows(parseSerializedOrigin(origin) as SerializedOrigin);
}

describe('parseOriginPattern', () => {
  it.each([
    ['https://*.example.com', { scheme: 'https', subdomains: true, host: 'example.com', port: undefined }],
    ['https://*.example.com:8443', { scheme: 'https', subdomains: true, host: 'example.com', port: 8443 }],
    ['https://app.example.com:*', { scheme: 'https', subdomains: false, host: 'app.example.com', port: 'any' }],
    ['http://*.localhost:*', { scheme: 'http', subdomains: true, host: 'localhost', port: 'any' }],
    ['http://127.0.0.1:*', { scheme: 'http', subdomains: false, host: '127.0.0.1', port: 'any' }],
    ['http://[::1]:*', { scheme: 'http', subdomains: false, host: '[::1]', port: 'any' }],
    ['https://*.1password.com', { scheme: 'https', subdomains: true, host: '1password.com', port: undefined }],
    ['app://*.internal', { scheme: 'app', subdomains: true, host: 'internal', port: undefined }],
  ])('pattern such as %s: is read', (text, pattern) => {
    expect(parseOriginPattern(text)).toEqual(pattern);
  });

  it.each([
    'https://example.com',
    '*',
    'https://*',
    'https://*:*',
    'https://*.',
    '*://example.com',
    'https://app-*.example.com',
    'https://app.*.example.com',
    'https://*.*.example.com',
    'https://example.*',
    'https://*example.com',
    'https://*.example.com:80*',
    'https://*.example.com:443',
    'https://*.example.com:8443:*',
    'https://*.example.com/',
    'https://*.Example.com',
    'https://*.127.0.0.1',
    'https://*.[::1]',
    'https://*.0.1',
    `https://*.${'a.'.repeat(200)}`,
  ])('string such as %s: is refused', (text) => {
    expect(parseOriginPattern(text)).toBeUndefined();
  });
});

it('length: ends at that of the longest origin', () => {
  const host = Array.from({ length: 126 }, () => 'a').join('.');
  const longest = `${'a'.repeat(64)}://*.${host}.a:65535`;
  expect(parseOriginPattern(longest)).toMatchObject({ host: `${host}.a`, port: 65_535 });
});

describe('a pattern', () => {
  it.each(['https://a.example.com', 'https://a.b.c.example.com', 'https://xn--bcher-kva.example.com'])(
    'star for labels: allows %s',
    (origin) => {
      expect(allows(['https://*.example.com'], origin)).toBe(true);
    },
  );

  it.each([
    'https://example.com',
    'https://badexample.com',
    'https://aexample.com',
    'https://a.example.com.',
    'https://a.example.com.evil.example',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://example.com.example',
  ])('star for labels: refuses %s', (origin) => {
    expect(allows(['https://*.example.com'], origin)).toBe(false);
  });

  it.each(['https://app.example.com', 'https://app.example.com:1', 'https://app.example.com:65535'])(
    'star for the port: allows %s',
    (origin) => {
      expect(allows(['https://app.example.com:*'], origin)).toBe(true);
    },
  );

  it.each(['http://app.example.com', 'https://a.app.example.com', 'https://example.com:1'])(
    'star for the port: refuses %s',
    (origin) => {
      expect(allows(['https://app.example.com:*'], origin)).toBe(false);
    },
  );

  it('both stars: allow every port of every subdomain', () => {
    expect(allows(['https://*.example.com:*'], 'https://a.example.com')).toBe(true);
    expect(allows(['https://*.example.com:*'], 'https://a.b.example.com:8443')).toBe(true);
    expect(allows(['https://*.example.com:*'], 'https://example.com:8443')).toBe(false);
  });

  it('other patterns of the same host: each has its own port', () => {
    const patterns = ['https://*.example.com:1', 'https://*.example.com:2', 'https://*.b.example.com:3'];
    expect(allows(patterns, 'https://a.example.com:2')).toBe(true);
    expect(allows(patterns, 'https://a.example.com:3')).toBe(false);
    expect(allows(patterns, 'https://a.b.example.com:3')).toBe(true);
    expect(allows(patterns, 'https://a.b.example.com:1')).toBe(true);
  });
});

describe('an index of patterns', () => {
  const pattern = (text: string) => parseOriginPattern(text) as OriginPattern;
  const parsed = (origin: string) => parseSerializedOrigin(origin) as SerializedOrigin;

  it('deleted patterns: the others allow what they allowed before', () => {
    const index = new OriginPatternIndex();
    const texts = ['https://*.a.example', 'https://*.a.example:8443', 'https://b.example:*', 'https://*.b.example'];
    const origins = ['https://x.a.example', 'https://x.a.example:8443', 'https://b.example:1', 'https://x.b.example'];
    texts.forEach((text) => index.add(pattern(text)));
    const allowed = () => origins.map((origin) => index.allows(parsed(origin)));
    expect(allowed()).toEqual([true, true, true, true]);
    texts.forEach((text, count) => {
      expect(index.isEmpty).toBe(false);
      index.delete(pattern('https://*.never-added.example'));
      index.delete(pattern('https://*.a.example:9'));
      index.delete(pattern(text));
      expect(allowed()).toEqual(origins.map((_, i) => i > count));
    });
    expect(index.isEmpty).toBe(true);
  });
});
