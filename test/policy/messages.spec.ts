import { describe, expect, it } from '@jest/globals';
import type { OriginLookup } from '../../lib/options/index.js';
import { catalogOf, corsPolicy, disableCors, problemsOf } from './catalog.js';

const lookup: OriginLookup = { isOriginAllowed: () => true };

describe('message of a problem', () => {
  it.each([
    [{ methods: ['put'] }, '`methods[0]` must be a method in upper case, since methods are case-sensitive; got "put".'],
    [{ methods: ['TRACE'] }, '`methods[0]` must be a method that scripts can send; got "TRACE".'],
    [{ methods: ['*'] }, '`methods[0]` must be a single method; got "*".'],
    [{ allowedHeaders: ['Cookie'] }, '`allowedHeaders[0]` must be a header that scripts can set; got "Cookie".'],
    [
      { exposedHeaders: ['Set-Cookie'] },
      '`exposedHeaders[0]` must be a header that scripts can read; got "Set-Cookie".',
    ],
    [{ allowedHeaders: ['a b'] }, '`allowedHeaders[0]` must be the name of a header; got "a b".'],
    [{ exposedHeaders: ['a b'] }, '`exposedHeaders[0]` must be the name of a header; got "a b".'],
    [{ maxAge: -1 }, '`maxAge` must be an integer from 0 to 86400 (seconds); got -1.'],
    [{ maxAge: '1' }, '`maxAge` must be an integer from 0 to 86400 (seconds); got "1".'],
    [
      { optionsSuccessStatus: 300 },
      '`optionsSuccessStatus` must be an integer from 200 to 299 (HTTP status, default 204); got 300.',
    ],
    [{ lookupTimeout: 0 }, '`lookupTimeout` must be an integer from 1 to 60000 (milliseconds, default 2000); got 0.'],
    [
      { cache: { maxOrigins: 0 } },
      '`cache.maxOrigins` must be an integer from 1 to 10000000 (origins, default 50000); got 0.',
    ],
    [{ cache: { jitter: 2 } }, '`cache.jitter` must be a number from 0 to 1 (fraction of ttl, default 0.1); got 2.'],
    [
      { dangerouslyAllow: ['stateful-regexp'] },
      "`dangerouslyAllow[0]` must be one of 'null-origin', 'nonstandard-origin', 'insecure-origin', 'public-suffix', 'unanchored-regexp', 'unescaped-dot', 'wide-regexp', 'slow-regexp'; got \"stateful-regexp\".",
    ],
    [{ logging: 'loud' }, "`logging` must be one of 'refusals', 'off', 'all'; got \"loud\"."],
    [{ origins: [] }, '`origins` must be the name of an option; got "origins".'],
    [
      { policies: { a: { extends: 'b' }, b: { extends: 'a' } } },
      '`policies.b.extends` must be a policy that does not extend this one; got "a". The circle is "a" -> "b" -> "a".',
    ],
    [
      { policies: { default: {} } },
      '`policies.default` must be another name; got "default". Lookups see this name for the module\'s own defaults.',
    ],
    [
      { origin: '*', credentials: true },
      '`origin` must be a list of origins where credentials are on; got "*". Credentials are on (`credentials`), and browsers refuse the two together. Used by module defaults.',
    ],
    [
      { origin: 'https://a.example', exposedHeaders: '*', credentials: true },
      "`exposedHeaders` must be 'all' or a list where credentials are on; got \"*\". Credentials are on (`credentials`), and browsers then read '*' as a header's name. Used by module defaults.",
    ],
    [
      { origin: 'http://a.example', credentials: true },
      '`origin` must be an encrypted origin; got "http://a.example". Credentials are on (`credentials`), and anyone on the network can speak in its name. Used by module defaults.',
    ],
    [
      { origin: [/^https:\/\/a\.example$/g] },
      '`origin[0]` must be an expression without the g or y flag; got /^https:\\/\\/a\\.example$/g. With it, an expression remembers where it stopped, and refuses every other request.',
    ],
  ])('options %j: have this message', (options, message) => {
    expect(problemsOf(options).map((problem) => problem.message)).toContain(message);
  });

  it.each([
    ['graphql', 'that starts with a slash', 'Write the path as the client sees it: "/graphql".'],
    ['/a?b#c', 'without query and fragment', 'Write "/a".'],
    ['/a#b?c', 'without query and fragment', 'Write "/a".'],
    ['/a/*', 'without wildcards and parameters', 'Write "/a": a path covers everything below it already.'],
    ['/a//', 'without a slash at the end', 'Write "/a": a path covers everything below it already.'],
    ['/a//b/../c', 'in the form in which browsers send it', 'Write "/a/c".'],
  ])('path %j: has this message', (path, expectation, hint) => {
    const found = problemsOf({ paths: [{ path, policy: {} }] });
    expect(found.map((problem) => [problem.message, problem.hint])).toEqual([
      [`\`paths[0].path\` must be a path ${expectation}; got "${path}".`, hint],
    ]);
  });

  it('value of the wrong type: the policy allows nothing in its place', () => {
    const wrong = { origin: 7, methods: 7, allowedHeaders: 7, exposedHeaders: 7, dangerouslyAllow: 7 };
    const { fields } = catalogOf({ ...wrong, credentials: 'yes', rejectDisallowed: 'no' }).defaults;
    expect([fields.credentials.value, fields.rejectDisallowed.value]).toEqual([false, false]);
    expect(fields.origin.value.kind).toBe('none');
    const lists = [fields.methods, fields.allowedHeaders, fields.exposedHeaders, fields.dangerouslyAllow];
    expect(lists.map(({ value }) => value)).toEqual([[], [], [], []]);
    const all = catalogOf({ methods: 'all', allowedHeaders: 'all' }).defaults.fields;
    expect([all.methods.value, all.allowedHeaders.value]).toEqual([[], []]);
  });

  it('name that is there twice: names both places', () => {
    const [problem] = problemsOf({ policies: { a: {} } }, [{ policies: { a: {} } }]);
    expect(problem).toMatchObject({
      code: 'duplicate-policy',
      path: 'forFeature[0].policies.a',
      value: 'a',
      message:
        '`forFeature[0].policies.a` must be a name that no other policy has; got "a". The first policy of this name is policies.a.',
      hint: 'Give it another name, or let it extend the other one: { extends: "a" }.',
    });
  });

  it('every problem: has the value that is meant, and where it stands', () => {
    const shown = (options: unknown) => problemsOf(options).map(({ path, value, hint }) => [path, value, hint]);
    const [unknown] = problemsOf({ lookupSeconds: 1, policies: { a: { zebra: 1 } } }).slice(-1);
    expect(unknown?.hint).toMatch(/^Remove it; the options are origin, originLookup, .*, shadow, extends\.$/);
    expect(shown({ logging: 'loud' })).toEqual([['logging', 'loud', "Write 'refusals', or leave it out."]]);
    expect(shown({ lists: { onBootFailure: 'go on' } })).toEqual([
      ['lists.onBootFailure', 'go on', "Write 'fail', or leave it out."],
    ]);
    expect(problemsOf({ origin: '*', exposedHeaders: '*', credentials: true }).map(({ value }) => value)).toEqual([
      '*',
      '*',
    ]);
  });

  it.each([
    [/example\.com$/, 'It lets in https://evilexample.com. It can match a part of an origin.'],
    [/^https:\/\/a.example$/, 'It lets in https://axexample. An unescaped dot stands for any character.'],
    [
      /^https:\/\/(?:a+)+$/,
      'Its repetitions read the same characters in many ways, so an Origin header can take seconds to refuse.',
    ],
    ['https://*.co.uk', 'Anyone can register a name there.'],
  ])('unsafe origin %s: has this message', (origin, fact) => {
    expect(problemsOf({ origin: [origin] }).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        new RegExp(`^\`origin\\[0]\` must be .*; got .*${fact.replaceAll('.', '\\.')} Used by module defaults\\.$`),
      ),
    );
  });

  it('decorators: names class and method', () => {
    const catalog = catalogOf({});
    catalog.forHandler('Orders', 'list', [], [...corsPolicy('missing'), ...disableCors()]);
    expect(catalog.problems().map(({ code, path, message }) => [code, path, message])).toEqual([
      [
        'conflicting-decorators',
        'Orders.list',
        '`Orders.list` must be decorated with one of @CorsPolicy() and @DisableCors(), once; got 2 decorators.',
      ],
      ['unknown-policy', 'Orders.list', '`Orders.list` must be the name of a policy; got "missing".'],
    ]);
  });
});

