import { describe, expect, it, jest } from '@jest/globals';
import type { CorsPolicyOptions, OriginLookup } from '../../lib/options/index.js';
import { type CompiledPolicy, compilePolicy } from '../../lib/policy/compiled-policy.js';
import type { BindResponder, OriginResponder } from '../../lib/policy/origin-responder.js';
import { catalogOf } from './catalog.js';

const lookup: OriginLookup = { isOriginAllowed: () => true };
const responder: OriginResponder = { lookUp: () => 'refused', cached: () => undefined };
const bind = jest.fn<BindResponder>(() => responder);

function compiled(options: CorsPolicyOptions): CompiledPolicy {
  const catalog = catalogOf(options);
  expect(catalog.problems()).toEqual([]);
  return compilePolicy(catalog.defaults, (option) => (option === 'LOOKUP' ? lookup : (option as OriginLookup)), bind);
}

describe('compilePolicy', () => {
  it('simple fields: are carried over', () => {
    const tenant = () => 'acme';
    const policy = compiled({ credentials: true, optionsSuccessStatus: 200, rejectDisallowed: true, tenant });
    expect(policy).toMatchObject({
      label: 'module defaults',
      name: 'default',
      credentials: true,
      optionsSuccessStatus: 200,
      rejectDisallowed: true,
      tenant,
    });
  });

  it('external path: has nothing that could be applied', () => {
    const [entry] = catalogOf({ origin: '*', credentials: true, paths: [{ path: '/a', external: true }] }).paths;
    const external = compilePolicy(entry!.policy, () => lookup, bind);
    expect(external).toMatchObject({ external: true, origin: { kind: 'none' }, lookup: undefined, credentials: false });
    expect([external.dependsOnOrigin, external.shadow, compiled({}).external]).toEqual([false, undefined, false]);
  });

  it.each([
    ['none without an origin', {}, 'none'],
    ['none for false', { origin: false }, 'none'],
    ['none for an empty list', { origin: [] }, 'none'],
    ['any for the wildcard', { origin: '*' }, 'any'],
    ['a list for one origin', { origin: 'https://a.example' }, 'list'],
    ['a list for one expression', { origin: /^https:\/\/a\.example$/ }, 'list'],
    ['a predicate for a function', { origin: () => true }, 'predicate'],
  ] as const)('each form of origin: allows %s', (_, options, kind) => {
    expect(compiled(options).origin.kind).toBe(kind);
  });

  it('list of each kind of entry: allows exactly what it holds', () => {
    const { origin } = compiled({ origin: ['https://a.example', 'https://*.b.example', /^https:\/\/c\.example$/] });
    const allowed = (text: string) => origin.kind === 'list' && origin.matcher.allows(text);
    expect(['https://a.example', 'https://x.b.example', 'https://c.example'].map(allowed)).toEqual([true, true, true]);
    expect(['https://x.a.example', 'https://b.example', 'null'].map(allowed)).toEqual([false, false, false]);
  });

  it('origin function: is the predicate', () => {
    const predicate = () => true;
    expect(compiled({ origin: predicate }).origin).toEqual({ kind: 'predicate', predicate });
  });

  it('no lookup: resolves none', () => {
    const resolve = () => {
      throw new Error('nobody named a lookup');
    };
    expect(compilePolicy(catalogOf({ origin: 'https://a.example' }).defaults, resolve, bind).lookup).toBeUndefined();
  });

  it('lookup: is resolved, unless every origin is allowed anyway', () => {
    expect(compiled({ originLookup: 'LOOKUP' }).lookup).toBe(lookup);
    expect(compiled({ originLookup: lookup }).lookup).toBe(lookup);
    expect(compiled({ origin: 'https://a.example' }).lookup).toBeUndefined();
    expect(compiled({ origin: '*', originLookup: 'LOOKUP' }).lookup).toBeUndefined();
  });

  it('lookup and origin function: are bound to their responders', () => {
    const predicate = () => true;
    bind.mockClear();
    expect(compiled({ origin: predicate, originLookup: lookup }).responders).toEqual({
      lookup: responder,
      origin: responder,
    });
    const named = { name: 'default', label: 'module defaults' };
    expect(bind.mock.calls).toEqual([
      [lookup, named],
      [predicate, named],
    ]);
    expect(compiled({ origin: '*', originLookup: lookup }).responders).toEqual({});
  });

  it.each([
    ['no methods are restricted', {}, undefined],
    ['no methods are restricted by a star', { methods: '*' }, undefined],
    ['methods are a list', { methods: ['GET', 'PUT'] }, ['GET', 'PUT']],
    ['methods are a text', { methods: 'GET, PUT,' }, ['GET', 'PUT']],
    ['there are none', { methods: [] }, []],
  ])('methods: %s', (_, options, methods) => {
    expect(compiled(options).methods).toEqual(methods && new Set(methods));
  });

  it.each([
    ['whatever is asked for by default', {}, 'any'],
    ['whatever is asked for by a star', { allowedHeaders: '*' }, 'any'],
    [
      'the headers of a list',
      { allowedHeaders: ['Content-Type', 'content-type', 'If-Match'] },
      ['content-type', 'if-match'],
    ],
    ['the headers of a text', { allowedHeaders: 'Content-Type,If-Match' }, ['content-type', 'if-match']],
    ['no header', { allowedHeaders: '' }, []],
    ['whatever is asked for by a star in a list', { allowedHeaders: ['*'] }, 'any'],
    ['nothing more by names that the star covers', { allowedHeaders: 'Content-Type, *' }, 'any'],
    [
      'the headers that steer routing and stand beside a star',
      { allowedHeaders: ['X-Forwarded-Host', 'if-match', '*', 'x-forwarded-host'] },
      ['*', 'x-forwarded-host'],
    ],
  ])('allowedHeaders: permits %s', (_, options, headers) => {
    expect(compiled(options).allowedHeaders).toEqual(typeof headers === 'string' ? headers : new Set(headers));
  });

  it.each([
    ['nothing by default', {}, { kind: 'none' }],
    ['nothing for an empty list', { exposedHeaders: [] }, { kind: 'none' }],
    ['everything for a star', { exposedHeaders: '*' }, { kind: 'constant', value: '*' }],
    ['what the response has', { exposedHeaders: 'all' }, { kind: 'all' }],
    ['each header once', { exposedHeaders: ['ETag', 'X-Total', 'etag'] }, { kind: 'constant', value: 'ETag,X-Total' }],
    ['the headers of a text', { exposedHeaders: 'etag, x-total' }, { kind: 'constant', value: 'etag,x-total' }],
  ])('exposedHeaders: exposes %s', (_, options, headers) => {
    expect(compiled(options).exposedHeaders).toEqual(headers);
  });

  it('maxAge, zero included: is written as Access-Control-Max-Age', () => {
    expect(compiled({}).maxAge).toBeUndefined();
    expect(compiled({ maxAge: 0 }).maxAge).toBe('0');
    expect(compiled({ maxAge: 600 }).maxAge).toBe('600');
  });

  it.each([
    [{}, false],
    [{ rejectDisallowed: true }, true],
    [{ originLookup: lookup }, true],
    [{ origin: '*' }, false],
    [{ origin: '*', methods: ['GET'] }, false],
    [{ origin: '*', methods: ['GET'], rejectDisallowed: true }, true],
    [{ origin: '*', rejectDisallowed: true, originLookup: lookup }, false],
    [{ origin: 'https://a.example' }, true],
    [{ origin: () => true }, true],
  ] as const)('%p: whether responses differ by origin is %p', (options, depends) => {
    expect(compiled(options).dependsOnOrigin).toBe(depends);
  });
});
