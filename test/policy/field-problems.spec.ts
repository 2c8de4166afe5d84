import { describe, expect, it } from '@jest/globals';
import { hintsOf, problemsOf } from './catalog.js';

describe('problem of `methods`', () => {
  it('method in the wrong case: is reported, because methods are compared byte for byte', () => {
    expect(hintsOf({ methods: ['GET', 'patch'] })).toEqual([['method-case', 'methods[1]', 'Write "PATCH".']]);
    expect(hintsOf({ methods: 'GET, put' })).toEqual([['method-case', 'methods', 'Write "PUT".']]);
  });

  it.each(['CONNECT', 'trace', 'TRACK'])('method that no script can send, such as %s: is reported', (method) => {
    expect(hintsOf({ methods: [method] })).toEqual([['forbidden-method', 'methods[0]', 'Remove it from the list.']]);
  });

  it('value that is no token: is reported', () => {
    expect(hintsOf({ methods: ['GET PUT', ''] })).toEqual(
      [0, 1].map((index) => [
        'invalid-token',
        `methods[${index}]`,
        "Write one name per entry, of letters, digits and !#$%&'*+-.^_`|~ only.",
      ]),
    );
    expect(problemsOf({ methods: ['GET PUT'] })[0]?.message).toBe(
      '`methods[0]` must be the name of a method; got "GET PUT".',
    );
  });

  it("'*' inside a list: is reported", () => {
    expect(hintsOf({ methods: ['*'] })).toEqual([
      ['wildcard-in-list', 'methods[0]', "Write '*' in place of the list, or remove it from the list."],
    ]);
  });

  it('"all": is reported', () => {
    expect(hintsOf({ methods: 'all' })).toEqual([
      ['invalid-value', 'methods', "Write '*' for every method that is routed, or leave it out."],
    ]);
  });

  it('value that is no list of strings: is reported', () => {
    expect(hintsOf({ methods: 7 })).toEqual([
      ['invalid-value', 'methods', "Write a list such as ['GET', 'PUT'], or '*'."],
    ]);
    expect(hintsOf({ methods: ['GET', 7] })).toEqual([['invalid-value', 'methods[1]', 'Write a name in quotes.']]);
  });
});

describe('problem of `allowedHeaders`', () => {
  it.each(['Cookie', 'host', 'Sec-Fetch-Site', 'proxy-authorization', 'Access-Control-Request-Method'])(
    'header that browsers set themselves, such as %s: is reported',
    (name) => {
      expect(hintsOf({ allowedHeaders: [name] })).toEqual([
        [
          'forbidden-header',
          'allowedHeaders[0]',
          'Remove it from the list: browsers set it themselves and ask for no permission. Cookies are governed by `credentials`.',
        ],
      ]);
    },
  );

  it.each(['Second', 'Proxy', 'X-Host', 'User-Agent', 'Authorization'])(
    'header with a similar name, such as %s: is fine',
    (name) => {
      expect(problemsOf({ allowedHeaders: [name] })).toEqual([]);
    },
  );

  it("'*' inside a list: may stand beside the names of headers", () => {
    expect(problemsOf({ allowedHeaders: ['*', 'X-HTTP-Method-Override'] })).toEqual([]);
    expect(problemsOf({ allowedHeaders: 'content-type, *' })).toEqual([]);
    expect(hintsOf({ allowedHeaders: ['*', 'x y', 'Cookie'] })).toMatchObject([
      ['invalid-token', 'allowedHeaders[1]', expect.any(String)],
      ['forbidden-header', 'allowedHeaders[2]', expect.any(String)],
    ]);
  });

  it('value that is no token: is reported', () => {
    expect(problemsOf({ allowedHeaders: ['content-type:'] })).toMatchObject([
      {
        code: 'invalid-token',
        path: 'allowedHeaders[0]',
        message: '`allowedHeaders[0]` must be the name of a header; got "content-type:".',
      },
    ]);
  });

  it('"all": is reported', () => {
    expect(hintsOf({ allowedHeaders: 'all' })).toEqual([
      ['invalid-value', 'allowedHeaders', "Write '*' for whatever the browser asks for, or a list."],
    ]);
  });

  it('value that is no list: is reported', () => {
    expect(hintsOf({ allowedHeaders: true })).toEqual([
      ['invalid-value', 'allowedHeaders', "Write a list such as ['content-type'], or '*'."],
    ]);
  });
});

