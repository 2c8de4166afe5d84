import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathMeantBy } from '../../lib/policy/path-faults.js';
import { catalogOf, corsPolicy, disableCors, hintsOf, problemsOf } from './catalog.js';

describe('problem of a policy name', () => {
  const policies = { partners: {}, public: { origin: '*' } };

  it('unknown name with a similar one: names the similar one', () => {
    expect(hintsOf({ policies: { ...policies, a: { extends: 'partner' } } })).toEqual([
      ['unknown-policy', 'policies.a.extends', 'Write "partners".'],
    ]);
    expect(hintsOf({ policies, paths: [{ path: '/graphql', policy: 'Public' }] })).toEqual([
      ['unknown-policy', 'paths[0].policy', 'Write "public".'],
    ]);
  });

  it('unknown name without a similar one: names all policies', () => {
    expect(hintsOf({ policies, paths: [{ path: '/graphql', policy: { extends: 'anything' } }] })).toEqual([
      ['unknown-policy', 'paths[0].policy.extends', 'Add it to `policies`, or write one of "partners", "public".'],
    ]);
  });

  it('unknown name, and no policies: says where policies are written', () => {
    expect(hintsOf({ paths: [{ path: '/graphql', policy: 'public' }] })).toEqual([
      ['unknown-policy', 'paths[0].policy', 'Add it to `policies` of CorsModule.forRoot() or CorsModule.forFeature().'],
    ]);
  });

  it('unknown name in a decorator: names class and method', () => {
    const catalog = catalogOf({ policies });
    catalog.forHandler('Orders', 'list', corsPolicy('partnes'), []);
    catalog.forHandler('Orders', 'replace', [], corsPolicy('pubic'));
    catalog.forHandler('Orders', 'remove', [], corsPolicy({ extends: 'pubic' }));
    expect(catalog.problems().map(({ code, path, hint }) => [code, path, hint])).toEqual([
      ['unknown-policy', 'Orders', 'Write "partners".'],
      ['unknown-policy', 'Orders.replace', 'Write "public".'],
      ['unknown-policy', 'Orders.remove: extends', 'Write "public".'],
    ]);
  });

  it('name that is there twice, in the module or a feature: is reported', () => {
    const features = [{ policies: { partners: {} } }, { policies: { reports: {} } }, { policies: { reports: {} } }];
    expect(hintsOf({ policies: { partners: {} } }, features)).toEqual([
      [
        'duplicate-policy',
        'forFeature[0].policies.partners',
        'Give it another name, or let it extend the other one: { extends: "partners" }.',
      ],
      [
        'duplicate-policy',
        'forFeature[2].policies.reports',
        'Give it another name, or let it extend the other one: { extends: "reports" }.',
      ],
    ]);
    expect(problemsOf({ policies: { partners: {} } }, features)[0]?.message).toBe(
      '`forFeature[0].policies.partners` must be a name that no other policy has; got "partners". The first policy of this name is policies.partners.',
    );
  });

  it('name "default": is reported, because lookups see it for the defaults', () => {
    expect(hintsOf({ policies: { default: {} } })).toEqual([
      [
        'duplicate-policy',
        'policies.default',
        'Give the policy another name, or write its fields in CorsModule.forRoot() itself.',
      ],
    ]);
  });

  it('name that is no identifier: is quoted in paths', () => {
    expect(problemsOf({ policies: { 'our partners': { maxAge: -1 } } })[0]?.path).toBe(
      'policies["our partners"].maxAge',
    );
  });
});

describe('problem of `extends`', () => {
  it('circle: is reported once, with the whole circle', () => {
    const policies = { a: { extends: 'b' }, b: { extends: 'c' }, c: { extends: 'b' }, d: { extends: 'd' } };
    expect(problemsOf({ policies }).map(({ code, path, message, hint }) => [code, path, message, hint])).toEqual(
      [
        ['policies.c.extends', 'b', '"b" -> "c" -> "b"'],
        ['policies.d.extends', 'd', '"d" -> "d"'],
      ].map(([path, name, circle]) => [
        'circular-extends',
        path,
        `\`${path}\` must be a policy that does not extend this one; got "${name}". The circle is ${circle}.`,
        'Remove one of these `extends`; a policy without one stands on its own.',
      ]),
    );
  });

  it('value that is no string: is reported', () => {
    expect(hintsOf({ policies: { a: { extends: ['b'] } } })).toEqual([
      ['invalid-value', 'policies.a.extends', "Write a policy's name."],
    ]);
  });
});

