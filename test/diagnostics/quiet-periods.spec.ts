import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QuietPeriods } from '../../lib/diagnostics/quiet-periods.js';

describe('a line that a client can cause', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is written once a minute for each thing that it is about', () => {
    const periods = new QuietPeriods();
    const [one, other] = [{}, {}];
    const written = () => [one, one, other].map((subject) => periods.isOver(subject));
    expect(written()).toEqual([true, false, true]);
    jest.advanceTimersByTime(59_999);
    expect(written()).toEqual([false, false, false]);
    jest.advanceTimersByTime(1);
    expect(written()).toEqual([true, false, true]);
  });
});
