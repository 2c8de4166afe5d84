import { describe, expect, it } from '@jest/globals';
import { TurnedAway } from '../../lib/lookup/turned-away.js';

describe('the keys that were turned away', () => {
  it('are counted until they are asked about', () => {
    const keys = new TurnedAway();
    expect(keys.times('a')).toBe(0);
    keys.delete('a');
    for (let i = 1; i <= 300; i++) {
      keys.add('a');
      expect(keys.times('a')).toBe(Math.min(i, 255));
    }
    expect(keys.times('b')).toBe(0);
    keys.delete('b');
    keys.delete('a');
    expect(keys.times('a')).toBe(0);
  });

  it('outlast 20,000 others mostly, and are hardly ever taken for one another', () => {
    const keys = new TurnedAway();
    const early = Array.from({ length: 1_000 }, (_, i) => `https://early-${i}.example`);
    early.forEach((key) => keys.add(key));
    for (let i = 0; i < 20_000; i++) {
      keys.add(`https://invented-${i}.example =tenant`);
    }
    expect(early.filter((key) => keys.times(key) > 0).length).toBeGreaterThan(600);
    const others = Array.from({ length: 100_000 }, (_, i) => `https://other-${i}.example`);
    expect(others.filter((key) => keys.times(key) > 0).length).toBeLessThan(20);
  });
});
