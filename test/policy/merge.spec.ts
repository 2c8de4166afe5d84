import { describe, expect, it } from '@jest/globals';
import { LIBRARY_POLICY } from '../../lib/policy/merge.js';
import { catalogOf, corsPolicy, disableCors } from './catalog.js';

const lookup = { isOriginAllowed: () => true };
const A = { origin: 'https://a.example', credentials: true, maxAge: 1, rejectDisallowed: true };

function originsOf({ fields }: { readonly fields: typeof LIBRARY_POLICY.fields }): unknown {
  const { value } = fields.origin;
  return value.kind === 'list' ? value.values : value.kind;
}

describe('the defaults', () => {
  it('no options: are those of the documentation', () => {
    const { label, name, fields } = catalogOf({}).defaults;
    expect([label, name]).toEqual(['module defaults', 'default']);
    expect(Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value]))).toEqual({
      origin: { kind: 'none' },
      originLookup: undefined,
      methods: undefined,
      allowedHeaders: '*',
      exposedHeaders: [],
      credentials: false,
      maxAge: undefined,
      optionsSuccessStatus: 204,
      rejectDisallowed: false,
      tenant: undefined,
      dangerouslyAllow: [],
    });
    expect(fields.maxAge.definedBy).toEqual({ kind: 'library' });
    expect(catalogOf({}).lookups.timeout).toBe(2000);
    expect(catalogOf({ lookupTimeout: 50 }).lookups.timeout).toBe(50);
  });
});

describe('a level', () => {
  it('fields: replace those below, and the others stay', () => {
    const catalog = catalogOf({ ...A, methods: ['GET'] });
    const policy = catalog.forHandler(
      'Orders',
      'replace',
      corsPolicy({ maxAge: 2, methods: ['PUT'] }),
      corsPolicy({ maxAge: 3 }),
    );
    expect(policy.label).toBe('Orders.replace');
    expect(policy.fields.maxAge).toEqual({
      value: 3,
      definedBy: { kind: 'handler', className: 'Orders', methodName: 'replace' },
      path: 'Orders.replace: maxAge',
    });
    expect(policy.fields.methods).toEqual({
      value: ['PUT'],
      definedBy: { kind: 'controller', className: 'Orders' },
      path: 'Orders: methods',
    });
    expect(policy.fields.credentials).toEqual({ value: true, definedBy: { kind: 'module' }, path: 'credentials' });
    expect(originsOf(policy)).toEqual(['https://a.example']);
  });

  it('undefined, false, 0 and empty lists: undefined is unset, the others are values', () => {
    const unset = { origin: undefined, credentials: undefined, maxAge: undefined, methods: undefined };
    const values = { origin: [], credentials: false, maxAge: 0, methods: [] } as const;
    const catalog = catalogOf({ ...A, methods: ['GET'] });
    const inherited = catalog.forHandler('Orders', 'list', [], corsPolicy(unset)).fields;
    const replaced = catalog.forHandler('Orders', 'list', [], corsPolicy(values)).fields;
    expect([inherited.credentials.value, inherited.maxAge.value, inherited.methods.value]).toEqual([true, 1, ['GET']]);
    expect(inherited.origin.value.kind).toBe('list');
    expect([replaced.credentials.value, replaced.maxAge.value, replaced.methods.value]).toEqual([false, 0, []]);
    expect(replaced.origin.value).toEqual({ kind: 'none', isEmptyList: true });
  });

  it('origin or originLookup: replaces both', () => {
    const catalog = catalogOf({ origin: 'https://a.example', originLookup: lookup });
    const byOrigin = catalog.forHandler('Orders', 'list', [], corsPolicy({ origin: false }));
    const byLookup = catalog.forHandler('Orders', 'list', [], corsPolicy({ originLookup: 'LOOKUP' }));
    const byNeither = catalog.forHandler('Orders', 'list', [], corsPolicy({ maxAge: 1 }));
    expect([originsOf(byOrigin), byOrigin.fields.originLookup.value]).toEqual(['none', undefined]);
    expect([originsOf(byLookup), byLookup.fields.originLookup.value]).toEqual(['none', 'LOOKUP']);
    expect([originsOf(byNeither), byNeither.fields.originLookup.value]).toEqual([['https://a.example'], lookup]);
    expect(byOrigin.fields.originLookup.path).toBe('Orders.list: originLookup');
    expect(byLookup.fields.origin.path).toBe('Orders.list: origin');
  });
});

