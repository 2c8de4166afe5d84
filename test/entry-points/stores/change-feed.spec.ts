import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Observable, type Subscription, take } from 'rxjs';
import type { OriginChange } from '../../../lib/options/index.js';
import { changeFeed } from '../../../lib/entry-points/stores/change-feed.js';
import { FakeChannel } from './fake-channel.js';

const ORIGIN = 'https://a.example';

describe('change feed of a store', () => {
  const logger = { log: jest.fn<(line: unknown) => void>(), warn: jest.fn<(line: unknown) => void>() };
  let channel: FakeChannel;
  let changes: Observable<OriginChange>;
  let seen: OriginChange[];
  let subscription: Subscription | undefined;

  beforeEach(() => {
    jest.useFakeTimers();
    logger.log.mockReset();
    logger.warn.mockReset();
    channel = new FakeChannel();
    changes = changeFeed(channel, logger);
    seen = [];
  });

  afterEach(() => {
    subscription?.unsubscribe();
    jest.useRealTimers();
  });

  async function subscribe(): Promise<void> {
    subscription = changes.subscribe({
      next: (change) => seen.push(change),
      error: () => seen.push({ origin: 'erred' }),
      complete: () => seen.push({ origin: 'completed' }),
    });
    await pass();
  }

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);
  const goDown = (failure = new Error('down')) => {
    channel.failure = failure;
    channel.drop();
  };
  const comeUp = () => (channel.failure = undefined);
  const warnings = () => logger.warn.mock.calls.map(([line]) => String(line));

  it('no subscription yet: does not listen', async () => {
    await pass(60_000);
    expect(channel.attempts).toBe(0);
  });

  it('first subscription: emits a change of everything, then each change that is sent', async () => {
    await subscribe();
    channel.send(`{"origin":"${ORIGIN}","tenant":"a"}`);
    channel.send('{}');
    expect(seen).toEqual([{}, { origin: ORIGIN, tenant: 'a' }, {}]);
    expect(logger.log).not.toHaveBeenCalled();
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('several subscriptions: listens once, and emits a change of everything to each late one', async () => {
    await subscribe();
    const second = changes.subscribe((change) => seen.push(change));
    expect(seen).toEqual([{}, {}]);
    channel.send('{"tenant":"a"}');
    expect(channel.attempts).toBe(1);
    expect(seen.slice(2)).toEqual([{ tenant: 'a' }, { tenant: 'a' }]);
    second.unsubscribe();
    expect(channel.connections.size).toBe(1);
  });

  it('subscription while the connection is down: emits a change of everything once', async () => {
    await subscribe();
    goDown();
    await pass(1000);
    const late: OriginChange[] = [];
    const second = changes.subscribe((change) => late.push(change));
    expect(late).toEqual([]);
    comeUp();
    await pass(5000);
    expect(late).toEqual([{}]);
    second.unsubscribe();
  });

  it('connection lost and back: emits a change of everything, and logs each return once', async () => {
    await subscribe();
    goDown();
    await pass(60_000);
    expect(seen).toEqual([{}]);
    expect(channel.attempts).toBeGreaterThan(10);
    expect(channel.attempts).toBeLessThan(35);
    comeUp();
    await pass(5000);
    channel.send('{"tenant":"a"}');
    expect(seen).toEqual([{}, {}, { tenant: 'a' }]);
    expect(warnings()).toEqual([
      expect.stringMatching(/^Not listening on channel "origins" of Fake \(Connection terminated\), and trying again/),
    ]);
    expect(logger.log.mock.calls).toEqual([
      ['Listening on channel "origins" of Fake again: all origins are read anew'],
    ]);
  });

  it('no server at first: emits changes as soon as there is one', async () => {
    goDown();
    await subscribe();
    expect(warnings()).toEqual([expect.stringContaining('(down)')]);
    comeUp();
    await pass(100);
    expect(seen).toEqual([{}]);
  });

  it('last subscription ends: closes the connection and leaves no timer', async () => {
    await subscribe();
    subscription?.unsubscribe();
    await pass(60_000);
    expect(channel.connections.size).toBe(0);
    expect(channel.attempts).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('subscription ends before the connection is there: opens none', async () => {
    changes.subscribe((change) => seen.push(change)).unsubscribe();
    await pass();
    expect(channel.connections.size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
    expect(seen).toEqual([]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('subscriber that takes one change only: closes the connection', async () => {
    changes.pipe(take(1)).subscribe((change) => seen.push(change));
    await pass();
    expect(seen).toEqual([{}]);
    expect(channel.connections.size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('subscription ends between two attempts: makes no further attempt', async () => {
    goDown();
    await subscribe();
    await pass(3000);
    subscription?.unsubscribe();
    const { attempts } = channel;
    await pass(60_000);
    expect(channel.attempts).toBe(attempts);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('new subscription after the last one ended: listens again', async () => {
    await subscribe();
    subscription?.unsubscribe();
    await subscribe();
    channel.send('{"tenant":"a"}');
    expect(seen).toEqual([{}, {}, { tenant: 'a' }]);
    expect(channel.connections.size).toBe(1);
  });

  it('late loss of a closed connection: does not end the next subscription', async () => {
    await subscribe();
    subscription?.unsubscribe();
    // Before the end of the first connection has been noticed.
    subscription = changes.subscribe((change) => seen.push(change));
    await pass();
    const late: OriginChange[] = [];
    changes.subscribe((change) => late.push(change)).unsubscribe();
    expect(late).toEqual([{}]);
  });

  it('payloads that are no change: emits a change of everything, and logs one line a minute without quoting them', async () => {
    await subscribe();
    for (let times = 0; times < 1000; times++) {
      channel.send('hello');
    }
    expect(seen).toHaveLength(1001);
    expect(seen.every((change) => Object.keys(change).length === 0)).toBe(true);
    for (let minute = 0; minute < 2; minute++) {
      await pass(60_000);
      channel.send('hello');
    }
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^Something of 5 bytes on channel "origins" of Fake is not a change, so all origins are read/,
      ),
      expect.stringContaining('is not a change (and 999 more since it was last logged), so'),
      expect.stringContaining('is not a change, so'),
    ]);
    expect(warnings().join()).not.toContain('hello');
  });

  it('logger that throws: goes on emitting changes', async () => {
    for (const level of [logger.log, logger.warn]) {
      level.mockImplementation(() => {
        throw new Error('disk full');
      });
    }
    await subscribe();
    channel.send('hello');
    channel.drop();
    await pass(5000);
    expect(seen).toEqual([{}, {}, {}]);
  });

  it('server that drops every connection: waits longer before each new attempt', async () => {
    await subscribe();
    for (let second = 0; second < 60; second++) {
      channel.drop();
      await pass(1000);
    }
    expect(seen.length).toBeLessThan(30);
  });

  it('loss of a connection that worked: connects again at once', async () => {
    goDown();
    await subscribe();
    await pass(30_000);
    comeUp();
    await pass(5000);
    expect(seen).toHaveLength(1);
    await pass(5000);
    channel.drop();
    await pass(100);
    expect(seen).toHaveLength(2);
  });

  it.each([
    ['a URL with its password', new Error('at redis://user:p@ss/w@redis.example'), 'at redis://***@redis.example'],
    ['several lines', new Error('a\r\nb\u2028c'), 'a b c'],
    [
      'a code of the network',
      Object.assign(new Error('getaddrinfo ENOTFOUND s3cret'), { code: 'ENOTFOUND' }),
      'ENOTFOUND',
    ],
    [
      'a code of PostgreSQL',
      Object.assign(new Error('no such role'), { code: '28000', severity: 'FATAL' }),
      'no such role',
    ],
    ['an error without a message', new TypeError(), 'TypeError'],
    ['named secrets', new Error('AUTH app hunter2, pass\u200Bword=hunter2'), 'AUTH *** password=***'],
    [
      'an error that cannot be read',
      Object.defineProperty(new Error('x'), 'code', {
        get() {
          throw new Error('y');
        },
      }),
      'unknown reason',
    ],
    ['no error', 'redis://user:secret@redis.example', 'unknown reason'],
    ['a long text', new Error('x'.repeat(10_000)), 'x'.repeat(300)],
  ])('connection lost, %s: logs a reason without secrets', async (_name, reason, logged) => {
    await subscribe();
    channel.last?.listener.onLost(reason);
    await pass();
    expect(warnings()).toEqual([expect.stringContaining(` of Fake (${logged}), and`)]);
  });
});
