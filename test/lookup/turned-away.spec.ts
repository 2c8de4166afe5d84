import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SPACING, TurnedAwayKeys } from '../../lib/lookup/turned-away.js';

describe('the keys that were turned away', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(0.25);
  });

  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const countOf = (keys: TurnedAwayKeys, key: string): number | undefined => keys.sendAgain(key)?.count;

  it('lookup of a key: removes it', () => {
    const keys = new TurnedAwayKeys();
    expect(keys.isEmpty).toBe(true);
    expect(countOf(keys, 'a')).toBeUndefined();
    keys.delete('a');
    keys.add('a');
    expect(keys.isEmpty).toBe(false);
    expect(countOf(keys, 'a')).toBe(1);
    expect(countOf(keys, 'b')).toBeUndefined();
    keys.delete('b');
    keys.delete('a');
    expect(countOf(keys, 'a')).toBeUndefined();
  });

  it('sent more often than once a second: count no more', () => {
    const keys = new TurnedAwayKeys();
    keys.add('a');
    for (let i = 0; i < 9; i++) {
      jest.advanceTimersByTime(SPACING / 10);
      expect(countOf(keys, 'a')).toBe(1);
      keys.add('a');
    }
    jest.advanceTimersByTime(SPACING / 10);
    expect(countOf(keys, 'a')).toBe(2);
    expect(countOf(keys, 'a')).toBe(2);
  });

  it('count: ends at 255, and keeps the time of the first one', () => {
    const keys = new TurnedAwayKeys();
    jest.advanceTimersByTime(500);
    const since = Math.floor(performance.now() / 100);
    keys.add('a');
    for (let i = 2; i <= 300; i++) {
      jest.advanceTimersByTime(SPACING);
      expect(keys.sendAgain('a')).toEqual({ count: Math.min(i, 255), since });
    }
  });

  it('20,000 later keys: displace less than half, and are rarely mistaken for one another', () => {
    const keys = new TurnedAwayKeys();
    const early = Array.from({ length: 1_000 }, (_, i) => `https://early-${i}.example`);
    early.forEach((key) => keys.add(key));
    for (let i = 0; i < 20_000; i++) {
      keys.add(`https://invented-${i}.example =tenant`);
    }
    expect(early.filter((key) => countOf(keys, key) !== undefined).length).toBeGreaterThan(600);
    const others = Array.from({ length: 100_000 }, (_, i) => `https://other-${i}.example`);
    expect(others.filter((key) => countOf(keys, key) !== undefined).length).toBeLessThan(20);
  });
});
