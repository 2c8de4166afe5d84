import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SPACING } from '../../lib/lookup/turned-away.js';
import { UnknownOrigins } from '../../lib/lookup/unknown-origins.js';

const PER_SECOND = 1;
const BURST = 10 * PER_SECOND;
const RESERVE = 5 * PER_SECOND;

describe('unknown origins, when more come than the budget allows', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Of which the budget for all is used up, and the reserve is not. */
  function usedUp(): UnknownOrigins {
    const origins = new UnknownOrigins(PER_SECOND);
    for (let i = 0; i < BURST; i++) {
      expect(origins.admit(`first-${i}`)).toBe('now');
    }
    return origins;
  }

  function turnAway(origins: UnknownOrigins, key: string): void {
    expect(origins.admit(key)).toBe('never');
    origins.turnAway(key);
  }

  it('second request: is looked up from the reserve, and waits when that is empty', () => {
    const origins = usedUp();
    const keys = Array.from({ length: RESERVE + 1 }, (_, i) => `key-${i}`);
    keys.forEach((key) => turnAway(origins, key));
    jest.advanceTimersByTime(SPACING / 2);
    const admitted = keys.map((key) => origins.admit(key));
    expect(admitted).toEqual([...Array<string>(RESERVE).fill('now'), { count: 1, since: expect.any(Number) }]);
    expect(origins.hasReserve).toBe(false);
    jest.advanceTimersByTime(1_000 / PER_SECOND);
    expect(origins.hasReserve).toBe(true);
    expect(origins.admit('key-0')).toBe('never');
    expect(origins.takeReserved(`key-${RESERVE}`)).toBe('most-tries');
    expect(origins.hasReserve).toBe(false);
  });

  it('refused origin: has no reserve for half a minute', () => {
    const origins = usedUp();
    turnAway(origins, 'refused');
    turnAway(origins, 'failed');
    origins.learn('refused', 'refused', undefined);
    origins.learn('failed', 'failed', undefined);
    expect(origins.admit('refused')).toBe('never');
    expect(origins.admit('failed')).toBe('now');
    for (let second = 0; second < 30; second++) {
      jest.advanceTimersByTime(999);
      expect(origins.admit('refused')).not.toEqual(expect.any(Object));
    }
    jest.advanceTimersByTime(30);
    while (origins.hasReserve) {
      origins.takeReserved('other');
    }
    expect(origins.admit('refused')).toEqual({ count: 2, since: expect.any(Number) });
  });

  it('none turned away: a refusal is not remembered', () => {
    const origins = usedUp();
    origins.learn('refused', 'refused', undefined);
    turnAway(origins, 'refused');
    expect(origins.admit('refused')).toBe('now');
  });

  it('waiting origins: are chosen by the order that has found allowed ones', () => {
    const origins = new UnknownOrigins(PER_SECOND);
    const [often, newest] = [
      { count: 3, since: 1 },
      { count: 2, since: 9 },
    ];
    expect(origins.isBefore(often, newest)).toBe(true);
    for (let i = 0; i < 8; i++) {
      const order = origins.takeReserved('key');
      origins.learn('key', order === 'newest' ? 'allowed' : 'refused', order);
    }
    expect(origins.isBefore(newest, often)).toBe(true);
  });
});
