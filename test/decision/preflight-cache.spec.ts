import { describe, expect, it } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { type CachedMethod, preflightLifetime } from '../../lib/decision/preflight-cache.js';
import { listOf, policy } from './policies.js';

const A = 'https://a.example';
const B = 'https://b.example';

function at(
  method: string,
  fields: Partial<CompiledPolicy> = {},
  tenant: () => unknown = () => undefined,
): CachedMethod {
  return {
    method,
    policy: policy({ origin: listOf(A), maxAge: '600', label: `policy of ${method}`, ...fields }),
    tenant,
  };
}

const lookup = { isOriginAllowed: () => true };
const predicate = () => true;

describe('preflights › methods of one URL', () => {
  it.each<[difference: string, put: CachedMethod, post: CachedMethod, field: string]>([
    ['another origin', at('PUT'), at('POST', { origin: listOf(B) }), 'origin'],
    ['one more origin', at('PUT', { origin: listOf(A, B) }), at('POST'), 'origin'],
    ['no origin', at('PUT'), at('POST', { origin: { kind: 'none' } }), 'origin'],
    [
      'another function',
      at('PUT', { origin: { kind: 'predicate', predicate } }),
      at('POST', { origin: { kind: 'predicate', predicate: () => true } }),
      'origin',
    ],
    ['another lookup', at('PUT', { lookup }), at('POST', { lookup: { ...lookup } }), 'originLookup'],
    [
      'a lookup that sees another policy name',
      at('PUT', { lookup, name: 'a' }),
      at('POST', { lookup, name: 'b' }),
      'originLookup',
    ],
    [
      'a lookup that is asked about nonstandard origins',
      at('PUT', { lookup, asksNonstandard: true }),
      at('POST', { lookup }),
      'dangerouslyAllow',
    ],
    [
      'a lookup that is not asked about nonstandard origins',
      at('PUT', { lookup }),
      at('POST', { lookup, asksNonstandard: true }),
      'dangerouslyAllow',
    ],
    ['other headers', at('PUT'), at('POST', { allowedHeaders: new Set(['x-a']) }), 'allowedHeaders'],
    [
      'fewer headers',
      at('PUT', { allowedHeaders: new Set(['x-a', 'x-b']) }),
      at('POST', { allowedHeaders: new Set(['x-a']) }),
      'allowedHeaders',
    ],
    ['no credentials', at('PUT', { credentials: true }), at('POST'), 'credentials'],
    [
      'a method that is left out',
      at('PUT', { methods: new Set(['PUT']) }),
      at('POST', { methods: new Set(['PUT']) }),
      'methods',
    ],
    [
      'a HEAD that is left out',
      at('PUT', { methods: new Set(['PUT']) }),
      at('HEAD', { methods: new Set(['PUT']) }),
      'methods',
    ],
    ['another tenant', at('PUT', { lookup }, () => 'a'), at('POST', { lookup }, () => 'b'), 'tenant'],
    ['a tenant that fails', at('PUT', { lookup }, () => ({})), at('POST', { lookup }, () => ({})), 'tenant'],
    ['an external path', at('PUT'), at('POST', { external: true }), 'paths'],
  ])('policies that differ in what preflights depend on: are not to be cached: %s', (_difference, put, post, field) => {
    expect(preflightLifetime(put, [post])).toEqual({
      maxAge: '0',
      obstacle: { method: post.method, field, policy: `policy of ${post.method}` },
    });
  });

  it.each<[likeness: string, put: CachedMethod, other: CachedMethod]>([
    ['what responses expose', at('PUT'), at('POST', { exposedHeaders: { kind: 'all' } })],
    ['what happens to refused requests', at('PUT'), at('POST', { rejectDisallowed: true })],
    ['the status of a preflight', at('PUT'), at('POST', { optionsSuccessStatus: 200 })],
    [
      'the order in which origins are written',
      at('PUT', { origin: listOf(A, B) }),
      at('POST', { origin: listOf(B, A, A) }),
    ],
    ['nothing, by an equal expression', at('PUT', { origin: expression() }), at('POST', { origin: expression() })],
    [
      'nothing, by the same function',
      at('PUT', { origin: { kind: 'predicate', predicate } }),
      at('POST', { origin: { kind: 'predicate', predicate } }),
    ],
    [
      'the order of headers',
      at('PUT', { allowedHeaders: new Set(['x-a', 'x-b']) }),
      at('POST', { allowedHeaders: new Set(['x-b', 'x-a']) }),
    ],
    ['their name, which no application code sees', at('PUT', { name: 'a' }), at('POST', { name: 'b' })],
    ['a tenant that nobody is asked for', at('PUT', {}, () => 'a'), at('POST', {}, () => 'b')],
    ['nothing, by the same tenant', at('PUT', { lookup }, () => 'a'), at('POST', { lookup }, () => 'a')],
    [
      'a method that browsers ask for, and that gets no grant',
      at('PUT', { methods: new Set(['PUT']) }),
      at('PATCH', { methods: new Set(['PUT']), credentials: true }),
    ],
    [
      'HEAD, which comes with GET',
      at('PUT', { methods: new Set(['PUT', 'GET']) }),
      at('HEAD', { methods: new Set(['PUT', 'GET']) }),
    ],
  ])('policies that differ in nothing that preflights depend on: keep their maxAge: %s', (_likeness, put, other) => {
    expect(preflightLifetime(put, [other, put])).toEqual({ maxAge: '600', obstacle: undefined });
  });

  it('other routes with another maxAge: keep the maxAge of their own policy', () => {
    const lifetimes = [at('GET', { maxAge: '60' }), at('GET', { maxAge: undefined }), at('GET', { maxAge: '0' })].map(
      (get) => preflightLifetime(at('PUT'), [get]).maxAge,
    );
    expect(lifetimes).toEqual(['600', '600', '600']);
    expect(preflightLifetime(at('PUT', { maxAge: undefined }), [at('GET')]).maxAge).toBeUndefined();
  });

  it('two policies compared again: have the same lifetime', () => {
    const [put, post] = [at('PUT'), at('POST', { origin: listOf(B) })];
    expect([preflightLifetime(put, [post]), preflightLifetime(put, [post])].map(({ maxAge }) => maxAge)).toEqual([
      '0',
      '0',
    ]);
  });
});

function expression(): CompiledPolicy['origin'] {
  return { kind: 'list', matcher: { allows: () => true }, values: [/^https:\/\/a\.example$/] };
}
