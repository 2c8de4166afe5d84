import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SegmentedLru } from '../../lib/lookup/segmented-lru.js';

/** The same by arrays, the least recently used first. */
class Model {
  probation: string[] = [];
  proven: string[] = [];

  constructor(
    private readonly max: number,
    private readonly provenFraction: number,
  ) {}

  get(key: string): boolean {
    if (!this.has(key)) {
      return false;
    }
    this.delete(key);
    this.proven.push(key);
    if (this.proven.length > Math.floor(this.max * this.provenFraction)) {
      this.probation.push(this.proven.shift() as string);
    }
    return true;
  }

  has(key: string): boolean {
    return this.probation.includes(key) || this.proven.includes(key);
  }

  set(key: string): void {
    if (this.has(key)) {
      return;
    }
    if (this.probation.length + this.proven.length >= this.max) {
      (this.probation.length > 0 ? this.probation : this.proven).shift();
    }
    this.probation.push(key);
  }

  delete(key: string): void {
    this.probation = this.probation.filter((other) => other !== key);
    this.proven = this.proven.filter((other) => other !== key);
  }
}

describe('a segmented LRU', () => {
  it.each([
    ['of two segments', 0.8],
    ['of one, by last use alone', 0],
  ])('%s: evicts as its model does', (_segments, provenFraction) => {
    const step = fc.record({
      do: fc.constantFrom('get', 'get', 'set', 'set', 'peek', 'delete'),
      key: fc.integer({ min: 0, max: 14 }).map(String),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.array(step, { maxLength: 200, size: 'max' }), (max, steps) => {
        const lru = new SegmentedLru<string>(max, provenFraction);
        const model = new Model(max, provenFraction);
        for (const { do: what, key } of steps) {
          if (what === 'get') {
            expect(lru.get(key)).toBe(model.get(key) ? key : undefined);
          } else if (what === 'set') {
            lru.set(key, key);
            model.set(key);
          } else if (what === 'delete') {
            lru.delete(key);
            model.delete(key);
          } else {
            expect(lru.peek(key)).toBe(model.has(key) ? key : undefined);
          }
          expect([...lru.entries()].map(([entry]) => entry).toSorted()).toEqual(
            [...model.probation, ...model.proven].toSorted(),
          );
          expect(lru.size).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('entry that was used again: outlasts any number of entries that are used once', () => {
    const lru = new SegmentedLru<number>(100);
    for (let i = 0; i < 80; i++) {
      lru.set(`known-${i}`, i);
      lru.get(`known-${i}`);
    }
    for (let i = 0; i < 100_000; i++) {
      lru.set(`invented-${i}`, i);
    }
    expect(Array.from({ length: 80 }, (_, i) => lru.peek(`known-${i}`))).toEqual(
      Array.from({ length: 80 }, (_, i) => i),
    );
    expect(lru.size).toBe(100);
  });

  it('replaced value: does not count as a use', () => {
    const lru = new SegmentedLru<number>(2);
    lru.set('a', 1);
    lru.set('b', 1);
    lru.set('a', 2);
    lru.set('c', 1);
    expect([lru.peek('a'), lru.peek('b'), lru.peek('c')]).toEqual([undefined, 1, 1]);
  });
});
