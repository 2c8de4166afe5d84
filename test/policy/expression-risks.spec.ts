import { describe, expect, it } from '@jest/globals';
import { CorsConfigurationError } from '../../lib/options/problem.js';
import { hintsOf, problemsOf } from './catalog.js';

const CREDENTIALED = { credentials: true };
const codesOf = (options: Record<string, unknown>) => problemsOf(options).map(({ code }) => code);
const insisted = (code: string) => `If it is meant, add '${code}' to the policy's dangerouslyAllow.`;

const EXPECTED: Readonly<Record<string, readonly [expectation: string, fact: string]>> = {
  'unanchored-regexp': ['an expression that matches whole origins', 'It can match a part of an origin.'],
  'unescaped-dot': ['an expression with its dots escaped', 'An unescaped dot stands for any character.'],
  'public-suffix': ['an expression for names of one owner', 'Anyone can register a name there.'],
  'wide-regexp': [
    'an expression that spells out the scheme and your domain',
    'Strangers can choose the scheme, or a part of the registered name.',
  ],
};

describe('an expression that allows other owners', () => {
  it.each<[RegExp, string, string, string]>([
    [
      /^https:\/\/.*example\.com$/,
      'wide-regexp',
      'https://evilexample.com',
      'Spell out the scheme and your own domain, with a dot before it, or write a list: ["https://example.com", "https://*.example.com"].',
    ],
    [
      /^[a-z]+:\/\/app\.example\.com$/,
      'wide-regexp',
      'evil://app.example.com',
      'Spell out the scheme and your own domain, with a dot before it, or write a list: ["https://app.example.com", "https://*.app.example.com"].',
    ],
    [
      /^https:\/\/[a-z]+\.[a-z]+$/,
      'wide-regexp',
      'https://evil.example',
      'Spell out the scheme and your own domain, with a dot before it, or write a list: ["https://example.com", "https://*.example.com"].',
    ],
    [
      /^.*$/,
      'wide-regexp',
      'https://evil.example',
      "Write a list of origins in the place of /^.*$/, or origin: '*' without credentials.",
    ],
    [
      /^https:\/\/[^.]+\.github\.io$/,
      'public-suffix',
      'https://evil.github.io',
      'Write "https://my-name.github.io" with the name of your account.',
    ],
    [
      /^https:\/\/[a-z0-9-]+\.ngrok\.io$/,
      'public-suffix',
      'https://evil.ngrok.io',
      'Write each origin in full: "https://my-name.ngrok.io".',
    ],
    [
      /^https:\/\/[a-z]+\.co\.uk$/,
      'public-suffix',
      'https://evil.co.uk',
      'Put your own domain before the suffix: "https://*.example.co.uk".',
    ],
    [
      /example\.com$/,
      'unanchored-regexp',
      'https://evilexample.com',
      'Have /example\\.com$/ match a whole origin, from ^https:// to $, without the m flag.',
    ],
    [
      /^https:\/\/app.example\.com$/,
      'unescaped-dot',
      'https://appxexample.com',
      'Write \\. for each dot of a name in /^https:\\/\\/app.example\\.com$/, or a pattern instead: "https://*.example.com".',
    ],
  ])(
    'other origin that it allows: is reported with it, with and without credentials: %s',
    (origin, code, letsIn, hint) => {
      const expected = {
        code,
        path: 'origin',
        value: origin,
        message: `\`origin\` must be ${EXPECTED[code]?.[0]}; got ${String(origin)}. It lets in ${letsIn}. ${EXPECTED[code]?.[1]} Used by module defaults.`,
        hint: `${hint} ${insisted(code)}`,
      };
      expect(problemsOf({ origin })).toEqual([expected]);
      expect(problemsOf({ origin, ...CREDENTIALED })).toEqual([expected]);
      expect(codesOf({ origin, ...CREDENTIALED, dangerouslyAllow: [code] })).toEqual([]);
    },
  );

  it('other origin that is not found: is reported without one', () => {
    expect(problemsOf({ origin: /^https:\/\/a\.example$/m })[0]?.message).toBe(
      '`origin` must be an expression that matches whole origins; got /^https:\\/\\/a\\.example$/m. It can match a part of an origin. Used by module defaults.',
    );
  });

  it('several faults: each is reported once', () => {
    expect(codesOf({ origin: /^https:\/\/.*example\.com/ })).toEqual(['unanchored-regexp', 'wide-regexp']);
    expect(codesOf({ origin: /^https?:\/\/[a-z.]+example\.com$/, ...CREDENTIALED })).toEqual([
      'wide-regexp',
      'insecure-origin',
    ]);
  });

  it('replacement in the hint: has no problem', () => {
    const replacements = [/^https:\/\/.*example\.com$/, /^https:\/\/[^.]+\.github\.io$/, /^https:\/\/[a-z]+\.co\.uk$/]
      .flatMap((origin) => hintsOf({ origin }))
      .flatMap(([, , hint]) => [...String(hint).matchAll(/"(https:[^"]+)"|\/(\^.*\$)\//g)])
      .map(([, text, source]) => (source === undefined ? text : new RegExp(source)));
    expect(replacements.length).toBe(4);
    expect(problemsOf({ origin: replacements, ...CREDENTIALED })).toEqual([]);
  });
});

describe('an expression that takes long', () => {
  it.each([/^https:\/\/(\w|\d|-)+\.example\.com$/, /^https:\/\/(.*)-(.*)-(.*)-(.*)-(.*)\.example\.com$/])(
    'slow expression: is reported: %s',
    (origin) => {
      expect(problemsOf({ origin })).toEqual([
        {
          code: 'slow-regexp',
          path: 'origin',
          value: origin,
          message: `\`origin\` must be an expression that refuses every origin quickly; got ${String(origin)}. Its repetitions read the same characters in many ways, so an Origin header can take seconds to refuse. Used by module defaults.`,
          hint: `Write a pattern in the place of ${String(origin)}: "https://*.example.com" stands for any number of labels. ${insisted('slow-regexp')}`,
        },
      ]);
      expect(codesOf({ origin, dangerouslyAllow: ['slow-regexp'] })).toEqual([]);
    },
  );
});

describe('an expression that takes long, and allows other owners', () => {
  it('both faults: are reported, and it is not run', () => {
    expect(problemsOf({ origin: /^https:\/\/(.+)+$/ }).map(({ code }) => code)).toEqual(['wide-regexp', 'slow-regexp']);
  });

  it('lookaround that may refuse the example: is reported without one', () => {
    expect(
      problemsOf({ origin: /^https:\/\/(?!evil)(.+)+example\.com$/ }).map(({ code, message }) => [code, message]),
    ).toEqual([
      [
        'wide-regexp',
        '`origin` must be an expression that spells out the scheme and your domain; got /^https:\\/\\/(?!evil)(.+)+example\\.com$/. Strangers can choose the scheme, or a part of the registered name. Used by module defaults.',
      ],
      ['slow-regexp', expect.any(String)],
    ]);
  });
});

describe('an expression that cannot be checked', () => {
  const unchecked = ['wide-regexp', 'slow-regexp'];

  it.each([
    ['has too many steps', new RegExp('^https://(?:a{0,3000}b){3}\\.example\\.com$')],
    ['has too many ways from step to step', /^https:\/\/(?:a?){400}\.example\.com$/],
    ['spells out too many names', /^https:\/\/a?b?c?d?e?f?g?h?i?j?k?l?m?n?o?p?q?\.vercel\.app$/],
  ])('expression that %s: is refused, with what to write instead', (_, origin) => {
    expect(problemsOf({ origin }).map(({ code, message }) => [code, message.replace(String(origin), '…')])).toEqual([
      [
        'wide-regexp',
        '`origin` must be an expression that can be checked; got …. It is too large or too new, so it may allow origins of strangers. Used by module defaults.',
      ],
      [
        'slow-regexp',
        '`origin` must be an expression that can be checked; got …. It is too large or too new, so it may take seconds to refuse an origin. Used by module defaults.',
      ],
    ]);
    expect(hintsOf({ origin })[0]?.[2]).toBe(
      `Write a list of origins in the place of ${String(origin)}, or several short expressions. ${insisted('wide-regexp')}`,
    );
    expect(codesOf({ origin, dangerouslyAllow: unchecked })).toEqual([]);
  });

  it('too many ways to read a string: is reported as slow alone', () => {
    expect(codesOf({ origin: /^https:\/\/[ab]*[bc]*[cd]*a[ab]*[bc]*[cd]*\.example\.com$/ })).toEqual(['slow-regexp']);
  });

  it('lookbehind that repeats without a bound: is reported as slow alone', () => {
    expect(codesOf({ origin: /^https:\/\/[a-z]+(?<=-[a-z]+)\.example\.com$/ })).toEqual(['slow-regexp']);
  });
});

describe('an expression with nothing wrong', () => {
  it.each([
    /^https?:\/\/localhost(:\d+)?$/,
    /^https:\/\/(.+\.)?example\.com$/,
    /^https:\/\/a\.example$|^https:\/\/b\.example$/,
    /^https:\/\/pr-\d+\.example\.com$/,
    /^https:\/\/my-app-[a-z0-9-]+-team\.vercel\.app$/,
  ])('with or without credentials: boots: %s', (origin) => {
    expect(problemsOf({ origin, ...CREDENTIALED })).toEqual([]);
  });

  it('list with a faulty one: only that is reported', () => {
    const origin = [/^https:\/\/(.+\.)?example\.com$/, /^https:\/\/.*example\.com$/];
    expect(hintsOf({ origin }).map(([code, path]) => [code, path])).toEqual([['wide-regexp', 'origin[1]']]);
    expect(new CorsConfigurationError(problemsOf({ origin })).message).toContain('It lets in https://evilexample.com.');
  });
});