describe('a named policy', () => {
  const policies = {
    partners: { origin: 'https://partner.example', maxAge: 600 },
    reports: { extends: 'partners', maxAge: 60 },
    plain: {},
  };
  const catalog = catalogOf({ ...A, policies });

  it("without `extends`: does not take the module's defaults", () => {
    const policy = catalog.forHandler('Orders', 'list', corsPolicy('partners'), []);
    expect([policy.label, policy.name]).toEqual(['policy "partners"', 'partners']);
    expect(policy.fields.credentials).toMatchObject({ value: false, definedBy: { kind: 'library' } });
    expect(policy.fields.maxAge).toEqual({
      value: 600,
      definedBy: { kind: 'named', name: 'partners' },
      path: 'policies.partners.maxAge',
    });
  });

  it('with `extends`: starts from that policy, and lookups see the name of the one that defines the origins', () => {
    const policy = catalog.forHandler('Orders', 'list', [], corsPolicy('reports'));
    expect([policy.label, policy.name]).toEqual(['policy "reports"', 'partners']);
    expect(originsOf(policy)).toEqual(['https://partner.example']);
    expect(policy.fields.maxAge.value).toBe(60);
    expect(catalog.forHandler('Orders', 'list', [], corsPolicy('plain')).name).toBe('default');
  });

  it('several handlers: share one object', () => {
    expect(catalog.forHandler('Orders', 'list', corsPolicy('partners'), [])).toBe(
      catalog.forHandler('Users', 'list', [], corsPolicy('partners')),
    );
  });

  it('decorator that extends it: starts from its fields', () => {
    const policy = catalog.forHandler('Orders', 'list', [], corsPolicy({ extends: 'partners', maxAge: 60 }));
    expect([policy.label, policy.name, policy.fields.maxAge.value]).toEqual(['Orders.list', 'partners', 60]);
    expect(originsOf(policy)).toEqual(['https://partner.example']);
  });

  it("on a handler or on a controller: replaces the controller's fields, or is overridden by the handler's", () => {
    const onClass = corsPolicy({ maxAge: 7, methods: ['GET'] });
    for (const definition of ['plain', { extends: 'plain' }]) {
      const { fields } = catalog.forHandler('Orders', 'list', onClass, corsPolicy(definition));
      expect([fields.maxAge.value, fields.methods.value]).toEqual([undefined, undefined]);
    }
    const policy = catalog.forHandler('Orders', 'list', corsPolicy('partners'), corsPolicy({ methods: ['GET'] }));
    expect([policy.name, policy.fields.maxAge.value, policy.fields.methods.value]).toEqual(['partners', 600, ['GET']]);
  });

  it('nearer level with a lookup of its own: lookups no longer see its name', () => {
    const policy = catalog.forHandler('Orders', 'list', corsPolicy('partners'), corsPolicy({ originLookup: lookup }));
    expect(policy.name).toBe('default');
  });

  it('feature: may define it, and policies extend each other across modules', () => {
    const features = [{ policies: { mobile: { extends: 'web', maxAge: 5 } } }, { policies: { web: { origin: '*' } } }];
    const shared = catalogOf({ policies: { tablet: { extends: 'mobile' } } }, features);
    expect(shared.problems()).toEqual([]);
    const policy = shared.forHandler('Orders', 'list', [], corsPolicy('tablet'));
    expect([policy.fields.origin.value.kind, policy.fields.maxAge.value, policy.name]).toEqual(['any', 5, 'web']);
    expect(policy.fields.maxAge.path).toBe('forFeature[0].policies.mobile.maxAge');
  });
});

