import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ElapsedTime } from '../../lib/lookup/cached-results.js';

describe('elapsed time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('running process: is the time of the monotonic clock', () => {
    const time = new ElapsedTime();
    const before = time.now();
    jest.advanceTimersByTime(90_000);
    expect(time.now() - before).toBe(90_000);
  });

  it('sleeping machine: goes on while the monotonic clock stands still', () => {
    const time = new ElapsedTime();
    const before = time.now();
    jest.setSystemTime(Date.now() + 3_600_000);
    expect(time.now() - before).toBe(3_600_000);
    jest.advanceTimersByTime(1_000);
    expect(time.now() - before).toBe(3_601_000);
  });

  it.each([
    ['is set back', -3_600_000],
    ['is adjusted', 400],
  ])('wall clock that %s: makes no difference', (_name, difference) => {
    const time = new ElapsedTime();
    const before = time.now();
    jest.setSystemTime(Date.now() + difference);
    expect(time.now()).toBe(before);
  });
});
