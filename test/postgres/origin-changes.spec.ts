import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Subscription } from 'rxjs';
import type { OriginChange } from '../../lib/interfaces/index.js';
import { reconnectDelay } from '../../lib/postgres/backoff.js';
import type { Listening } from '../../lib/postgres/listening.js';
import { ListeningLog } from '../../lib/postgres/listening-log.js';
import { originChanges } from '../../lib/postgres/origin-changes.js';

const ORIGIN = 'https://a.example';

/** A server that tests let go up and down. */
class FakeServer {
  up = true;
  attempts = 0;
  readonly connections = new Set<{ notify: (payload: string) => void; lose: (reason: unknown) => void }>();

  readonly open = async (notify: (payload: string) => void, signal: AbortSignal): Promise<Listening> => {
    this.attempts++;
    await Promise.resolve();
    if (!this.up) {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    }
    const lost = new Promise<unknown>((resolve) => {
      const lose = (reason: unknown) => {
        signal.removeEventListener('abort', stop);
        this.connections.delete(connection);
        resolve(reason);
      };
      const stop = () => lose(signal.reason);
      const connection = { notify, lose };
      this.connections.add(connection);
      signal.addEventListener('abort', stop);
    });
    return { lost };
  };

  notify(payload: string): void {
    this.connections.forEach((connection) => connection.notify(payload));
  }

  drop(): void {
    for (const connection of this.connections) {
      connection.lose(new Error('Connection terminated unexpectedly'));
    }
  }
}

describe('the changes of a table', () => {
  const logger = { log: jest.fn<(line: unknown) => void>(), warn: jest.fn<(line: unknown) => void>() };
  let server: FakeServer;
  let changes: ReturnType<typeof originChanges>;
  let seen: OriginChange[];
  let subscription: Subscription | undefined;

  beforeEach(() => {
    jest.useFakeTimers();
    logger.log.mockReset();
    logger.warn.mockReset();
    server = new FakeServer();
    changes = originChanges(server.open, new ListeningLog('cors_origins', logger));
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
    await jest.advanceTimersByTimeAsync(0);
  }

  it('are not listened for before somebody subscribes', async () => {
    await jest.advanceTimersByTimeAsync(60_000);
    expect(server.attempts).toBe(0);
  });

  it('begin with everything, and go on with what is notified', async () => {
    await subscribe();
    server.notify(`{"origin":"${ORIGIN}","tenant":"a"}`);
    server.notify('{}');
    expect(seen).toEqual([{}, { origin: ORIGIN, tenant: 'a' }, {}]);
    expect(logger.log).not.toHaveBeenCalled();
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('are listened for once, however many subscribe', async () => {
    await subscribe();
    const second = changes.subscribe((change) => seen.push(change));
    server.notify('{"tenant":"a"}');
    expect(server.attempts).toBe(1);
    expect(seen).toEqual([{}, { tenant: 'a' }, { tenant: 'a' }]);
    second.unsubscribe();
    expect(server.connections.size).toBe(1);
  });

  it('begin with everything again after every gap, and each end of a gap is logged once', async () => {
    await subscribe();
    server.up = false;
    server.drop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual([{}]);
    expect(server.attempts).toBeGreaterThan(10);
    server.up = true;
    await jest.advanceTimersByTimeAsync(5000);
    server.notify('{"tenant":"a"}');
    expect(seen).toEqual([{}, {}, { tenant: 'a' }]);
    expect(logger.warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^Not listening on channel "cors_origins" of PostgreSQL \(Connection terminated unexpectedly\)/,
        ),
      ],
    ]);
    expect(logger.log.mock.calls).toEqual([['Listening on channel "cors_origins" of PostgreSQL again']]);
  });

  it('come as soon as there is a server, where there was none at first', async () => {
    server.up = false;
    await subscribe();
    expect(logger.warn).toHaveBeenCalledTimes(1);
    expect(logger.warn.mock.calls[0]?.[0]).toContain('(ECONNREFUSED)');
    server.up = true;
    await jest.advanceTimersByTimeAsync(100);
    expect(seen).toEqual([{}]);
  });

  it('end with the last subscription, and with them the connection and every timer', async () => {
    await subscribe();
    subscription?.unsubscribe();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(server.connections.size).toBe(0);
    expect(server.attempts).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('end also while it is being tried again', async () => {
    server.up = false;
    await subscribe();
    await jest.advanceTimersByTimeAsync(3000);
    subscription?.unsubscribe();
    const { attempts } = server;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(server.attempts).toBe(attempts);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are listened for again with the next subscription', async () => {
    await subscribe();
    subscription?.unsubscribe();
    await subscribe();
    server.notify('{"tenant":"a"}');
    expect(seen).toEqual([{}, {}, { tenant: 'a' }]);
    expect(server.connections.size).toBe(1);
  });

  it('are everything when a notification is not understood, with one warning a minute', async () => {
    await subscribe();
    for (let i = 0; i < 5; i++) {
      server.notify('hello');
    }
    expect(seen).toEqual([{}, {}, {}, {}, {}, {}]);
    expect(logger.warn).toHaveBeenCalledTimes(1);
    expect(logger.warn.mock.calls[0]?.[0]).not.toContain('hello');
    await jest.advanceTimersByTimeAsync(60_000);
    server.notify('hello');
    expect(logger.warn).toHaveBeenCalledTimes(2);
  });

  it('go on when the logger fails', async () => {
    logger.warn.mockImplementation(() => {
      throw new Error('disk full');
    });
    await subscribe();
    server.notify('hello');
    server.drop();
    await jest.advanceTimersByTimeAsync(5000);
    expect(seen).toEqual([{}, {}, {}]);
  });

  it('are not begun ten times a second by a server that drops every connection', async () => {
    await subscribe();
    for (let second = 0; second < 60; second++) {
      server.drop();
      await jest.advanceTimersByTimeAsync(1000);
    }
    expect(seen.length).toBeLessThan(30);
  });

  it('are taken up at once after a connection that was good', async () => {
    server.up = false;
    await subscribe();
    await jest.advanceTimersByTimeAsync(30_000);
    server.up = true;
    await jest.advanceTimersByTimeAsync(5000);
    expect(seen).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(5000);
    server.drop();
    await jest.advanceTimersByTimeAsync(100);
    expect(seen).toHaveLength(2);
  });
});

describe('the delay before connecting again', () => {
  it('doubles from 100 ms to 5 s', () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7, 2000].map((failures) => reconnectDelay(failures, () => 0));
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('is up to half of that less at random', () => {
    expect(reconnectDelay(0, () => 1)).toBe(50);
    expect(reconnectDelay(9, () => 0.5)).toBe(3750);
  });
});
