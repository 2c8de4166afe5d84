import { describe, expect, it } from '@jest/globals';
import type { OriginLookup } from '../../lib/options/index.js';
import { lookupNotFound, lookupNotSingleton, lookupWithoutMethod } from '../../lib/policy/lookup-problems.js';
import { catalogOf, corsPolicy, disableCors, problemsOf } from './catalog.js';

const lookup: OriginLookup = { isOriginAllowed: () => true };

describe('what is wrong with an option is said in a sentence', () => {
  it.each([
    [{ methods: ['put'] }, 'Methods are case-sensitive, and no request has the method "put".'],
    [{ methods: ['TRACE'] }, 'Browsers let no script send a "TRACE" request.'],
    [{ methods: ['*'] }, '"*" has no meaning inside a list.'],
    [{ allowedHeaders: ['Cookie'] }, 'Browsers let no script set the request header "Cookie".'],
    [{ exposedHeaders: ['Set-Cookie'] }, 'Browsers let no script read the response header "Set-Cookie".'],
    [{ allowedHeaders: ['a b'] }, '"a b" can\'t be the name of a header.'],
    [{ exposedHeaders: ['a b'] }, '"a b" can\'t be the name of a header.'],
    [{ maxAge: -1 }, "-1 is no number of seconds that browsers keep a preflight's answer for."],
    [{ maxAge: '1' }, '"1" is no value for this option.'],
    [{ optionsSuccessStatus: 300 }, 'With the status 300 browsers take a granted preflight for a refused one.'],
    [{ lookupTimeout: 0 }, '0 is no deadline that a lookup could keep.'],
    [{ cache: { maxOrigins: 0 } }, '0 is no number of entries that is of use here.'],
    [{ cache: { jitter: 2 } }, '2 is no share that is of use here.'],
    [{ dangerouslyAllow: ['stateful-regexp'] }, 'The problem "stateful-regexp" can\'t be tolerated.'],
    [{ dangerouslyAllow: ['anything'] }, 'There is no problem with the code "anything".'],
    [{ logging: 'loud' }, '"loud" is no value for this option.'],
    [{ origins: [] }, 'There is no option "origins" here.'],
    [{ policies: { a: { extends: 'b' }, b: { extends: 'a' } } }, 'The policy extends itself: "a" -> "b" -> "a".'],
    [{ policies: { default: {} } }, '"default" is the name that lookups see for the module\'s own defaults.'],
    [
      { origin: '*', credentials: true },
      "In module defaults, origin is '*' while credentials are on (from credentials): browsers refuse that combination.",
    ],
    [
      { origin: 'https://a.example', exposedHeaders: '*', credentials: true },
      'In module defaults, exposedHeaders is \'*\' while credentials are on (from credentials): browsers then take it for a header named "*".',
    ],
    [
      { origin: 'http://a.example', credentials: true },
      'In module defaults, "http://a.example" is not encrypted while credentials are on (from credentials): whoever is on the network can speak in its name.',
    ],
    [
      { origin: [/^https:\/\/a\.example$/g] },
      '/^https:\\/\\/a\\.example$/g has the g or the y flag: it remembers where it stopped, and refuses every other request.',
    ],
  ])('%j', (options, message) => {
    expect(problemsOf(options).map((problem) => problem.message)).toContain(message);
  });

  it.each([
    ['graphql', 'does not start with a slash', 'Write the path as the client sees it: "/graphql".'],
    ['/a?b#c', 'has a query or fragment', 'Write "/a".'],
    ['/a#b?c', 'has a query or fragment', 'Write "/a".'],
    ['/a/*', 'has a wildcard or parameter', 'Write "/a": a path covers everything below it already.'],
    ['/a//', 'ends in a slash', 'Write "/a": a path covers everything below it already.'],
    ['/a//b/../c', 'is not in the form in which browsers send it', 'Write "/a/c".'],
  ])('of the path %j', (path, fault, hint) => {
    const found = problemsOf({ paths: [{ path, policy: {} }] });
    expect(found.map((problem) => [problem.message, problem.hint])).toEqual([[`The path "${path}" ${fault}.`, hint]]);
  });

  it('while the policy is as strict as it can be in its place', () => {
    const wrong = { origin: 7, methods: 7, allowedHeaders: 7, exposedHeaders: 7, dangerouslyAllow: 7 };
    const { fields } = catalogOf({ ...wrong, credentials: 'yes', rejectDisallowed: 'no' }).defaults;
    expect([fields.credentials.value, fields.rejectDisallowed.value]).toEqual([false, false]);
    expect(fields.origin.value.kind).toBe('none');
    const lists = [fields.methods, fields.allowedHeaders, fields.exposedHeaders, fields.dangerouslyAllow];
    expect(lists.map(({ value }) => value)).toEqual([[], [], [], []]);
    const all = catalogOf({ methods: 'all', allowedHeaders: 'all' }).defaults.fields;
    expect([all.methods.value, all.allowedHeaders.value]).toEqual([[], []]);
  });

  it('with both places where a name is taken twice', () => {
    const [problem] = problemsOf({ policies: { a: {} } }, [{ policies: { a: {} } }]);
    expect(problem).toMatchObject({
      code: 'duplicate-policy',
      path: 'forFeature[0].policies.a',
      value: 'a',
      message: 'The policy name "a" is taken already, by policies.a.',
      hint: 'Give it another name, or let it extend the other one: { extends: "a" }.',
    });
  });

  it('with the value that is meant, and where it stands', () => {
    const shown = (options: unknown) => problemsOf(options).map(({ path, value, hint }) => [path, value, hint]);
    const [unknown] = problemsOf({ lookupSeconds: 1, policies: { a: { zebra: 1 } } }).slice(-1);
    expect(unknown?.hint).toMatch(/^Remove it; the options are origin, originLookup, .*, shadow, extends\.$/);
    expect(shown({ logging: 'loud' })).toEqual([['logging', 'loud', "Write 'off', 'refusals' or 'all'."]]);
    expect(shown({ lists: { onBootFailure: 'go on' } })).toEqual([
      ['lists.onBootFailure', 'go on', "Write 'fail' or 'start-closed'."],
    ]);
    expect(problemsOf({ origin: '*', exposedHeaders: '*', credentials: true }).map(({ value }) => value)).toEqual([
      '*',
      '*',
    ]);
  });

  it.each([
    [/example\.com$/, 'can match a part of an origin, such as one that merely begins like yours.'],
    [/^https:\/\/a.example$/, 'has a dot that stands for any character, so that it allows the names of others too.'],
    [
      /^https:\/\/(?:a+)+$/,
      'has repetitions that read the same characters in many ways: an Origin header can be written that it takes seconds to refuse.',
    ],
    ['https://*.co.uk', 'allows everybody who can register a name there.'],
  ])('of what is unsafe: %s', (origin, fact) => {
    expect(problemsOf({ origin: [origin] }).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(new RegExp(`^In module defaults, .* ${fact.replaceAll('.', '\\.')}$`)),
    );
  });

  it('of decorators', () => {
    const catalog = catalogOf({});
    catalog.forHandler('Orders', 'list', [], [...corsPolicy('missing'), ...disableCors()]);
    expect(catalog.problems().map(({ code, path, message }) => [code, path, message])).toEqual([
      [
        'conflicting-decorators',
        'Orders.list',
        'More than one of @CorsPolicy() and @DisableCors() stand here, and only one can hold.',
      ],
      ['unknown-policy', 'Orders.list', 'There is no policy named "missing".'],
    ]);
  });

  it('of a cache or a list, with the figures that are of use', () => {
    const hints = (options: unknown) => problemsOf(options).map(({ path, hint }) => [path, hint]);
    expect(hints({ cache: { jitter: 2 } })).toEqual([
      ['cache.jitter', expect.stringMatching(/^Write a share from 0 to [\d.]+, or leave it out for [\d.]+\.$/)],
    ]);
    expect(hints({ cache: { maxOrigins: 0 } })).toEqual([
      [
        'cache.maxOrigins',
        expect.stringMatching(/^Write a whole number of entries from 1 to \d+, or leave it out for \d+\.$/),
      ],
    ]);
  });
});

