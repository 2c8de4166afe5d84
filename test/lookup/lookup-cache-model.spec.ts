import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { OriginChange } from '../../lib/interfaces/index.js';
import { type AskedOfStore, StoreOnTrial } from './store-on-trial.js';
import { CACHE_SETTINGS, StagedLookup, TIMEOUT, cacheOf } from './staged-lookup.js';

const ORIGINS = ['https://a.example', 'https://b.example'];
const TENANTS = [undefined, '', 'acme', 'umbrella'];
const SETTINGS = { ...CACHE_SETTINGS, ttl: 3_000, staleWhileRevalidate: 2_000, staleIfError: 8_000 };

/** Moments shortly before a grant, or what is left of it, is over. */
const nearTheEnd = fc.constantFrom(2_900, 4_900, 10_500, 10_900);

/** What happens next in an application: somebody asks, the store changes, is in order or not, time passes. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('ask' as const), key: fc.constantFrom(0, 0, 0, 0, 1, 2, 4, 6) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 2_500 }), nearTheEnd),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      says: fc.constantFrom('yes', 'yes', 'no', 'junk', 'reject', 'throw', 'sync-yes', 'sync-no'),
      delay: fc.constantFrom(0, 0, 100, 700, 1_500),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      origin: fc.constantFrom(undefined, ...ORIGINS, 'https://*.example'),
      tenant: fc.constantFrom(...TENANTS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('gap' as const) }) },
);

describe('the cache of a lookup, whatever happens', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives no answer that the store has not given, too long ago, or before a change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const trial = new StoreOnTrial(SETTINGS, TIMEOUT);
        const cache = cacheOf(new StagedLookup((origin, { tenant }) => trial.answer(origin, tenant)), SETTINGS);
        const asked: Promise<void>[] = [];
        for (const next of steps) {
          switch (next.do) {
            case 'ask': {
              const origin = ORIGINS[next.key % 2] as string;
              const tenant = TENANTS[next.key >> 1];
              const question: AskedOfStore = { origin, tenant, at: trial.moment(), time: performance.now() };
              const answer = cache.ask(origin, tenant);
              if (typeof answer === 'string') {
                trial.judge(question, answer);
              } else {
                expect(trial.isKnownFresh(question)).toBe(false);
                asked.push(answer.then((given) => trial.judge(question, given)));
              }
              break;
            }
            case 'wait':
              await jest.advanceTimersByTimeAsync(next.ms);
              break;
            case 'store':
              trial.state = next;
              break;
            case 'gap':
              cache.doubt();
              trial.gap();
              break;
            case 'change': {
              const { origin, tenant } = next;
              const change: OriginChange = {
                ...(origin === undefined ? {} : { origin }),
                ...(tenant === undefined ? {} : { tenant }),
              };
              cache.forget(change);
              trial.change(change);
            }
          }
        }
        await jest.advanceTimersByTimeAsync(2 * TIMEOUT);
        await Promise.all(asked);
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 600 },
    );
  }, 60_000);
});