describe('@DisableCors()', () => {
  const catalog = catalogOf({ ...A, originLookup: lookup });

  it('class or method: allows no origin, calls no lookup, and leaves the other fields', () => {
    const onClass = catalog.forHandler('Orders', 'list', disableCors(), []);
    const onMethod = catalog.forHandler('Orders', 'remove', corsPolicy({ maxAge: 7 }), disableCors());
    expect([onClass.label, onMethod.label]).toEqual(['Orders', 'Orders.remove']);
    for (const { fields } of [onClass, onMethod]) {
      expect([fields.origin.value, fields.originLookup.value]).toEqual([{ kind: 'none' }, undefined]);
      expect(fields.rejectDisallowed.value).toBe(true);
    }
    expect(onMethod.fields.maxAge.value).toBe(7);
    expect(onMethod.fields.origin).toMatchObject({
      definedBy: { kind: 'handler', className: 'Orders', methodName: 'remove' },
      path: 'Orders.remove: @DisableCors()',
    });
    expect(onMethod.fields.originLookup).toEqual({ ...onMethod.fields.origin, value: undefined });
  });

  it("class, and a policy on its method: the method starts from the module's defaults", () => {
    const policy = catalog.forHandler('Orders', 'list', disableCors(), corsPolicy({ maxAge: 9 }));
    expect(originsOf(policy)).toEqual(['https://a.example']);
    expect([policy.fields.originLookup.value, policy.fields.maxAge.value]).toEqual([lookup, 9]);
  });

  it('class and its method: allows no origin either', () => {
    expect(originsOf(catalog.forHandler('Orders', 'list', disableCors(), disableCors()))).toBe('none');
  });
});

describe('a paths entry', () => {
  it("fields or a name: override the module's defaults, or take the named policy as it is", () => {
    const { paths } = catalogOf({
      ...A,
      policies: { public: { origin: '*', credentials: false } },
      paths: [
        { path: '/graphql', policy: 'public' },
        { path: '/files', policy: { maxAge: 5 } },
        { path: '/feed', policy: { extends: 'public', maxAge: 6 } },
      ],
    });
    expect(
      paths.map(({ path, policy }) => [path, policy.label, policy.fields.maxAge.value, originsOf(policy)]),
    ).toEqual([
      ['/graphql', 'policy "public"', undefined, 'any'],
      ['/files', 'path "/files"', 5, ['https://a.example']],
      ['/feed', 'path "/feed"', 6, 'any'],
    ]);
    expect(paths[1]?.policy.fields.maxAge).toEqual({
      value: 5,
      definedBy: { kind: 'path', path: '/files' },
      path: 'paths[1].policy.maxAge',
    });
  });
});

describe('handlers', () => {
  const catalog = catalogOf(A);

  it('no decorators: share the defaults', () => {
    expect(catalog.forHandler('Orders', 'list', [], [])).toBe(catalog.defaults);
    expect(catalog.forHandler('Users', 'list', [], [])).toBe(catalog.defaults);
  });

  it('decorators of the class alone: share one policy', () => {
    const onClass = corsPolicy({ maxAge: 2 });
    const policy = catalog.forHandler('Orders', 'list', onClass, []);
    expect(policy.label).toBe('Orders');
    expect(catalog.forHandler('Orders', 'replace', onClass, [])).toBe(policy);
  });

  it('one inherited function: has one policy under each class', () => {
    const onMethod = corsPolicy({ maxAge: 3 });
    const [web, app] = [corsPolicy({ credentials: false }), corsPolicy({ credentials: true })];
    const policies = [web, app].map((onClass) => catalog.forHandler('Orders', 'list', onClass, onMethod));
    expect(policies.map(({ fields }) => fields.credentials.value)).toEqual([false, true]);
    expect(catalog.forHandler('Orders', 'list', web, onMethod)).toBe(policies[0]);
    expect(catalog.forHandler('Orders', 'list', [], onMethod)).toBe(catalog.forHandler('Orders', 'list', [], onMethod));
  });
});
