import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LogThrottle, repeatedInWords } from '../../lib/support/log-throttle.js';

describe('log throttle', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('repeated key: passes one line in a quiet period, and then says how many were suppressed', () => {
    const throttle = new LogThrottle(10);
    expect(['a', 'a', 'b', 'a'].map((key) => throttle.pass(key))).toEqual([0, undefined, 0, undefined]);
    jest.advanceTimersByTime(59_999);
    expect(throttle.pass('a')).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect([throttle.pass('a'), throttle.pass('a'), throttle.pass('b')]).toEqual([3, undefined, 0]);
  });

  it('full: suppresses new keys, and passes known ones', () => {
    const throttle = new LogThrottle(2, 'suppress');
    expect(['a', 'b', 'c', 'c'].map((key) => throttle.pass(key))).toEqual([0, 0, undefined, undefined]);
    jest.advanceTimersByTime(60_000);
    expect(['a', 'b', 'c'].map((key) => throttle.pass(key))).toEqual([0, 0, undefined]);
  });

  it('full, and a key that was quiet: forgets the oldest one', () => {
    const throttle = new LogThrottle(2);
    ['a', 'b'].forEach((key) => throttle.pass(key));
    jest.advanceTimersByTime(60_000);
    // Logged again, so that `b` is the oldest.
    throttle.pass('a');
    throttle.pass('c');
    expect(['a', 'b', 'c'].map((key) => throttle.has(key))).toEqual([true, false, true]);
  });

  it('keys of a prefix: counts the quiet ones, and forgets the others', () => {
    const throttle = new LogThrottle(10);
    ['x|1', 'y|1'].forEach((key) => throttle.pass(key));
    jest.advanceTimersByTime(60_000);
    ['x|2', 'x|3'].forEach((key) => throttle.pass(key));
    expect(throttle.countQuiet('x|')).toBe(2);
    expect(['x|1', 'x|2', 'y|1'].map((key) => throttle.has(key))).toEqual([false, true, true]);
  });

  it('reset: passes the next line', () => {
    const throttle = new LogThrottle();
    expect([throttle.pass(), throttle.pass()]).toEqual([0, undefined]);
    throttle.reset();
    expect(throttle.pass()).toBe(0);
  });

  it('suppressed lines: says how many there were, if any', () => {
    expect([0, 3].map(repeatedInWords)).toEqual(['', ' (and 3 times since it was last logged)']);
  });
});
