import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { OriginChange } from '../../lib/options/index.js';
import { cacheKey } from '../../lib/lookup/cache-key.js';
import { RecordedChanges } from '../../lib/lookup/recorded-changes.js';

const ORIGINS = ['https://a.example', 'https://b.example'];
const TENANTS = [undefined, '', 'acme', 'umbrella', 'x'.repeat(500)];

/** What docs/origins.md says: a field that is left out stands for any; a tenant concerns results without a tenant, too. */
function concerns(change: OriginChange, origin: string, tenant: string | undefined): boolean {
  const isOfOrigin = change.origin === undefined || change.origin === origin || !ORIGINS.includes(change.origin);
  const isOfTenant = !change.tenant || tenant === undefined || change.tenant === tenant;
  return isOfOrigin && isOfTenant;
}

describe('recorded changes', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('any changes: concern what they name, or more', () => {
    const change = fc.record(
      { origin: fc.constantFrom(...ORIGINS, 'https://*.example', 'no origin'), tenant: fc.constantFrom(...TENANTS) },
      { requiredKeys: [] },
    ) as fc.Arbitrary<OriginChange>;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20, size: 'max' }), (all) => {
        const changes = new RecordedChanges(1_000);
        const concernedAlone = new Map<string, number>();
        all.forEach((each, moment) => {
          changes.record(each, moment).forEach((key) => concernedAlone.set(key, moment));
        });
        for (const origin of ORIGINS) {
          for (const tenant of TENANTS) {
            const key = cacheKey(origin, tenant);
            const expected = all.findLastIndex((each) => concerns(each, origin, tenant));
            for (const since of [-1, expected, expected + 1]) {
              const last = Math.max(changes.lastOf(key), concernedAlone.get(key) ?? -1);
              expect(since <= last).toBe(since <= expected);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('very many: are one change of everything', () => {
    const changes = new RecordedChanges(1_000_000);
    const other = cacheKey('https://a.example', 'other');
    for (let i = 0; i < 10_000; i++) {
      changes.record({ tenant: `tenant-${i}` }, i);
    }
    expect(changes.lastOf(other)).toBe(-1);
    changes.record({ tenant: 'one more' }, 10_000);
    expect(changes.lastOf(other)).toBe(10_000);
    changes.record({ tenant: 'another' }, 10_001);
    expect(changes.lastOf(other)).toBe(10_000);
    expect(changes.lastOf(cacheKey('https://a.example', 'another'))).toBe(10_001);
  });

  it('nothing left from before them: are removed, and no longer counted', () => {
    const changes = new RecordedChanges(1_000);
    for (let i = 0; i < 100_000; i++) {
      changes.record({ tenant: `tenant-${i}` }, i);
      jest.advanceTimersByTime(1);
    }
    expect(changes.lastOf(cacheKey('https://a.example', 'other'))).toBe(-1);
    expect(changes.lastOf(cacheKey('https://a.example', 'tenant-99999'))).toBe(99_999);
  });
});
