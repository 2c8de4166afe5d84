import { describe, expect, it } from '@jest/globals';
import {
  type GrantedPreflight,
  combineAlternatives,
  combinePreflights,
  decidePreflight,
  findMalformation,
} from '../../lib/decision/preflight-decision.js';
import { listOf, policy } from './policies.js';

const ORIGIN = 'https://a.example';
const facts = { origin: ORIGIN, requestMethod: 'PUT', requestHeaders: undefined };

describe('preflight decision › malformation', () => {
  it.each([
    ['an empty method', { ...facts, requestMethod: '' }, 'method-malformed'],
    ['two methods', { ...facts, requestMethod: 'GET, PUT' }, 'method-malformed'],
    [
      'a star for a method, which granted would stand for every one',
      { ...facts, requestMethod: '*' },
      'method-malformed',
    ],
    ['a method that scripts may not use', { ...facts, requestMethod: 'TRACE' }, 'method-malformed'],
    ['another such method', { ...facts, requestMethod: 'CONNECT' }, 'method-malformed'],
    ['a third such method', { ...facts, requestMethod: 'TRACK' }, 'method-malformed'],
    ['a method in lower case that scripts may not use', { ...facts, requestMethod: 'trace' }, 'method-malformed'],
    ['a header name with a space', { ...facts, requestHeaders: 'x y' }, 'headers-malformed'],
  ] as const)('preflight with %s: is found', (_name, malformed, reason) => {
    expect(findMalformation(malformed)).toBe(reason);
  });

  it.each([
    ['an opaque origin', { ...facts, origin: 'null' }],
    ['an origin that is none, which is for the policy to refuse', { ...facts, origin: `${ORIGIN}, https://b.example` }],
    ['a custom method', { ...facts, requestMethod: 'FROB' }],
    ['a method in lower case', { ...facts, requestMethod: 'patch' }],
    ['a custom method in lower case', { ...facts, requestMethod: 'frob' }],
    ['a method that is younger than some versions of Node.js', { ...facts, requestMethod: 'QUERY' }],
    ['a list of headers', { ...facts, requestHeaders: 'x-a, x-b' }],
    ['no more than it needs', facts],
  ])('well-formed preflight with %s: finds none', (_name, wellFormed) => {
    expect(findMalformation(wellFormed)).toBeUndefined();
  });
});

describe('preflight decision › policy', () => {
  const open = policy({ origin: listOf(ORIGIN) });

  it('refused origin and method: refuses for the origin', () => {
    const strict = policy({ methods: new Set(['GET']), allowedHeaders: new Set() });
    expect(decidePreflight(strict, { ...facts, requestHeaders: 'x-a' }, 'origin-not-listed')).toMatchObject({
      kind: 'refused',
      reason: 'origin-not-listed',
    });
  });

  it('refused method and header: refuses for the method', () => {
    const strict = policy({ methods: new Set(['GET']), allowedHeaders: new Set() });
    expect(decidePreflight(strict, { ...facts, requestHeaders: 'x-a' }, 'origin-listed')).toMatchObject({
      reason: 'method-not-allowed',
    });
  });

  it('one of several headers not allowed: refuses for that header', () => {
    const strict = policy({ allowedHeaders: new Set(['x-a']) });
    expect(decidePreflight(strict, { ...facts, requestHeaders: 'X-A,x-b' }, 'origin-listed')).toMatchObject({
      kind: 'refused',
      reason: 'header-not-allowed',
    });
    expect(decidePreflight(strict, { ...facts, requestHeaders: 'X-A' }, 'origin-listed')).toMatchObject({
      allowHeaders: 'x-a',
    });
  });

  it('several headers not allowed: names each once, and of more than eight the first nine', () => {
    const strict = policy({ allowedHeaders: new Set(['x-a']) });
    const asking = (requestHeaders: string) =>
      decidePreflight(strict, { ...facts, requestHeaders }, 'origin-listed') as { headers?: readonly string[] };
    expect(asking('X-A,x-b,X-C,x-b')).toMatchObject({ header: 'x-b', headers: ['x-b', 'x-c'] });
    const many = Array.from({ length: 100 }, (_, index) => `x-${index}${'y'.repeat(70)}`);
    expect(asking(many.join()).headers).toHaveLength(9);
    expect(Math.max(...(asking(many.join()).headers ?? []).map(({ length }) => length))).toBe(65);
  });

  it.each([
    ['patch', 'method-case'],
    ['Patch', 'method-case'],
    ['put', 'method-case'],
    ['get', 'method-case'],
    ['DELETE', 'method-not-allowed'],
    ['frob', 'method-not-allowed'],
  ] as const)('method %s: is refused with its reason, because methods are case-sensitive', (requestMethod, reason) => {
    const strict = policy({ methods: new Set(['GET', 'PATCH', 'PUT']) });
    expect(decidePreflight(strict, { ...facts, requestMethod }, 'origin-listed')).toMatchObject({ reason });
  });

  it('policy with GET: grants HEAD', () => {
    const reading = policy({ methods: new Set(['GET']) });
    expect(decidePreflight(reading, { ...facts, requestMethod: 'HEAD' }, 'origin-listed').kind).toBe('granted');
    const writing = policy({ methods: new Set(['POST']) });
    expect(decidePreflight(writing, { ...facts, requestMethod: 'HEAD' }, 'origin-listed').kind).toBe('refused');
  });

  it('allowed method and headers: grants the requested ones, and nothing more', () => {
    expect(decidePreflight(open, { ...facts, requestHeaders: 'Authorization, x-a,,' }, 'origin-listed')).toEqual({
      kind: 'granted',
      policy: open,
      reason: 'origin-listed',
      allowOrigin: ORIGIN,
      allowCredentials: false,
      allowMethod: 'PUT',
      allowHeaders: 'authorization,x-a',
      maxAge: undefined,
    });
  });

  it('no requested headers: omits Access-Control-Allow-Headers', () => {
    for (const requestHeaders of [undefined, '', ' , ']) {
      expect(decidePreflight(open, { ...facts, requestHeaders }, 'origin-listed')).toMatchObject({
        allowHeaders: undefined,
      });
    }
  });

  it("policy of any origin: allows '*'", () => {
    expect(decidePreflight(policy({ origin: { kind: 'any' } }), facts, 'origin-listed')).toMatchObject({
      allowOrigin: '*',
    });
  });

  it('malformed list of headers: grants no header of it', () => {
    const strict = policy({ allowedHeaders: new Set(['x-a']) });
    expect(decidePreflight(strict, { ...facts, requestHeaders: 'not a token' }, 'origin-listed')).toMatchObject({
      allowHeaders: undefined,
    });
  });
});