describe('`logging` option', () => {
  it.each(['off', 'refusals', 'all'])('%j: is accepted', (logging) => {
    expect(problemsOf({ logging })).toEqual([]);
    expect(catalogOf({ logging }).logging).toBe(logging);
  });

  it('missing or unknown value: logs refusals', () => {
    expect([catalogOf({}).logging, catalogOf({ logging: 'loud' }).logging]).toEqual(['refusals', 'refusals']);
  });
});

describe('`eventStreams` option', () => {
  it.each([
    [{}, false],
    [{ eventStreams: {} }, false],
    [{ eventStreams: { closeRevoked: true } }, true],
  ])('options %j: closeRevoked is %j', (options, closeRevoked) => {
    expect(problemsOf(options)).toEqual([]);
    expect(catalogOf(options).eventStreams).toEqual({ closeRevoked });
  });
});

describe('`sockets` option', () => {
  it.each([
    [{}, true],
    [{ sockets: {} }, true],
    [{ sockets: { closeRevoked: true } }, true],
    [{ sockets: { closeRevoked: false } }, false],
  ])('options %j: closeRevoked is %j', (options, closeRevoked) => {
    expect(problemsOf(options)).toEqual([]);
    expect(catalogOf(options).sockets).toEqual({ closeRevoked });
  });

  it.each([
    [{ sockets: true }, '`sockets` must be an object; got true.', 'Write an object such as { closeRevoked: false }.'],
    [
      { sockets: { closeRevoked: 'yes' } },
      '`sockets.closeRevoked` must be a boolean; got "yes".',
      'Write true or false.',
    ],
    [
      { sockets: { closeRevoke: true } },
      '`sockets.closeRevoke` must be the name of an option; got "closeRevoke".',
      'Write `closeRevoked`.',
    ],
  ])('options %j: are reported', (options, message, hint) => {
    expect(problemsOf(options).map((problem) => [problem.message, problem.hint])).toEqual([[message, hint]]);
  });
});

