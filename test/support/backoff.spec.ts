import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Backoff, pause } from '../../lib/support/backoff.js';

describe('the delay before connecting again', () => {
  const delays = (backoff: Backoff, count: number, lasted = -Infinity) =>
    Array.from({ length: count }, () => backoff.delayAfter(lasted));

  it('repeated failures: doubles from 100 ms to 5 s', () => {
    expect(delays(new Backoff(() => 0), 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('other times, and a reset: are used, and it begins anew', () => {
    const backoff = new Backoff(() => 1, { first: 1_000, longest: 3_000 });
    expect(delays(backoff, 3)).toEqual([1_000, 2_000, 3_000]);
    backoff.reset();
    expect(backoff.delayAfter()).toBe(1_000);
    expect(delays(backoff, 1, 1_000_000)).toEqual([2_000]);
  });

  it('server that stays away: stays at the maximum', () => {
    expect(delays(new Backoff(() => 0), 2000).at(-1)).toBe(5000);
  });

  it('jitter: takes up to half of it off', () => {
    expect(delays(new Backoff(() => 1), 7)).toEqual([50, 100, 200, 400, 800, 1600, 2500]);
    expect(delays(new Backoff(() => 0.5), 7).at(-1)).toBe(3750);
  });

  it('connection that lasted: begins anew, and after no other', () => {
    const backoff = new Backoff(() => 0);
    delays(backoff, 4);
    expect(backoff.delayAfter(4999)).toBe(1600);
    expect(backoff.delayAfter(5000)).toBe(100);
    expect(backoff.delayAfter(0)).toBe(200);
  });
});

describe('a pause', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('end of the time: ends, and leaves nothing behind', async () => {
    const { signal } = new AbortController();
    const removed = jest.spyOn(signal, 'removeEventListener');
    const paused = pause(100, signal);
    await jest.advanceTimersByTimeAsync(100);
    await paused;
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('aborted signal: ends, and leaves no timer behind', async () => {
    const stop = new AbortController();
    const paused = pause(100, stop.signal);
    stop.abort();
    await paused;
    expect(jest.getTimerCount()).toBe(0);
  });
});