describe('problem of `exposedHeaders`', () => {
  it.each(['Set-Cookie', 'set-cookie2'])('header that no script can read, such as %s: is reported', (name) => {
    expect(hintsOf({ exposedHeaders: [name] })).toEqual([
      ['forbidden-header', 'exposedHeaders[0]', 'Remove it from the list. Cookies are governed by `credentials`.'],
    ]);
  });

  it.each(['*', 'all'])('%s inside a list: is reported', (value) => {
    expect(hintsOf({ exposedHeaders: ['etag', value] })).toEqual([
      ['wildcard-in-list', 'exposedHeaders[1]', `Write '${value}' in place of the list, or remove it from the list.`],
    ]);
  });

  it('value that is no token: is reported', () => {
    expect(problemsOf({ exposedHeaders: ['x y'] })).toMatchObject([
      { code: 'invalid-token', path: 'exposedHeaders[0]' },
    ]);
  });

  it('value that is no list: is reported', () => {
    expect(hintsOf({ exposedHeaders: {} })).toEqual([
      ['invalid-value', 'exposedHeaders', "Write a list such as ['etag'], 'all', or '*'."],
    ]);
  });
});

describe('problem of a number', () => {
  it.each([-1, 86_401, 1.5, Number.NaN, Infinity])('maxAge of %d: is reported', (maxAge) => {
    expect(hintsOf({ maxAge })).toEqual([['out-of-range', 'maxAge', 'Write 600, or leave it out.']]);
  });

  it.each([199, 300, 204.5])('optionsSuccessStatus of %d: is reported', (optionsSuccessStatus) => {
    expect(hintsOf({ optionsSuccessStatus })).toEqual([
      ['out-of-range', 'optionsSuccessStatus', 'Write 204, or leave it out.'],
    ]);
  });

  it.each([0, 60_001, 0.5])('lookupTimeout of %d: is reported', (lookupTimeout) => {
    expect(hintsOf({ lookupTimeout })).toEqual([['out-of-range', 'lookupTimeout', 'Write 2000, or leave it out.']]);
  });

  it.each([
    ['maxAge', '600'],
    ['optionsSuccessStatus', '204'],
    ['lookupTimeout', '2s'],
  ])('other type, such as a %s of %j: is reported with the same code', (option, value) => {
    expect(hintsOf({ [option]: value })).toMatchObject([['out-of-range', option, expect.any(String)]]);
  });

  it('both ends of a range: are fine', () => {
    expect(problemsOf({ maxAge: 0, optionsSuccessStatus: 200, lookupTimeout: 1 })).toEqual([]);
    expect(problemsOf({ maxAge: 86_400, optionsSuccessStatus: 299, lookupTimeout: 60_000 })).toEqual([]);
  });
});

describe("problem of a value's type", () => {
  it.each([
    ['credentials', 'yes', 'Write true or false.'],
    ['rejectDisallowed', 1, 'Write true or false.'],
    ['tenant', 'acme', 'Write a function: (request) => request.params.tenant.'],
    ['dangerouslyAllow', 'null-origin', "Write a list of problem codes, such as ['null-origin']."],
    [
      'originLookup',
      {},
      "Write a provider's class or token, or an object with an isOriginAllowed() or a loadOrigins() method.",
    ],
    [
      'originLookup',
      '',
      "Write a provider's class or token, or an object with an isOriginAllowed() or a loadOrigins() method.",
    ],
    [
      'originLookup',
      null,
      "Write a provider's class or token, or an object with an isOriginAllowed() or a loadOrigins() method.",
    ],
    [
      'originLookup',
      5n,
      "Write a provider's class or token, or an object with an isOriginAllowed() or a loadOrigins() method.",
    ],
  ])('%s of %p: is reported', (option, value, hint) => {
    expect(hintsOf({ [option]: value })).toEqual([['invalid-value', option, hint]]);
  });
});

describe('problem of `dangerouslyAllow`', () => {
  it('code of a problem that is never right: is reported', () => {
    expect(hintsOf({ dangerouslyAllow: ['wildcard-with-credentials'] })).toEqual([
      ['not-allowable', 'dangerouslyAllow[0]', 'Remove it.'],
    ]);
  });

  it('code that does not exist: is reported', () => {
    expect(problemsOf({ dangerouslyAllow: ['nul-origin', 'everything'] })).toMatchObject([
      {
        code: 'not-allowable',
        path: 'dangerouslyAllow[0]',
        message: expect.stringMatching(/^`dangerouslyAllow\[0]` must be one of 'null-origin', .*; got "nul-origin"\.$/),
        hint: "Write 'null-origin', or remove it.",
      },
      { code: 'not-allowable', path: 'dangerouslyAllow[1]', hint: 'Remove it.' },
    ]);
  });

  it('value that is no list of strings: is reported', () => {
    expect(hintsOf({ dangerouslyAllow: [7] })).toEqual([
      ['invalid-value', 'dangerouslyAllow[0]', "Write a problem's code in quotes."],
    ]);
  });
});
