import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ElapsedTime } from '../../lib/lookup/cached-results.js';

describe('elapsed time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is that of the monotonic clock while the process runs', () => {
    const time = new ElapsedTime();
    const before = time.now();
    jest.advanceTimersByTime(90_000);
    expect(time.now() - before).toBe(90_000);
  });

  it('goes on while the machine sleeps and the monotonic clock stands still', () => {
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
  ])('is the same when the clock on the wall %s', (_name, difference) => {
    const time = new ElapsedTime();
    const before = time.now();
    jest.setSystemTime(Date.now() + difference);
    expect(time.now()).toBe(before);
  });
});
