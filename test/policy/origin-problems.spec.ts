import { describe, expect, it } from '@jest/globals';
import { corsPolicy, catalogOf, hintsOf, problemsOf } from './catalog.js';

const CREDENTIALED = { origin: 'https://a.example', credentials: true };

describe('problem of an origin in the configuration', () => {
  it('malformed origin: says what to write instead', () => {
    expect(hintsOf({ origin: ['https://a.example', 'https://Example.com/'] })).toEqual([
      ['malformed-origin', 'origin[1]', 'Write "https://example.com".'],
    ]);
    expect(problemsOf({ origin: 'https://example.com:443' })).toEqual([
      {
        code: 'malformed-origin',
        path: 'origin',
        value: 'https://example.com:443',
        message:
          '`origin` must be an origin without its scheme\'s default port, which browsers leave out; got "https://example.com:443".',
        hint: 'Write "https://example.com".',
      },
    ]);
  });

  it('malformed origin without an obvious correction: says the form of an origin', () => {
    expect(hintsOf({ origin: ['all', 'https://a.example,https://b.example', 'https://app-*.example'] })).toEqual([
      [
        'malformed-origin',
        'origin[0]',
        'Write scheme, host and, unless it is the default, port: "https://app.example.com".',
      ],
      [
        'malformed-origin',
        'origin[1]',
        'Write each origin as an entry of its own: ["https://a.example", "https://b.example"]. An environment variable is read by readOrigins().',
      ],
      [
        'malformed-origin',
        'origin[2]',
        'A star stands for whole labels at the left ("https://*.example.com") or for any port ("https://app.example.com:*").',
      ],
    ]);
  });

  it("'*' inside a list: is reported", () => {
    expect(hintsOf({ origin: ['*'] })).toEqual([
      ['wildcard-in-list', 'origin[0]', "Write '*' in place of the list, or remove it from the list."],
    ]);
  });

  it.each([
    [true, /^Write a list of origins, or '\*' without credentials\.$/],
    [null, /'\*', false, an origin/],
    [7, /'\*', false, an origin/],
    [{}, /'\*', false, an origin/],
  ])('origin %j: is reported', (origin, hint) => {
    const [problem, ...others] = problemsOf({ origin });
    expect(problem).toMatchObject({ code: 'invalid-value', path: 'origin', value: origin });
    expect(problem?.hint).toMatch(hint);
    expect(others).toEqual([]);
  });

  it('value inside a list that is no string: is reported', () => {
    expect(hintsOf({ origin: [null, false] })).toEqual(
      [0, 1].map((index) => [
        'invalid-value',
        `origin[${index}]`,
        'Write an origin such as "https://app.example.com", a pattern or a RegExp.',
      ]),
    );
  });

  it('null: is reported unless the policy allows it', () => {
    expect(hintsOf({ origin: ['null'] })).toEqual([
      [
        'null-origin',
        'origin[0]',
        "Remove it, and serve the client from an origin of its own. If it is meant, add 'null-origin' to the policy's dangerouslyAllow.",
      ],
    ]);
    expect(problemsOf({ origin: 'null', dangerouslyAllow: ['null-origin'] })).toEqual([]);
  });

  it.each([
    ['http://a.example', 'https://a.example'],
    ['http://a.example:8080', 'https://a.example:8080'],
    ['http://*.a.example', 'https://*.a.example'],
    ['http://a.example:*', 'https://a.example:*'],
    ['http://10.0.0.1', 'https://10.0.0.1'],
  ])('origin without encryption, such as %s: is reported with credentials only', (origin, secure) => {
    expect(problemsOf({ origin })).toEqual([]);
    expect(hintsOf({ origin, credentials: true })).toEqual([
      [
        'insecure-origin',
        'origin',
        `Write "${secure}". If it is meant, add 'insecure-origin' to the policy's dangerouslyAllow.`,
      ],
    ]);
    expect(problemsOf({ origin, credentials: true, dangerouslyAllow: ['insecure-origin'] })).toEqual([]);
  });

  it('expression for http: is reported with credentials', () => {
    expect(hintsOf({ origin: /^https?:\/\/a\.example$/, credentials: true })).toEqual([
      [
        'insecure-origin',
        'origin',
        "Write `https:` alone in the expression. If it is meant, add 'insecure-origin' to the policy's dangerouslyAllow.",
      ],
    ]);
  });

  it('origin on the own machine: needs no encryption', () => {
    const origin = ['http://localhost:3000', 'http://*.localhost:*', 'http://127.0.0.1:*', 'http://[::1]'];
    expect(problemsOf({ origin, credentials: true })).toEqual([]);
  });

  it.each(['https://*.co.uk', 'https://*.github.io:*', 'https://*.com', 'https://*.internal'])(
    'pattern over a public suffix, such as %s: is reported',
    (origin) => {
      expect(hintsOf({ origin })).toEqual([
        [
          'public-suffix',
          'origin',
          `Put your own domain before the suffix: "${origin.replace('*', '*.example')}". If it is meant, add 'public-suffix' to the policy's dangerouslyAllow.`,
        ],
      ]);
      expect(problemsOf({ origin, dangerouslyAllow: ['public-suffix'] })).toEqual([]);
    },
  );

  it('public suffix itself with any port: is no pattern over it', () => {
    expect(problemsOf({ origin: 'https://github.io:*' })).toEqual([]);
  });

  it('expression without anchors: is reported unless the policy allows it', () => {
    const origin = /^https:\/\/a\.example/;
    expect(hintsOf({ origin })).toEqual([
      [
        'unanchored-regexp',
        'origin',
        "Have /^https:\\/\\/a\\.example/ match a whole origin, from ^https:// to $, without the m flag. If it is meant, add 'unanchored-regexp' to the policy's dangerouslyAllow.",
      ],
    ]);
    expect(problemsOf({ origin, dangerouslyAllow: ['unanchored-regexp'] })).toEqual([]);
  });

  it.each([/^https:\/\/a\.example$/g, /^https:\/\/a\.example$/y])(
    'expression with state, %s: is reported',
    (origin) => {
      expect(hintsOf({ origin: [origin] })).toEqual([
        ['stateful-regexp', 'origin[0]', 'Write /^https:\\/\\/a\\.example$/.'],
      ]);
    },
  );
});

