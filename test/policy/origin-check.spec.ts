import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OriginCheckOptions, originProblems } from '../../lib/policy/origin-check.js';
import { CORS_PROBLEM_CODES, type CorsProblemCode, ALLOWABLE_PROBLEM_CODES } from '../../lib/options/problem.js';
import { likelyOrigins, nearOrigins, urls } from '../origin/urls.js';
import { problemsOf } from './catalog.js';

const texts = fc.oneof(
  likelyOrigins,
  nearOrigins,
  urls,
  fc.constantFrom('null', '*', 'https://*.co.uk', 'http://*.github.io:*', 'HTTP://*.Example.com/', 'FTP://a.example'),
  fc.string({ unit: 'binary' }),
);

function codesOf(value: unknown, options?: OriginCheckOptions): readonly CorsProblemCode[] {
  return originProblems(value, options).map(({ code }) => code);
}

/** The form that a hint tells to write. */
function formIn(hint: string): string | undefined {
  return /^Write "(.*)"\.$/.exec(hint)?.[1];
}

describe('an origin before it is stored', () => {
  it.each([
    'https://example.com',
    'https://app.example.com:8443',
    'https://xn--bcher-kva.example',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:8080',
    'capacitor://localhost',
    'https://github.io',
  ])('origin such as %s: is accepted', (origin) => {
    expect(originProblems(origin)).toEqual([]);
  });

  it.each([
    [
      'https://Example.com/',
      'malformed-origin',
      '`origin` must be an origin without a slash at the end; got "https://Example.com/".',
      'Write "https://example.com".',
    ],
    [
      'https://a.example, https://b.example',
      'malformed-origin',
      '`origin` must be one origin per entry; got "https://a.example, https://b.example".',
      'Write each origin as an entry of its own.',
    ],
    [
      '*',
      'wildcard-in-list',
      '`origin` must be a single origin; got "*".',
      'Write each origin in full: "https://app.example.com".',
    ],
    [
      'null',
      'null-origin',
      '`origin` must be an origin with one owner; got "null". Every sandboxed frame and local file sends it.',
      'Remove it, and serve the client from an origin of its own.',
    ],
    [
      'http://a.example:8080',
      'insecure-origin',
      '`origin` must be an encrypted origin; got "http://a.example:8080". Anyone on the network can speak in its name.',
      'Write "https://a.example:8080".',
    ],
    [
      'https://*.example.com',
      'pattern-not-allowed',
      '`origin` must be a single origin; got "https://*.example.com".',
      'Write each origin in full: "https://app.example.com".',
    ],
    [
      7,
      'invalid-value',
      '`origin` must be a string; got a number.',
      'Write an origin such as "https://app.example.com".',
    ],
  ])('value %j: is reported as %s', (value, code, message, hint) => {
    expect(originProblems(value)).toEqual([{ code, path: 'origin', value, message, hint }]);
  });

  it('option `path`: problems are at that path', () => {
    expect(originProblems('*', { path: 'partners[3]' })).toMatchObject([{ path: 'partners[3]' }]);
    expect(originProblems(7, { path: 'partners[3]' })).toMatchObject([{ path: 'partners[3]' }]);
  });

  it.each(['https://*.example.com', 'https://a.example:*', '*.example.com', 'https://app-*.example.com'])(
    '%s, and patterns not allowed: is reported',
    (pattern) => {
      expect(codesOf(pattern)).toEqual(['pattern-not-allowed']);
      expect(codesOf(pattern, { patterns: true })).not.toContain('pattern-not-allowed');
    },
  );

  it('patterns allowed: reports how they are written, and public suffixes', () => {
    const patterns = { patterns: true };
    expect(originProblems('https://*.example.com', patterns)).toEqual([]);
    expect(originProblems('https://app-*.example.com', patterns)).toMatchObject([
      { code: 'malformed-origin', hint: expect.stringContaining('"https://*.example.com"') },
    ]);
    expect(originProblems('https://*.co.uk', patterns)).toMatchObject([
      { code: 'public-suffix', hint: 'Put your own domain before the suffix: "https://*.example.co.uk".' },
    ]);
  });

  it('no credentials: needs no encryption', () => {
    expect(codesOf('http://a.example', { credentials: false })).toEqual([]);
    expect(codesOf('null', { credentials: false })).toEqual(['null-origin']);
  });

  it('codes in `dangerouslyAllow`: are not reported, and others are', () => {
    expect(codesOf('http://a.example', { dangerouslyAllow: ['insecure-origin'] })).toEqual([]);
    expect(codesOf('http://*.co.uk', { patterns: true, dangerouslyAllow: ['insecure-origin'] })).toEqual([
      'public-suffix',
    ]);
  });

  it('form in the hint: is accepted at the second attempt', () => {
    expect(originProblems('HTTP://Example.com/')).toMatchObject([{ hint: 'Write "https://example.com".' }]);
    expect(originProblems('HTTP://Example.com/', { credentials: false })).toMatchObject([
      { hint: 'Write "http://example.com".' },
    ]);
    expect(originProblems('*.CO.UK', { patterns: true })).toMatchObject([
      { hint: expect.stringMatching(/^Write scheme, host and/) },
    ]);
  });

  it('long origin: is given in full in the hint', () => {
    const long = `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
    expect(originProblems(`${long}/`)).toMatchObject([{ hint: `Write "${long}".` }]);
  });

  it.each([
    [undefined, 'nothing'],
    [null, 'nothing'],
    [/^https:\/\/a\.example$/, 'an object'],
    [['https://a.example'], 'an object'],
    [Symbol('https://a.example'), 'a symbol'],
    [() => 'https://a.example', 'a function'],
    [10n ** 100n, 'a bigint'],
    [true, 'a boolean'],
  ])('%p: is reported, because an origin is a string', (value, type) => {
    expect(originProblems(value)).toMatchObject([
      { code: 'invalid-value', message: `\`origin\` must be a string; got ${type}.` },
    ]);
  });

  it('any value: throws nothing, and no message is long', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = {
      get origin(): never {
        throw new Error('no');
      },
      toString(): never {
        throw new Error('no');
      },
      [Symbol.toPrimitive](): never {
        throw new Error('no');
      },
    };
    const values = [
      revoked.proxy,
      hostile,
      'a'.repeat(10_000_000),
      ' '.repeat(10_000_000),
      `https://${'*.'.repeat(5_000_000)}`,
      `${' '.repeat(5_000_000)}https://a.example/`,
      '\0'.repeat(1_000_000),
      '\ud800'.repeat(1_000_000),
      `https://a.example/${'\u202e'.repeat(1000)}`,
    ];
    for (const value of values) {
      const [problem] = originProblems(value, { patterns: true });
      expect(`${problem?.message} ${problem?.hint}`.length).toBeLessThan(1000);
    }
  });

  it('characters that steer a terminal or the direction of a line: are escaped', () => {
    const [problem] = originProblems('https://\u202emoc.elpmaxe\u0085\u2028\u0000\ud800x\udb40\udc01"<b>');
    expect(problem?.message).toContain(
      String.raw`"https://\u202emoc.elpmaxe\u0085\u2028\u0000\ud800x\udb40\udc01\"<b>"`,
    );
  });
});

