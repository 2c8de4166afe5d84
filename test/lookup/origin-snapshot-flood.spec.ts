import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StagedListOfSingles, snapshotOf } from './staged-list.js';

const A = 'https://a.example';
const B = 'https://b.example';
/** How long a reading of the whole list takes, in milliseconds. */
const DURATION = 400;

describe('a store that keeps saying that everything has changed', () => {
  let list: StagedListOfSingles;
  let subject: ReturnType<typeof snapshotOf>['snapshot'];
  let reading: number;

  beforeEach(async () => {
    jest.useFakeTimers();
    list = new StagedListOfSingles();
    list.rows = [A];
    reading = 0;
    list.loadOrigins.mockImplementation(async () => {
      const rows = [...list.rows];
      await new Promise((resolve) => setTimeout(resolve, DURATION));
      reading += DURATION;
      return rows;
    });
    subject = snapshotOf(list, { refreshInterval: 60_000 }).snapshot;
    const started = subject.start();
    await pass(DURATION);
    await started;
  });

  afterEach(() => {
    subject.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const pass = (time: number) => jest.advanceTimersByTimeAsync(time);

  async function flood(time: number, change: object = {}): Promise<void> {
    for (let passed = 0; passed < time; passed += 50) {
      subject.follow(change);
      await pass(50);
    }
  }

  it('long flood: the whole list is read for a tenth of the time, and the last change arrives', async () => {
    await flood(40_000);
    expect(reading).toBeLessThanOrEqual((40_000 + DURATION) / 10 + DURATION);
    expect(reading).toBeGreaterThan(3 * DURATION);
    list.rows = [B];
    subject.follow({});
    await pass(11 * DURATION);
    expect(subject.lookUp(B, undefined)).toBe('allowed');
    const { length } = list.loadOrigins.mock.calls;
    await pass(30 * DURATION);
    expect(list.loadOrigins).toHaveBeenCalledTimes(length);
  });

  it('change after a pause: is read at once', async () => {
    await pass(10 * DURATION);
    list.rows = [B];
    subject.follow({});
    await pass(DURATION);
    expect(subject.lookUp(B, undefined)).toBe('allowed');
  });

  it('single origins: are read at once all the same', async () => {
    await flood(1000);
    list.rows = [];
    subject.follow({ origin: A });
    await pass(0);
    expect(subject.lookUp(A, undefined)).toBe('refused');
  });

  it('more origins than can be read: the whole list is read for a tenth of the time', async () => {
    list.loadOrigin.mockImplementation(async (origin) => {
      await new Promise((resolve) => setTimeout(resolve, 4));
      return list.rows.filter((row) => row === origin);
    });
    await pass(10 * DURATION);
    reading = 0;
    for (let batch = 0; batch < 200; batch++) {
      for (let each = 0; each < 200; each++) {
        subject.follow({ origin: `https://${batch}-${each}.example` });
      }
      await pass(50);
    }
    expect(reading).toBeLessThanOrEqual((10_000 + DURATION) / 10 + DURATION);
    list.rows = [];
    subject.follow({ origin: A });
    await pass(100);
    expect(subject.lookUp(A, undefined)).toBe('refused');
    await pass(11 * DURATION);
  });

  it('origins named by the hundred thousand: other origins are allowed while single ones are read', async () => {
    await pass(10 * DURATION);
    list.loadOrigin.mockImplementationOnce(() => new Promise(() => {}));
    subject.follow({ origin: B });
    await pass(0);
    for (let each = 0; each <= 100_000; each++) {
      subject.follow({ origin: `https://${each}.example` });
    }
    expect(subject.lookUp(A, undefined)).toBe('allowed');
  });

  it('origin that changes during the reading after a failure: is read at once', async () => {
    await pass(10 * DURATION);
    list.loadOrigins.mockImplementationOnce(() => Promise.reject(new Error('down')));
    subject.follow({});
    await pass(1_000);
    expect(list.loadOrigins).toHaveBeenCalledTimes(3);
    subject.follow({ origin: A });
    subject.follow({ origin: B });
    list.rows = [A, B];
    await pass(DURATION + 1);
    expect([subject.lookUp(A, undefined), subject.lookUp(B, undefined)]).toEqual(['allowed', 'allowed']);
    await pass(30 * DURATION);
    expect(list.loadOrigins).toHaveBeenCalledTimes(3);
  });

  it('second failure: waits for the next reading', async () => {
    await pass(10 * DURATION);
    list.loadOrigins.mockImplementationOnce(() => Promise.reject(new Error('down')));
    list.loadOrigins.mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, DURATION));
      throw new Error('down');
    });
    subject.follow({});
    await pass(1_000);
    subject.follow({ origin: A });
    await pass(DURATION + 1_000);
    expect(list.loadOrigins).toHaveBeenCalledTimes(3);
    expect(list.loadOrigin).not.toHaveBeenCalled();
    expect(subject.lookUp(A, undefined)).toBe('failed');
    await pass(2_000);
    expect(subject.lookUp(A, undefined)).toBe('allowed');
  });

  it('refresh by the application: is read at once', async () => {
    await flood(1000);
    list.rows = [B];
    const refreshed = subject.refresh({});
    await pass(DURATION);
    await refreshed;
    expect(subject.lookUp(B, undefined)).toBe('allowed');
  });

  it('failing readings: are retried a few times a second', async () => {
    await pass(10 * DURATION);
    const { length } = list.loadOrigins.mock.calls;
    list.loadOrigins.mockImplementation(() => Promise.reject(new Error('down')));
    await flood(10_000);
    await flood(10_000, { origin: A });
    expect(list.loadOrigins.mock.calls.length - length).toBeLessThanOrEqual(4 * 20 + 10);
    list.loadOrigins.mockImplementation(async () => [B]);
    subject.follow({});
    await pass(1000);
    expect(subject.lookUp(B, undefined)).toBe('allowed');
  });
});
