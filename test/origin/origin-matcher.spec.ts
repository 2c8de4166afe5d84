import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearOrigins } from './urls.js';
import { compileOrigins } from '../support/compile-origins.js';

describe('compileOrigins', () => {
  it('list of origins: allows exactly these', () => {
    const matcher = compileOrigins(['https://a.example', 'http://localhost:3000']);
    expect(matcher.allows('https://a.example')).toBe(true);
    expect(matcher.allows('http://localhost:3000')).toBe(true);
    expect(matcher.allows('http://localhost')).toBe(false);
    expect(matcher.allows('http://a.example')).toBe(false);
    expect(matcher.allows('https://A.example')).toBe(false);
    expect(matcher.allows('https://a.example/')).toBe(false);
  });

  it('null: is allowed only where it is listed', () => {
    expect(compileOrigins(['null']).allows('null')).toBe(true);
    expect(compileOrigins(['https://a.example', /^.*$/]).allows('null')).toBe(false);
  });

  it('entry that is no origin: allows nothing, not even the same string', () => {
    for (const entry of ['*', 'https://a.example/', 'a.example', 'https://*', '']) {
      expect(compileOrigins([entry]).allows(entry)).toBe(false);
      expect(compileOrigins([entry]).allows('https://a.example')).toBe(false);
    }
  });

  it('pattern or expression beside origins: allows what it covers, too', () => {
    const matcher = compileOrigins(['https://a.example', 'https://*.b.example', /^https:\/\/c[0-9]\.example$/]);
    expect(['https://a.example', 'https://x.b.example', 'https://c1.example'].map(matcher.allows)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['https://x.a.example', 'https://b.example', 'https://cc.example'].map(matcher.allows)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('value that is no serialized origin: is shown to no expression', () => {
    const matcher = compileOrigins([/^https:\/\/a\.example/]);
    expect(matcher.allows('https://a.example')).toBe(true);
    expect(matcher.allows('https://a.example/path')).toBe(false);
    expect(matcher.allows('https://a.example, https://evil.example')).toBe(false);
  });

  it('expression with state: gives the same result every time', () => {
    const matcher = compileOrigins([/^https:\/\/a\.example$/gy]);
    expect([1, 2, 3].map(() => matcher.allows('https://a.example'))).toEqual([true, true, true]);
  });

  it('other flags of an expression: stay', () => {
    expect(compileOrigins([/^HTTPS:\/\/A\.EXAMPLE$/i]).allows('https://a.example')).toBe(true);
  });

  it('any pattern: agrees with the URL class about what it covers', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,3}[a-z]$/).filter((text) => !text.startsWith('xn--'));
    const base = fc.constantFrom('example.com', 'b.example.com', 'com.example', 'localhost');
    const port = fc.constantFrom('', ':1', ':443', ':8443');
    const scheme = fc.constantFrom('http', 'https');
    const pattern = fc.record({ scheme, star: fc.boolean(), base, port: fc.constantFrom('', ':8443', ':*') });
    const url = fc.record({ scheme, labels: fc.array(label, { maxLength: 3 }), base, port });
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), url, (patterns, asked) => {
        const texts = patterns.map((one) => `${one.scheme}://${one.star ? '*.' : ''}${one.base}${one.port}`);
        const {
          origin,
          protocol,
          hostname,
          port: askedPort,
        } = new URL(`${asked.scheme}://${[...asked.labels, asked.base].join('.')}${asked.port}`);
        const covered = patterns.some(
          (one) =>
            protocol === `${one.scheme}:` &&
            (one.star ? hostname.endsWith(`.${one.base}`) : hostname === one.base) &&
            (one.port === ':*' || (one.port === '' ? askedPort === '' : askedPort === one.port.slice(1))),
        );
        expect(compileOrigins(texts).allows(origin)).toBe(covered);
      }),
      { numRuns: 3000 },
    );
  });

  it('any list and any Origin header: never throws', () => {
    const text = fc.oneof(nearOrigins, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(text), text, (entries, origin) => {
        expect(() => compileOrigins([...entries, /^x$/]).allows(origin)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('10,000 patterns: take no more time than a handful of lookups', () => {
    const patterns = Array.from({ length: 10_000 }, (_, index) => `https://*.tenant-${index}.example:*`);
    const matcher = compileOrigins(patterns);
    const deepest = `https://${'a.'.repeat(100)}tenant-9999.example`;
    const start = performance.now();
    for (let round = 0; round < 1000; round++) {
      expect(matcher.allows(deepest)).toBe(true);
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