describe('`originLookup` that is an object', () => {
  it.each([
    [lookup, 0],
    [{ loadOrigins: () => [] }, 0],
    [{ isOriginAllowed: true, loadOrigins: 'all' }, 1],
  ])('object with a method of a lookup or a list: is accepted, and no other: %j', (originLookup, problems) => {
    expect(problemsOf({ originLookup }).length).toBe(problems);
  });
});

describe('`originLookup` that is a token of a provider', () => {
  class Origins {
    isOriginAllowed(): boolean {
      return true;
    }
  }

  it.each([
    ['ORIGINS', 0],
    [Symbol('origins'), 0],
    [Origins, 0],
    ['', 1],
    [7, 1],
    [null, 1],
    [true, 1],
  ])('string, symbol or class: is accepted, and nothing else: %p', (originLookup, problems) => {
    expect(problemsOf({ originLookup }).length).toBe(problems);
  });
});

describe('`preflightsAtServer` option', () => {
  it.each([
    [{}, true],
    [{ preflightsAtServer: true }, true],
    [{ preflightsAtServer: false }, false],
  ])('options %j: is %j', (options, expected) => {
    expect(problemsOf(options)).toEqual([]);
    expect(catalogOf(options).preflightsAtServer).toBe(expected);
  });

  it('value that is no boolean: is reported', () => {
    expect(problemsOf({ preflightsAtServer: 'no' as never }).map(({ path }) => path)).toEqual(['preflightsAtServer']);
  });
});
