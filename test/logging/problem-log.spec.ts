import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProblemLog } from '../../lib/logging/problem-log.js';

describe('the log of problems with decisions', () => {
  const lines: string[] = [];
  const write = (line: unknown) => void lines.push(String(line));

  beforeEach(() => {
    lines.length = 0;
    jest.useFakeTimers();
  });

  afterEach(() => void jest.useRealTimers());

  it('repeated problem: is written once a minute, with its count', () => {
    const log = new ProblemLog({ warn: write, error: write });
    for (let time = 0; time < 200; time++) {
      log.warn('a', 'first');
      log.error('b', 'second');
    }
    expect(lines).toEqual(['first', 'second']);
    jest.advanceTimersByTime(60_000);
    log.warn('a', 'first');
    log.warn('a', 'first');
    expect(lines).toEqual(['first', 'second', 'first (and 199 times since it was last logged)']);
    jest.advanceTimersByTime(60_000);
    log.warn('a', 'first');
    expect(lines.at(-1)).toBe('first (and 1 times since it was last logged)');
  });

  it('many problems and long lines: are bounded', () => {
    const log = new ProblemLog({ warn: write, error: write });
    for (let problem = 0; problem < 2000; problem++) {
      log.warn(String(problem), 'x'.repeat(5000));
    }
    expect(lines).toHaveLength(1000);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(1001);
  });

  it('logger that throws: does not fail', () => {
    const fail = () => {
      throw new Error('disk full');
    };
    expect(() => new ProblemLog({ warn: fail, error: fail }).warn('a', 'line')).not.toThrow();
  });
});
