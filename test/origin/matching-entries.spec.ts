import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchingEntries } from '../../lib/origin/matching-entries.js';
import { OriginPatternIndex, parseOriginPattern } from '../../lib/origin/origin-pattern.js';
import { isPublicSuffix } from '../../lib/origin/public-suffix.js';
import { parseSerializedOrigin } from '../../lib/origin/serialized-origin.js';
import { likelyOrigins, nearOrigins, urls } from './urls.js';

/** Serialized origins, and texts that are none. */
const origins = fc.oneof(
  urls.map((url) => new URL(url).origin),
  likelyOrigins,
  nearOrigins,
);

/** Few labels and ports, so that origins and patterns that are drawn apart have something to do with each other. */
const labels = fc.constantFrom('a', 'b', 'com', 'co.uk', '1', '127', '0', 'xn--bcher-kva', 'a_b');
const hosts = fc.oneof(
  fc.array(labels, { minLength: 1, maxLength: 4 }).map((chosen) => chosen.join('.')),
  fc.array(labels, { minLength: 1, maxLength: 3 }).map((chosen) => `${chosen.join('.')}.`),
  fc.constantFrom('127.0.0.1', '[::1]', 'localhost'),
);
const schemes = fc.constantFrom('http', 'https', 'app');
const narrowOrigins = fc
  .tuple(schemes, hosts, fc.constantFrom('', ':1', ':80', ':8443'))
  .map(([scheme, host, port]) => `${scheme}://${host}${port}`);
const narrowPatterns = fc
  .tuple(schemes, fc.constantFrom('', '*.'), hosts, fc.constantFrom('', ':1', ':80', ':8443', ':*'))
  .map(([scheme, star, host, port]) => `${scheme}://${star}${host}${port}`);

/** Whether a store that holds `text` alone allows the origin. */
function allows(text: string, origin: string): boolean {
  const pattern = parseOriginPattern(text);
  const parsed = parseSerializedOrigin(origin);
  if (pattern === undefined || parsed === undefined) {
    return parsed !== undefined && text === origin;
  }
  return !(pattern.subdomains && isPublicSuffix(pattern.host)) && new OriginPatternIndex([pattern]).allows(parsed);
}

describe('the entries that match an origin', () => {
  it.each([
    [
      'https://a.b.example.com',
      [
        'https://a.b.example.com',
        'https://a.b.example.com:*',
        'https://*.b.example.com',
        'https://*.b.example.com:*',
        'https://*.example.com',
        'https://*.example.com:*',
      ],
    ],
    [
      'http://app.localhost:3000',
      ['http://app.localhost:3000', 'http://app.localhost:*', 'http://*.localhost:3000', 'http://*.localhost:*'],
    ],
    ['https://a.example.', ['https://a.example.', 'https://a.example.:*']],
    [
      'https://a.example.com.',
      ['https://a.example.com.', 'https://a.example.com.:*', 'https://*.example.com.', 'https://*.example.com.:*'],
    ],
    ['https://a.github.io', ['https://a.github.io', 'https://a.github.io:*']],
    ['http://127.0.0.1:80', []],
    ['http://127.0.0.1', ['http://127.0.0.1', 'http://127.0.0.1:*']],
    ['http://[::1]:1', ['http://[::1]:1', 'http://[::1]:*']],
    ['https://*.example.com', []],
    ['null', []],
    ['', []],
  ])('%s: are the listed entries', (origin, entries) => {
    expect(matchingEntries(origin)).toEqual(entries);
  });

  it('any origin: begin with the origin itself, then each matching pattern once', () => {
    fc.assert(
      fc.property(fc.oneof(origins, narrowOrigins), (origin) => {
        const [itself, ...patterns] = matchingEntries(origin);
        expect(itself).toBe(parseSerializedOrigin(origin) && origin);
        expect(patterns.filter((text) => parseOriginPattern(text) === undefined || !allows(text, origin))).toEqual([]);
        expect(new Set(patterns).size).toBe(patterns.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('any pattern that matches, not over a public suffix: is among them', () => {
    fc.assert(
      fc.property(narrowOrigins, narrowPatterns, (origin, pattern) => {
        expect(matchingEntries(origin).includes(pattern)).toBe(allows(pattern, origin));
      }),
      { numRuns: 5000 },
    );
  });

  it('star in the place of labels or of the port: makes one of them', () => {
    fc.assert(
      fc.property(origins, fc.nat(8), fc.boolean(), (origin, cut, anyPort) => {
        const { scheme, host, port } = parseSerializedOrigin(origin) ?? { scheme: '', host: '', port: undefined };
        const parents = host.split('.').slice(cut).join('.');
        const suffix = anyPort ? ':*' : port === undefined ? '' : `:${port}`;
        const pattern = `${scheme}://${cut === 0 ? '' : '*.'}${parents}${suffix}`;
        expect(matchingEntries(origin).includes(pattern)).toBe(allows(pattern, origin));
      }),
      { numRuns: 2000 },
    );
  });

  it('host with the most labels: stay bounded', () => {
    const longest = `https://${'a.'.repeat(126)}a`; // 127 labels
    expect(parseSerializedOrigin(longest)).toBeDefined();
    expect(matchingEntries(longest)).toHaveLength(2 + 2 * 125);
    expect(matchingEntries(`${longest}.`)).toHaveLength(2 + 2 * 125);
  });
});
