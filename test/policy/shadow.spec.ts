import { describe, expect, it } from '@jest/globals';
import type { OriginLookup } from '../../lib/options/index.js';
import { compilePolicy } from '../../lib/policy/compiled-policy.js';
import { catalogOf, corsPolicy, hintsOf, problemsOf } from './catalog.js';

const A = 'https://a.example';
const B = 'https://b.example';

function valuesOf(policy: { readonly fields: object } | undefined): Record<string, unknown> {
  const fields = Object.entries(policy?.fields ?? {}) as [string, { readonly value: unknown }][];
  return Object.fromEntries(fields.map(([name, { value }]) => [name, value]));
}

describe('shadow policy', () => {
  it('its own fields: replace those of the policy, and the others stay', () => {
    const { defaults } = catalogOf({ origin: A, maxAge: 5, shadow: { origin: B } });
    expect(defaults.shadow?.label).toBe('module defaults (shadow)');
    expect(valuesOf(defaults.shadow)).toEqual({
      ...valuesOf(defaults),
      origin: expect.objectContaining({ kind: 'list', values: [B] }),
    });
    expect(defaults.shadow?.fields.origin.path).toBe('shadow.origin');
    expect(catalogOf({ origin: A }).defaults.shadow).toBeUndefined();
  });

  it('level that sets nothing for real: its shadow holds below', () => {
    const catalog = catalogOf({ origin: A, maxAge: 5, shadow: { maxAge: 6, credentials: true } });
    const policy = catalog.forHandler('Orders', 'list', [], corsPolicy({ maxAge: 7 }));
    expect(policy.shadow?.label).toBe('Orders.list (shadow)');
    expect(valuesOf(policy.shadow)).toMatchObject({ maxAge: 7, credentials: true });
    expect(valuesOf(policy)).toMatchObject({ maxAge: 7, credentials: false });
  });

  it('level with a shadow alone: is a level of its own', () => {
    const catalog = catalogOf({ origin: A, maxAge: 5 });
    const policy = catalog.forHandler('Orders', 'list', [], corsPolicy({ shadow: { maxAge: 8 } }));
    expect(valuesOf(policy.shadow)).toMatchObject({ maxAge: 8 });
    expect(valuesOf(policy)).toMatchObject({ maxAge: 5 });
    expect(policy.shadow?.fields.maxAge.path).toBe('Orders.list: shadow.maxAge');
    expect(catalog.defaults.shadow).toBeUndefined();
  });

  it('compiled: has its own origins and lookup', () => {
    const lookup: OriginLookup = { isOriginAllowed: () => true };
    const { defaults } = catalogOf({ origin: A, shadow: { originLookup: lookup } });
    const resolve = (option: unknown) => {
      expect(option).toBe(lookup);
      return lookup;
    };
    const policy = compilePolicy(defaults, resolve, () => ({ lookUp: () => 'refused', cached: () => undefined }));
    expect([policy.lookup, policy.shadow?.lookup, policy.shadow?.origin.kind]).toEqual([undefined, lookup, 'none']);
    expect(policy.shadow?.shadow).toBeUndefined();
  });

  it('problem in a field: is reported as in a policy', () => {
    expect(hintsOf({ origin: A, shadow: { maxAge: -1 } }).map(([code, path]) => [code, path])).toEqual([
      ['out-of-range', 'shadow.maxAge'],
    ]);
    const unsafe = problemsOf({ origin: A, credentials: true, shadow: { origin: '*' } });
    expect(unsafe.map(({ code }) => code)).toEqual(['wildcard-with-credentials']);
  });

  it('value that is no object, or a shadow within a shadow: is reported', () => {
    const [problem] = problemsOf({ shadow: 'all' });
    expect(problem).toMatchObject({ code: 'invalid-value', path: 'shadow' });
    expect(problem?.hint).toContain('an object of the fields to try out');
    const unknown = problemsOf({ shadow: { shadow: {}, logging: 'off' } });
    expect(unknown.map(({ code, path }) => [code, path])).toEqual([
      ['unknown-option', 'shadow.shadow'],
      ['unknown-option', 'shadow.logging'],
    ]);
  });
});
