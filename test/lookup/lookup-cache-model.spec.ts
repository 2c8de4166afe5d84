import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { OriginChange } from '../../lib/options/index.js';
import { WORK_PER_TURN } from '../../lib/lookup/lookup-changes.js';
import { type AskedOfStore, StoreOnTrial, type StoreState } from './store-on-trial.js';
import { CACHE_SETTINGS, StagedLookup, TIMEOUT, cacheOf } from './staged-lookup.js';

const ORIGINS = ['https://a.example', 'https://b.example'];
const TENANTS = [undefined, '', 'acme', 'umbrella'];
const SETTINGS = { ...CACHE_SETTINGS, ttl: 3_000, staleWhileRevalidate: 2_000, staleIfError: 8_000 };

const ask = (keys: fc.Arbitrary<number[]>) => fc.record({ do: fc.constant('ask' as const), keys });
const wait = (...ms: number[]) => fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(...ms) });
const store = (says: readonly StoreState['says'][], ...delays: number[]) =>
  fc.record({ do: fc.constant('store' as const), says: fc.constantFrom(...says), delay: fc.constantFrom(...delays) });
const gap = fc.record({ do: fc.constant('gap' as const) });

/** What happens in an application: somebody asks, the store changes, is in order or not, time passes. */
const anything = fc.oneof(
  { weight: 6, arbitrary: ask(fc.constantFrom([0], [0], [0], [1], [2], [4], [6])) },
  // All at once, in another order each time: some of them have to wait.
  { weight: 2, arbitrary: ask(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7])) },
  // Moments shortly before a grant, or what is left of it, is over, too.
  { weight: 4, arbitrary: wait(0, 1, 100, 500, 1_000, 2_500, 2_900, 4_900, 10_500, 10_900) },
  {
    weight: 3,
    arbitrary: store(['yes', 'yes', 'no', 'junk', 'reject', 'throw', 'sync-yes', 'sync-no'], 0, 0, 100, 700, 1_500),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      origin: fc.constantFrom(undefined, ...ORIGINS, 'https://*.example'),
      tenant: fc.constantFrom(...TENANTS),
    }),
  },
  { weight: 1, arbitrary: gap },
  // More changes of other tenants than one turn of the event loop tells apart, right before what comes next.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('burst' as const) }) },
);

/** One origin, and a store that changes its mind, stumbles and loses its connection. */
const gapsAndRefusals = fc.oneof(
  ask(fc.constant([0])),
  gap,
  store(['yes', 'no', 'reject'], 0, 700, 1_500),
  wait(0, 100, 700, 1_500),
);

/** Everybody asks all the time, and the store never fails. */
const overload = fc.oneof(
  { weight: 4, arbitrary: ask(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7])) },
  { weight: 2, arbitrary: wait(500, 1_000, 2_900) },
  { weight: 1, arbitrary: store(['yes', 'no'], 0, 600, 900) },
);

describe('the cache of a lookup, whatever happens', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['that has time for all', 100, anything],
    ['that takes two calls at once', 2, anything],
    ['that loses its connection', 100, gapsAndRefusals],
    ['that is too slow', 1, overload],
  ])(
    'gives no answer that the store has not given, too long ago, or before a change: a store %s',
    async (_name, concurrency, happenings) => {
      const isBusy = concurrency < 100;
      const settings = fc.constantFrom(SETTINGS, { ...SETTINGS, staleIfError: 0 });
      const property = fc.asyncProperty(
        settings,
        fc.array(happenings, { maxLength: 60, size: 'max' }),
        async (chosen, steps) => {
          const trial = new StoreOnTrial(chosen, TIMEOUT, isBusy);
          const lookup = new StagedLookup((origin, { tenant }) => trial.answer(origin, tenant));
          const cache = cacheOf(lookup, chosen, undefined, { concurrency });
          const asked: Promise<void>[] = [];
          let wasBurst = false;
          for (const next of steps) {
            switch (next.do) {
              case 'ask':
                for (const key of next.keys) {
                  const origin = ORIGINS[key % 2] as string;
                  const tenant = TENANTS[key >> 1];
                  const question: AskedOfStore = { origin, tenant, at: trial.moment(), time: performance.now() };
                  const answer = cache.lookUp(origin, tenant);
                  if (typeof answer === 'string') {
                    trial.judge(question, answer);
                  } else {
                    // What came within a burst may not be cached.
                    expect(!wasBurst && trial.isKnownFresh(question)).toBe(false);
                    asked.push(answer.then((given) => trial.judge(question, given)));
                  }
                }
                break;
              case 'burst':
                wasBurst = true;
                for (let i = 0; i <= 2 * WORK_PER_TURN; i++) {
                  cache.changes.add({ tenant: `other-${i}` });
                }
                trial.change({ tenant: 'other' });
                break;
              case 'wait':
                // Three turns of the event loop, before anything else happens.
                Array.from({ length: 3 }, () => jest.advanceTimersByTime(0));
                await jest.advanceTimersByTimeAsync(next.ms);
                break;
              case 'store':
                trial.state = next;
                break;
              case 'gap':
                cache.changes.addGap();
                trial.gap();
                break;
              case 'change': {
                const { origin, tenant } = next;
                const change: OriginChange = {
                  ...(origin === undefined ? {} : { origin }),
                  ...(tenant === undefined ? {} : { tenant }),
                };
                cache.changes.add(change);
                trial.change(change);
              }
            }
          }
          await jest.advanceTimersByTimeAsync(10 * TIMEOUT);
          await Promise.all(asked);
          expect(jest.getTimerCount()).toBe(0);
        },
      );
      await fc.assert(property, { numRuns: 150 });
    },
    60_000,
  );
});