describe('what is logged', () => {
  it.each(['off', 'refusals', 'all'])('may be %j', (logging) => {
    expect(problemsOf({ logging })).toEqual([]);
    expect(catalogOf({ logging }).logging).toBe(logging);
  });

  it('is refusals where nothing of use is written', () => {
    expect([catalogOf({}).logging, catalogOf({ logging: 'loud' }).logging]).toEqual(['refusals', 'refusals']);
  });
});

describe('an object that has one of the two methods', () => {
  it.each([
    [lookup, 0],
    [{ loadOrigins: () => [] }, 0],
    [{ isOriginAllowed: true, loadOrigins: 'all' }, 1],
  ])('can be asked for origins, and no other: %j', (originLookup, problems) => {
    expect(problemsOf({ originLookup }).length).toBe(problems);
  });
});

describe('a token of a provider', () => {
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
  ])('is a text, a symbol or a class: %p', (originLookup, problems) => {
    expect(problemsOf({ originLookup }).length).toBe(problems);
  });
});

describe('what is wrong with a lookup', () => {
  class Origins {
    isOriginAllowed(): boolean {
      return true;
    }
  }
  const { defaults } = catalogOf({ originLookup: lookup });

  it('names the token and the option', () => {
    const found = lookupNotFound('ORIGINS', defaults);
    expect(found).toMatchObject({ code: 'lookup-not-found', path: 'originLookup', value: 'ORIGINS' });
    expect(found.message).toBe('No module of the application provides ORIGINS.');
    expect(found.hint).toMatch(/^Add ORIGINS to the providers of a module that the application imports/);
    expect(lookupNotSingleton(Origins, defaults)).toMatchObject({
      code: 'lookup-not-singleton',
      path: 'originLookup',
      message: expect.stringMatching(/^Origins is request-scoped or transient/),
      hint: expect.stringMatching(/^Make Origins a singleton/),
    });
    expect(lookupWithoutMethod(Symbol('origins'), defaults)).toMatchObject({
      code: 'invalid-value',
      path: 'originLookup',
      message: 'The provider of Symbol(origins) has neither an isOriginAllowed() nor a loadOrigins() method.',
      hint: expect.stringMatching(/^Have it implement OriginLookup/),
    });
  });
});
