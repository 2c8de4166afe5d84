import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { MAX_TOGETHER, SplitMap } from '../../lib/lookup/split-map.js';

describe('a split map', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('any sequence of set and delete: holds what a Map holds', () => {
    const key = fc.integer({ min: 0, max: 3 * MAX_TOGETHER }).map((i) => `https://a-${i}.example`);
    const step = fc.record({ key, value: fc.option(fc.nat(), { nil: undefined }) });
    const many = fc.array(step, { minLength: 2 * MAX_TOGETHER, maxLength: 4 * MAX_TOGETHER, size: 'max' });
    fc.assert(
      fc.property(many, (steps) => {
        const model = new Map<string, number>();
        const map = new SplitMap<number>();
        for (const { key: each, value } of steps) {
          if (value === undefined) {
            model.delete(each);
            map.delete(each);
          } else {
            model.set(each, value);
            map.set(each, value);
          }
          expect(map.size === model.size).toBe(true);
        }
        const keys = [...new Set(steps.map((each) => each.key))];
        expect(keys.filter((each) => map.get(each) !== model.get(each) || map.has(each) !== model.has(each))).toEqual(
          [],
        );
      }),
      { numRuns: 10 },
    );
  });

  it('added entry: moves a bounded number of entries, and no Map grows further', () => {
    const set = Map.prototype.set;
    let moved = 0;
    let largest = 0;
    jest.spyOn(Map.prototype, 'set').mockImplementation(function (this: Map<unknown, unknown>, key, value) {
      moved++;
      largest = Math.max(largest, this.size);
      return set.call(this, key, value);
    });
    const map = new SplitMap<true>();
    let most = 0;
    for (let i = 0; i < 40_000; i++) {
      moved = 0;
      map.set(`https://a-${i}.example`, true);
      most = Math.max(most, moved);
    }
    jest.restoreAllMocks();
    expect(map.size).toBe(40_000);
    expect(most).toBeLessThanOrEqual(MAX_TOGETHER + 1);
    expect(largest).toBeLessThan(MAX_TOGETHER);
  });

  it('keys with equal hashes: are told apart', () => {
    const seen = jest.spyOn(Math, 'imul').mockReturnValue(0);
    const map = new SplitMap<number>();
    for (let i = 0; i < 3 * MAX_TOGETHER; i++) {
      map.set(`https://a-${i}.example`, i);
    }
    map.set('https://a-0.example', 7);
    expect(seen).toHaveBeenCalled();
    expect([map.size, map.get('https://a-0.example'), map.get('https://a-3000.example')]).toEqual([
      3 * MAX_TOGETHER,
      7,
      3_000,
    ]);
  });
});