describe('the check of any string', () => {
  const tolerated = fc.subarray([...ALLOWABLE_PROBLEM_CODES]);

  it('same string as an entry at boot: gets the same result', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), tolerated, (text, credentials, dangerouslyAllow) => {
        const atBoot = problemsOf({ origin: [text], credentials, dangerouslyAllow });
        const stored = originProblems(text, { patterns: true, credentials, dangerouslyAllow });
        expect(stored.map(({ code }) => code)).toEqual(atBoot.map(({ code }) => code));
      }),
      { numRuns: 3000 },
    );
  });

  it('form in a hint: is accepted', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), fc.boolean(), tolerated, (text, patterns, credentials, dangerouslyAllow) => {
        const options = { patterns, credentials, dangerouslyAllow };
        const [problem, ...others] = originProblems(text, options);
        const form = problem === undefined || others.length > 0 ? undefined : formIn(problem.hint);
        expect(form === undefined ? [] : originProblems(form, options)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });

  it('problem: has a known code, the value as it is, a bounded message, and a hint', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.anything()), fc.boolean(), (value, patterns) => {
        for (const problem of originProblems(value, { patterns })) {
          expect(CORS_PROBLEM_CODES).toContain(problem.code);
          expect(Object.is(problem.value, value)).toBe(true);
          expect(problem.message.length).toBeLessThan(700);
          expect(problem.hint).toMatch(/\.$/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