describe('preflight decision › header that steers routing', () => {
  const asking = (allowedHeaders: 'any' | ReadonlySet<string>, requestHeaders: string) =>
    decidePreflight(policy({ origin: listOf(ORIGIN), allowedHeaders }), { ...facts, requestHeaders }, 'origin-listed');

  it('any header allowed: refuses, and names the header', () => {
    expect(asking('any', 'x-a, X-HTTP-Method-Override, x-forwarded-host')).toMatchObject({
      kind: 'refused',
      reason: 'header-steers-routing',
      header: 'x-http-method-override',
    });
  });

  it('named beside the star: grants that header alone', () => {
    const named = new Set(['*', 'x-http-method-override']);
    expect(asking(named, 'x-a,x-http-method-override')).toMatchObject({ allowHeaders: 'x-a,x-http-method-override' });
    expect(asking(named, 'x-forwarded-host')).toMatchObject({
      reason: 'header-steers-routing',
      header: 'x-forwarded-host',
    });
  });

  it('list of headers: grants it where it is listed, and refuses it like any other where it is not', () => {
    expect(asking(new Set(['x-forwarded-host']), 'x-forwarded-host').kind).toBe('granted');
    expect(asking(new Set(['x-a']), 'x-forwarded-host')).toMatchObject({
      reason: 'header-not-allowed',
      header: 'x-forwarded-host',
    });
  });

  it('very long name: shortens it in the decision', () => {
    const decision = asking(new Set(), `x-${'a'.repeat(5000)}`);
    expect(decision).toMatchObject({ header: `x-${'a'.repeat(62)}…` });
  });
});

describe('preflight decision › several destinations', () => {
  const grant = (fields: Parameters<typeof policy>[0]) =>
    decidePreflight(policy({ origin: listOf(ORIGIN), ...fields }), facts, 'origin-listed') as GrantedPreflight;
  const refusal = decidePreflight(policy(), facts, 'origin-not-listed');

  it('none grants: refuses for the first reason', () => {
    expect(combinePreflights([refusal, { kind: 'refused', policy: undefined, reason: 'header-not-allowed' }])).toBe(
      refusal,
    );
  });

  it('one grants: grants', () => {
    expect(combinePreflights([refusal, grant({})]).kind).toBe('granted');
  });

  it('one grants credentials: grants credentials', () => {
    expect(combinePreflights([grant({}), grant({ credentials: true })])).toMatchObject({ allowCredentials: true });
  });

  it('no destination: refuses', () => {
    expect(combinePreflights([])).toEqual({ kind: 'refused', policy: undefined, reason: 'internal-error' });
  });

  it('alternative destination: grants only what both grant', () => {
    const wide = { ...grant({}), allowOrigin: '*', allowCredentials: false };
    const narrow = { ...grant({}), allowOrigin: ORIGIN, allowCredentials: true };
    expect(combineAlternatives(wide, narrow)).toMatchObject({ allowOrigin: ORIGIN, allowCredentials: false });
    expect(combineAlternatives(narrow, wide)).toMatchObject({ allowOrigin: ORIGIN, allowCredentials: false });
    expect(combineAlternatives(refusal, narrow)).toBe(refusal);
    expect(combineAlternatives(narrow, refusal)).toBe(refusal);
  });
});