describe('problem of `credentials`', () => {
  it("with origin '*', from any level: is reported", () => {
    const hint = "List the origins that may send credentials, or write `credentials: false` next to `origin: '*'`.";
    expect(hintsOf({ origin: '*', credentials: true })).toEqual([['wildcard-with-credentials', 'origin', hint]]);
    const session = { origin: ['https://a.example'], credentials: true };
    expect(hintsOf({ policies: { session, public: { extends: 'session', origin: '*' } } })).toEqual([
      ['wildcard-with-credentials', 'policies.public.origin', hint],
    ]);
    expect(hintsOf({ origin: '*', paths: [{ path: '/session', policy: { credentials: true } }] })).toEqual([
      ['wildcard-with-credentials', 'paths[0].policy.credentials', hint],
    ]);
    expect(problemsOf({ ...CREDENTIALED, policies: { public: { origin: '*' } } })).toEqual([]);
  });

  it("with origin '*', from two levels: names where each is from", () => {
    const session = { origin: ['https://a.example'], credentials: true };
    expect(problemsOf({ policies: { session, public: { extends: 'session', origin: '*' } } })[0]?.message).toBe(
      '`policies.public.origin` must be a list of origins where credentials are on; got "*". Credentials are on (`policies.session.credentials`), and browsers refuse the two together. Used by policy "public".',
    );
  });

  it("with exposedHeaders '*': is reported", () => {
    expect(hintsOf({ ...CREDENTIALED, exposedHeaders: '*' })).toEqual([
      [
        'exposed-wildcard-with-credentials',
        'exposedHeaders',
        "Write `exposedHeaders: 'all'`, which names the headers that the response has, or list them.",
      ],
    ]);
    expect(problemsOf({ ...CREDENTIALED, exposedHeaders: 'all' })).toEqual([]);
    expect(problemsOf({ origin: 'https://a.example', exposedHeaders: '*' })).toEqual([]);
  });
});

describe('`dangerouslyAllow` of a policy', () => {
  it('origin from another level: the merged policy counts', () => {
    const catalog = catalogOf({ policies: { local: { origin: 'null', dangerouslyAllow: ['null-origin'] } } });
    catalog.forHandler('Files', 'read', [], corsPolicy('local'));
    catalog.forHandler('Files', 'list', corsPolicy('local'), corsPolicy({ maxAge: 1 }));
    expect(catalog.problems()).toEqual([]);
    catalog.forHandler('Files', 'write', corsPolicy('local'), corsPolicy({ dangerouslyAllow: [] }));
    expect(catalog.problems().map(({ code, path, message }) => [code, path, message])).toEqual([
      [
        'null-origin',
        'policies.local.origin',
        '`policies.local.origin` must be an origin with one owner; got "null". Every sandboxed frame and local file sends it. Used by Files.write.',
      ],
    ]);
  });

  it('code that it does not name: is reported', () => {
    const codes = problemsOf({ origin: ['null', 'https://*.com'], dangerouslyAllow: ['null-origin'] });
    expect(codes.map(({ code }) => code)).toEqual(['public-suffix']);
  });
});

describe('problem of an expression', () => {
  it('unescaped dots: are reported', () => {
    expect(hintsOf({ origin: /^https:\/\/app.example\.com$/ })).toEqual([
      [
        'unescaped-dot',
        'origin',
        "Write \\. for each dot of a name in /^https:\\/\\/app.example\\.com$/, or a pattern instead: \"https://*.example.com\". If it is meant, add 'unescaped-dot' to the policy's dangerouslyAllow.",
      ],
    ]);
    expect(hintsOf({ origin: /^https:\/\/a./ }).map(([code]) => code)).toEqual(['unanchored-regexp', 'unescaped-dot']);
    for (const meant of [/^https:\/\/[a-z.]+\.example\.com$/, /^https:\/\/.+\.example\.com$/, /^https:\/\/a\.b$/]) {
      expect(hintsOf({ origin: meant })).toEqual([]);
    }
  });

  it('repetitions within repetitions: are reported', () => {
    expect(hintsOf({ origin: /^https:\/\/(.+\.)*example\.com$/ })).toEqual([
      [
        'slow-regexp',
        'origin',
        "Write a pattern in the place of /^https:\\/\\/(.+\\.)*example\\.com$/: \"https://*.example.com\" stands for any number of labels. If it is meant, add 'slow-regexp' to the policy's dangerouslyAllow.",
      ],
    ]);
    expect(hintsOf({ origin: /^https:\/\/(.+\.)*example\.com$/, dangerouslyAllow: ['slow-regexp'] })).toEqual([]);
  });
});