describe('problem of an unknown option', () => {
  it('similar to a known one: names the known one', () => {
    expect(hintsOf({ optionSuccessStatus: 204, exposeHeaders: 'etag', polices: {}, origins: [] })).toEqual([
      ['unknown-option', 'optionSuccessStatus', 'Write `optionsSuccessStatus`.'],
      ['unknown-option', 'exposeHeaders', 'Write `exposedHeaders`.'],
      ['unknown-option', 'polices', 'Write `policies`.'],
      ['unknown-option', 'origins', 'Write `origin`.'],
    ]);
  });

  it('similar to none: names all options', () => {
    expect(hintsOf({}, [{ policies: {}, somethingElse: 1 }])).toEqual([
      ['unknown-option', 'forFeature[0].somethingElse', 'Remove it; the options are policies.'],
    ]);
  });

  it.each([
    ['preflightContinue', /preflights are always answered here/],
    ['strictPreflight', /OPTIONS request that is not a preflight always reaches your handlers/],
    ['preflight', /preflights are always answered/],
    ['hideOptionsRoute', /no OPTIONS route is added/],
    ['cacheControl', /`maxAge`/],
    ['delegator', /@CorsPolicy\(\)/],
    ['hook', /before any hook/],
    ['logLevel', /Nest's logger/],
    ['isGlobal', /the module is global/],
    ['extends', /Write it in a policy/],
  ])('option of another package or place, such as %s: says what to do about it', (option, hint) => {
    expect(problemsOf({ [option]: true })).toMatchObject([
      { code: 'unknown-option', path: option, hint: expect.stringMatching(hint) },
    ]);
  });

  it('every place that has options: is reported', () => {
    const options = {
      policies: { a: { polices: 1 } },
      paths: [{ path: '/a', policy: { maxage: 1 }, methods: [] }],
    };
    const catalog = catalogOf(options);
    catalog.forHandler('Orders', 'list', [], corsPolicy({ methodes: 'GET' } as object));
    expect(catalog.problems().map(({ code, path }) => [code, path])).toEqual([
      ['unknown-option', 'policies.a.polices'],
      ['unknown-option', 'paths[0].methods'],
      ['unknown-option', 'paths[0].policy.maxage'],
      ['unknown-option', 'Orders.list: methodes'],
    ]);
  });

  it('value undefined: is ignored', () => {
    expect(problemsOf({ polices: undefined, policies: { a: undefined } })).toEqual([]);
  });
});

describe('problem of a `paths` entry', () => {
  const wholeBelow = 'a path covers everything below it already';

  it.each([
    ['graphql', 'Write the path as the client sees it: "/graphql".'],
    ['', 'Write the path as the client sees it: "/graphql".'],
    ['orders', 'Write the path as the client sees it: "/orders".'],
    ['orders/:id?', 'Write the path as the client sees it: "/orders".'],
    ['https://api.example.com/orders/', 'Write the path as the client sees it: "/orders".'],
    ['^/orders$', 'Write the path as the client sees it: "/orders".'],
    ['/files/img*', `Write "/files": ${wholeBelow}.`],
    ['/(.*)', `Write "/": ${wholeBelow}.`],
    ['/a b/:id', `Write "/a%20b": ${wholeBelow}.`],
    ['/graphql?query', 'Write "/graphql".'],
    ['/graphql#top', 'Write "/graphql".'],
    ['/graphql/*', `Write "/graphql": ${wholeBelow}.`],
    ['/users/:id', `Write "/users": ${wholeBelow}.`],
    ['/files{/*rest}', `Write "/files": ${wholeBelow}.`],
    ['/graphql/', `Write "/graphql": ${wholeBelow}.`],
    ['//', `Write "/": ${wholeBelow}.`],
    ['/a//b', 'Write "/a/b".'],
    ['/a/../b', 'Write "/b".'],
    ['/grüße', 'Write "/gr%C3%BC%C3%9Fe".'],
    ['/a b', 'Write "/a%20b".'],
    ['/a;b', `Write "/": ${wholeBelow}.`],
    ['/x/a%5Cb/c', `Write "/x": ${wholeBelow}.`],
    ['/x/a%3Bb', `Write "/x": ${wholeBelow}.`],
    ['/x/a%2562', `Write "/x": ${wholeBelow}.`],
    ['/x/y%2F..%2Fz', `Write "/x": ${wholeBelow}.`],
    ['/x/%2Fy', `Write "/x": ${wholeBelow}.`],
  ])('path %j: is reported', (path, hint) => {
    expect(hintsOf({ paths: [{ path, policy: {} }] })).toEqual([['invalid-path', 'paths[0].path', hint]]);
  });

  it.each(['/a%2Fb', '/100%25', '/%C3%A9', '/a%2eb', '/a+b', '/~u', '/a=b&c'])(
    'path with one reading: is accepted: %s',
    (path) => {
      expect(problemsOf({ paths: [{ path, policy: {} }] })).toEqual([]);
    },
  );

  it('path that is there twice: is reported', () => {
    const paths = ['/a', '/b', '/a'].map((path) => ({ path, policy: {} }));
    expect(hintsOf({ paths })).toEqual([['invalid-path', 'paths[2].path', 'Merge the two entries into one.']]);
  });

  it('path that is no string, or an entry without policy: is reported', () => {
    expect(hintsOf({ paths: [{ policy: {} }, { path: '/a' }, '/b'] })).toEqual([
      ['invalid-value', 'paths[0].path', 'Write a path, such as "/graphql".'],
      ['invalid-value', 'paths[1].policy', "Write a policy's name, or its fields."],
      ['invalid-value', 'paths[2]', "Write { path: '/b', policy: 'public' }."],
    ]);
    const others = [/^\/orders\/.*$/, ['/orders', '/carts'], new URL('https://a.example/orders/'), [7], 7];
    const hints = others.map((path) => hintsOf({ paths: [{ path, policy: {} }] })[0]?.[2]);
    const orders = 'Write a path, such as "/orders".';
    const any = 'Write a path, such as "/graphql".';
    expect(hints).toEqual([orders, orders, orders, any, any]);
    expect(hintsOf({ policies: { open: {} }, paths: ['orders/*'] })).toEqual([
      ['invalid-value', 'paths[0]', "Write { path: '/orders', policy: 'open' }."],
    ]);
    expect(hintsOf({ paths: { '/orders': 'public' } })).toEqual([
      ['invalid-value', 'paths', "Write a list: [{ path: '/orders', policy: 'public' }]."],
    ]);
  });

  it('unusable path: its policy is checked in the same error', () => {
    const paths = [
      { path: 'orders', policy: 'opne' },
      { path: 7, policy: { extends: 'none' } },
      { path: '/a', policy: {} },
      { path: '/a', policy: { origin: '*', credentials: true, maxage: 1 } },
    ];
    const catalog = catalogOf({ policies: { open: {} }, paths });
    expect(catalog.problems().map(({ code, path }) => `${code} ${path}`)).toEqual([
      'invalid-path paths[0].path',
      'unknown-policy paths[0].policy',
      'invalid-value paths[1].path',
      'unknown-policy paths[1].policy.extends',
      'invalid-path paths[3].path',
      'unknown-option paths[3].policy.maxage',
      'wildcard-with-credentials paths[3].policy.origin',
    ]);
    expect(catalog.paths.map(({ path }) => path)).toEqual(['/a']);
  });

  it('path that a hint gives: is accepted, whatever was written', () => {
    const written = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'/a:*{}()?#.%~^$ \\é'), maxLength: 20 }),
      fc.webUrl(),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(written, (path) => {
        expect(problemsOf({ paths: [{ path: pathMeantBy(path), policy: {} }] })).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('entry with a policy, or external: is accepted', () => {
    const paths = [
      { path: '/a', external: true },
      { path: '/b', external: false, policy: {} },
      { path: '/c', external: true, policy: undefined },
      { path: '/d', external: undefined, policy: {} },
    ];
    const catalog = catalogOf({ origin: '*', rejectDisallowed: true, paths });
    expect(catalog.problems()).toEqual([]);
    expect(catalog.paths.map(({ policy }) => [policy.label, policy.external])).toEqual([
      ['path "/a" (external)', true],
      ['path "/b"', undefined],
      ['path "/c" (external)', true],
      ['path "/d"', undefined],
    ]);
    const [external] = catalog.paths;
    expect(external?.policy.fields).toMatchObject({
      origin: { value: { kind: 'none' }, definedBy: { kind: 'path', path: '/a' } },
      rejectDisallowed: { value: false, definedBy: { kind: 'library' } },
    });
  });

  it('entry with both or neither: is reported', () => {
    const paths = [
      { path: '/a', external: true, policy: 'public' },
      { path: '/b', external: false },
      { path: '/c', external: 'yes', policy: {} },
      { path: '/d', external: null },
      { external: true },
    ];
    expect(hintsOf({ policies: { public: {} }, paths })).toEqual([
      ['invalid-value', 'paths[0].policy', 'Remove `policy`, or remove `external` to have the policy applied here.'],
      ['invalid-value', 'paths[1].policy', "Write a policy's name, or its fields."],
      ['invalid-value', 'paths[2].external', 'Write true, or leave it out and write a `policy`.'],
      ['invalid-value', 'paths[3].external', 'Write true, or leave it out and write a `policy`.'],
      ['invalid-value', 'paths[4].path', 'Write a path, such as "/graphql".'],
    ]);
  });

  it('`graphql: true`: takes the place of a path', () => {
    const paths = [
      { graphql: true, policy: { origin: '*' } },
      { path: '/b', graphql: false, policy: {} },
      { path: '/c', graphql: undefined, policy: {} },
    ];
    const catalog = catalogOf({ paths });
    expect(catalog.problems()).toEqual([]);
    expect(catalog.paths.map(({ path, at }) => [path, at])).toEqual([
      ['/b', 'paths[1]'],
      ['/c', 'paths[2]'],
    ]);
    expect(catalog.graphql).toMatchObject({
      at: 'paths[0]',
      policy: { label: 'graphql endpoints', fields: { origin: { definedBy: { kind: 'graphql' } } } },
    });
    expect(catalogOf({ paths: [{ graphql: true, external: true }] }).graphql?.policy).toMatchObject({
      label: 'graphql endpoints (external)',
      external: true,
    });
  });

  it('`graphql: true` with a path, or twice: is reported', () => {
    const paths = [
      { graphql: true, policy: { maxage: 1 } },
      { graphql: true, policy: { maxage: 1 } },
      { graphql: true, path: '/graphql', policy: {} },
      { graphql: 'yes', policy: {} },
    ];
    const catalog = catalogOf({ paths });
    expect(catalog.problems().map(({ code, path, hint }) => [code, path, hint])).toEqual([
      ['unknown-option', 'paths[0].policy.maxage', 'Write `maxAge`.'],
      [
        'invalid-value',
        'paths[1].graphql',
        "Write an entry with the endpoint's `path` where one endpoint differs from the others.",
      ],
      ['unknown-option', 'paths[1].policy.maxage', 'Write `maxAge`.'],
      ['invalid-value', 'paths[2].path', 'Remove `path`, or remove `graphql` to name one path.'],
      ['invalid-value', 'paths[3].graphql', 'Write true, or leave it out and write a `path`.'],
    ]);
    expect(catalog.graphql?.at).toBe('paths[0]');
  });

  it.each(['/', '/graphql', '/graphql/ws', '/.well-known/x', '/%C3%BC', '/a:b'])('path %s: is accepted', (path) => {
    const catalog = catalogOf({ paths: [{ path, policy: {} }] });
    expect(catalog.problems()).toEqual([]);
    expect(catalog.paths.map((entry) => entry.path)).toEqual([path]);
  });
});

describe('problem of a decorator', () => {
  it('decorators of one target that contradict each other: are reported', () => {
    const catalog = catalogOf({ policies: { a: {} } });
    const hint = 'Write one @CorsPolicy() with all the fields, or @DisableCors() alone.';
    catalog.forHandler('Orders', 'list', [...corsPolicy('a'), ...disableCors()], []);
    catalog.forHandler('Orders', 'replace', [], [...corsPolicy('a'), ...corsPolicy({ maxAge: 1 })]);
    expect(catalog.problems().map((problem) => [problem.code, problem.path, problem.hint])).toEqual([
      ['conflicting-decorators', 'Orders', hint],
      ['conflicting-decorators', 'Orders.replace', hint],
    ]);
  });

  it('class with many handlers: is reported once', () => {
    const catalog = catalogOf({});
    const onClass = corsPolicy({ maxAge: -1 });
    for (const method of ['list', 'replace', 'remove']) {
      catalog.forHandler('Orders', method, onClass, []);
      catalog.forHandler('Orders', method, onClass, corsPolicy({ credentials: false }));
    }
    expect(catalog.problems().map(({ path }) => path)).toEqual(['Orders: maxAge']);
  });

  it('class whose every method has a policy: is reported for what it says, not for what never applies', () => {
    const catalog = catalogOf({ credentials: true });
    catalog.forHandler('Orders', 'list', corsPolicy({ origin: '*' }), corsPolicy({ credentials: false }));
    expect(catalog.problems()).toEqual([]);
    catalog.forHandler('Orders', 'replace', corsPolicy({ origin: '*' }), []);
    expect(catalog.problems().map(({ code, path }) => [code, path])).toEqual([
      ['wildcard-with-credentials', 'Orders: origin'],
    ]);
  });
});

describe('options of the wrong type from JavaScript', () => {
  it.each([null, undefined, 7, 'all', true, [], () => ({})])('options %p: are reported', (options) => {
    expect(hintsOf(options)).toEqual([['invalid-value', 'options', 'Write an object of options.']]);
  });

  it('policies, paths or features that are no object or list: are reported', () => {
    const policyHint = 'Write { public: { … } }, with the fields of each policy below its name.';
    expect(hintsOf({ policies: null, paths: {} }, 'all')).toEqual([
      ['invalid-value', 'policies', policyHint],
      ['invalid-value', 'forFeature', 'Write a list.'],
      ['invalid-value', 'paths', "Write a list: [{ path: '/graphql', policy: 'public' }]."],
    ]);
    expect(hintsOf({}, [null, {}, { policies: [] }])).toEqual([
      ['invalid-value', 'forFeature[0]', 'Write { policies: { … } }.'],
      ['invalid-value', 'forFeature[1].policies', policyHint],
      ['invalid-value', 'forFeature[2].policies', policyHint],
    ]);
  });

  it('policy that is no object: is reported', () => {
    expect(hintsOf({ policies: { a: 'b', b: 7, c: null } })).toEqual([
      ['invalid-value', 'policies.a', 'Write { extends: "b" }.'],
      ['invalid-value', 'policies.b', 'Write an object of fields.'],
      ['invalid-value', 'policies.c', 'Write an object of fields.'],
    ]);
  });

  it('any value: throws nothing, and allows no more than was written', () => {
    const names = ['origin', 'originLookup', 'methods', 'allowedHeaders', 'exposedHeaders', 'credentials', 'maxAge'];
    const more = ['optionsSuccessStatus', 'rejectDisallowed', 'tenant', 'dangerouslyAllow', 'extends', '__proto__'];
    const key = fc.constantFrom(...names, ...more, 'policies', 'paths', 'path', 'policy', 'a', 'b');
    const garbage = fc.anything({ key, withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(garbage, garbage, garbage, (options, features, definition) => {
        const catalog = catalogOf(options, features);
        catalog.forHandler('A', 'a', corsPolicy(definition as object), corsPolicy(definition as object));
        expect(['none', 'any', 'list']).toContain(catalog.defaults.fields.origin.value.kind);
        expect(
          catalog
            .problems()
            .filter(
              ({ message, hint }) => !/^`[^]+` must be [^]+; got [^]+\.$/.test(message) || !/^[^]+\.$/.test(hint),
            ),
        ).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('chain of policies of any length: is accepted', () => {
    const policies = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`p${index}`, { extends: `p${index + 1}` }]),
    );
    const catalog = catalogOf({ policies: { ...policies, p20000: { maxAge: 7 } } });
    expect(catalog.problems()).toEqual([]);
    expect(catalog.forHandler('A', 'a', [], corsPolicy('p0')).fields.maxAge.value).toBe(7);
  });
});
