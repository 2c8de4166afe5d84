import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TokenBucket } from '../../lib/lookup/token-bucket.js';

describe('token bucket', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const takeAll = (budget: TokenBucket): number => {
    let taken = 0;
    while (budget.take()) {
      taken++;
    }
    return taken;
  };

  it('full bucket: gives ten seconds worth at once, and then its rate', () => {
    const budget = new TokenBucket(7);
    expect(takeAll(budget)).toBe(70);
    jest.advanceTimersByTime(999);
    expect(takeAll(budget)).toBe(6);
    jest.advanceTimersByTime(1);
    expect(takeAll(budget)).toBe(1);
  });

  it('quiet time: holds no more than ten seconds worth', () => {
    const budget = new TokenBucket(7);
    jest.advanceTimersByTime(86_400_000);
    expect(takeAll(budget)).toBe(70);
  });

  it('token that is given back: counts again, up to the size of the bucket', () => {
    const budget = new TokenBucket(1);
    for (let i = 0; i < 1_000; i++) {
      expect(budget.take()).toBe(true);
      budget.giveBack();
    }
    budget.giveBack();
    expect(takeAll(budget)).toBe(10);
  });

  it('empty bucket: the reserve of five seconds worth is filled first', () => {
    const budget = new TokenBucket(10);
    const takeReserved = (): number => {
      let taken = 0;
      while (budget.takeReserved()) {
        taken++;
      }
      return taken;
    };
    takeAll(budget);
    expect(takeReserved()).toBe(50);
    expect(budget.pause).toBe(100);
    jest.advanceTimersByTime(1_000);
    expect(takeAll(budget)).toBe(0);
    expect(takeReserved()).toBe(10);
    jest.advanceTimersByTime(6_000);
    expect(budget.take()).toBe(true);
    expect(budget.pause).toBe(0);
    expect(takeAll(budget)).toBe(9);
  });

  it('reserve: may take what is left for all, too', () => {
    const budget = new TokenBucket(10);
    for (let i = 0; i < 150; i++) {
      expect(budget.takeReserved()).toBe(true);
    }
    expect(budget.takeReserved()).toBe(false);
  });
});
