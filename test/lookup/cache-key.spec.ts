import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cacheKey } from '../../lib/lookup/cache-key.js';

const ORIGIN = 'https://a.example';

describe('the key of a cached result', () => {
  it('tenant name of any length: is bounded', () => {
    expect(cacheKey(ORIGIN, 'x'.repeat(10_000_000)).length).toBeLessThan(ORIGIN.length + 200);
  });

  it.each([
    ['no tenant and an empty name', undefined, ''],
    ['a name and its hash', 'x'.repeat(200), cacheKey('', 'x'.repeat(200)).slice(1)],
    ['a name and what marks it', 'a', '=a'],
    ['long names that differ in what is no text alone', `\ud800${'x'.repeat(200)}`, `\ud801${'x'.repeat(200)}`],
    ['long names that differ at the end alone', `${'x'.repeat(200)}a`, `${'x'.repeat(200)}b`],
  ])('%s: have different keys', (_name, one, other) => {
    expect(cacheKey(ORIGIN, one)).not.toBe(cacheKey(ORIGIN, other));
  });

  it('equal keys: have the same origin and tenant', () => {
    const tenant = fc.option(fc.oneof(fc.string({ maxLength: 4 }), fc.string({ minLength: 120, maxLength: 140 })), {
      nil: undefined,
    });
    const origin = fc.constantFrom(ORIGIN, 'https://b.example', 'https://a.example:8443');
    fc.assert(
      fc.property(origin, tenant, origin, tenant, (origin1, tenant1, origin2, tenant2) => {
        expect(cacheKey(origin1, tenant1) === cacheKey(origin2, tenant2)).toBe(
          origin1 === origin2 && tenant1 === tenant2,
        );
      }),
    );
  });
});
