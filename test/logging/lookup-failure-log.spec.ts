import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LookupFailureLog } from '../../lib/logging/lookup-failure-log.js';

const ORIGIN = 'https://secret-customer.example';

describe('the log of lookup failures', () => {
  let lines: string[];
  let log: LookupFailureLog;

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    const push = (line: string) => void lines.push(line);
    log = new LookupFailureLog({ error: push, warn: push });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('lasting cause: has one line, and another one with a count', () => {
    for (let i = 0; i < 1000; i++) {
      log.report('Origins', { kind: 'timed-out', timeout: 2000 }, ORIGIN);
      log.report('Origins', { kind: 'threw', error: new TypeError('no') }, ORIGIN);
    }
    expect(lines).toHaveLength(2);
    jest.advanceTimersByTime(60_000);
    log.report('Origins', { kind: 'timed-out', timeout: 2000 }, ORIGIN);
    expect(lines[2]).toBe(
      'Origins gave no answer within 2000 ms (lookupTimeout), so the origin was refused (and 999 times since it was last logged)',
    );
  });

  it('secrets in the error: shows neither the origin, nor passwords, nor control characters', () => {
    const error = Object.assign(new Error(`no row for ${ORIGIN}\r\nat postgres://user:hunter2@db/app`), {
      code: '28P01',
    });
    log.report('Origins', { kind: 'threw', error }, ORIGIN);
    expect(lines[0]).toBe(
      'Origins failed, so the origin was refused: Error (28P01): no row for <origin> at postgres://***@db/app',
    );
  });

  it('any value as an error: is one line', () => {
    const hostile = Object.assign(new Error('x'.repeat(10_000)), { name: 'A\nB', code: '\u001b[31m' });
    log.report('Origins', { kind: 'threw', error: hostile }, ORIGIN);
    expect(lines[0]).toMatch(/^Origins failed, so the origin was refused: A B \(\): x+$/);
    expect(lines[0]?.length).toBeLessThanOrEqual(500);
    log.report('Origins', { kind: 'threw', error: { name: Object.create(null) } }, ORIGIN);
    log.report(
      'Origins',
      { kind: 'threw', error: new Error('at postgres://user:pa/ss@db for secret-customer.example') },
      ORIGIN,
    );
    expect(lines.at(-1)).toBe('Origins failed, so the origin was refused: Error: at postgres://***@db for <origin>');
  });

  it.each([
    [{ kind: 'not-boolean', answer: null }, /answered with null instead of true or false/],
    [{ kind: 'not-boolean', answer: Object.create(null) }, /answered with an object \(without prototype\)/],
    [{ kind: 'not-boolean', answer: new Map() }, /answered with an object \(Map\)/],
    [{ kind: 'tenant-not-string', tenant: 1 }, /returned a number instead of a string or undefined/],
    [{ kind: 'tenant-threw', error: 'text' }, /failed, so the origin was refused: a string/],
    [{ kind: 'threw', error: undefined }, /failed, so the origin was refused: undefined/],
    [
      { kind: 'threw', error: 'text', keepsAccess: true },
      /failed, so the origin keeps its access by a cached result \(cache\.staleIfError\): a string/,
    ],
    [
      { kind: 'timed-out', timeout: 2000, keepsAccess: true },
      /no answer within 2000 ms \(lookupTimeout\), so the origin keeps its access by a cached result/,
    ],
  ] as const)('each kind of failure: says what happened: %j', (failure, line) => {
    log.report('Origins', failure, ORIGIN);
    expect(lines[0]).toMatch(line);
  });

  it('function that may use a callback: says so', () => {
    const error = new TypeError('callback is not a function');
    log.report('Origins', { kind: 'threw', error, mayTakeCallback: true }, ORIGIN);
    log.report('Origins', { kind: 'not-boolean', answer: undefined, mayTakeCallback: true }, ORIGIN);
    log.report('Others', { kind: 'not-boolean', answer: undefined }, ORIGIN);
    expect(lines.map((line) => line.includes('written for the `cors` package. Return true or false'))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('errors with what a client sent in their names: neither fill nor silence it', () => {
    const flood = () => {
      for (let i = 0; i < 10_000; i++) {
        const error = Object.assign(new Error('no'), { code: `${'x'.repeat(1000)}${i}` });
        log.report('Origins', { kind: 'threw', error: i % 2 ? error : { name: `N${i}` } }, ORIGIN);
      }
    };
    flood();
    expect(lines.length).toBeLessThan(20);
    log.report('Others', { kind: 'threw', error: new Error('no') }, ORIGIN);
    log.report('Origins', { kind: 'timed-out', timeout: 1 }, ORIGIN);
    expect(lines.at(-2)).toMatch(/^Others failed/);
    expect(lines.at(-1)).toMatch(/^Origins gave no answer/);
    jest.advanceTimersByTime(60_000);
    lines.length = 0;
    log.report('Origins', { kind: 'threw', error: new RangeError('too much') }, ORIGIN);
    expect(lines).toEqual([expect.stringMatching(/RangeError: too much$/)]);
    flood();
    expect(lines.length).toBeLessThan(20);
  });

  it('causes that never repeat: stays bounded', () => {
    for (let i = 0; i < 10_000; i++) {
      log.report(`lookup ${i}`, { kind: 'timed-out', timeout: 1 }, ORIGIN);
    }
    const { throttle } = log as unknown as { throttle: { lines: Map<string, unknown> } };
    expect(throttle.lines.size).toBeLessThanOrEqual(256);
  });
});
