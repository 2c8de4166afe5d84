import { describe, expect, it, jest } from '@jest/globals';
import { pgliteChannel } from '../../../lib/entry-points/postgres/pglite-channel.js';
import type { PGliteDatabase } from '../../../lib/entry-points/postgres/postgres-clients.js';
import { listenOnce } from '../../../lib/entry-points/stores/channel.js';

describe('listening in PGlite', () => {
  function setUp(given: Partial<PGliteDatabase> = {}) {
    const listeners: ((payload: string) => void)[] = [];
    const database = {
      query: () => Promise.resolve({ rows: [] }),
      listen: jest.fn<PGliteDatabase['listen']>(
        given.listen ?? ((_channel, listener) => Promise.resolve(listeners.push(listener))),
      ),
      unlisten: jest.fn<PGliteDatabase['unlisten']>(given.unlisten ?? (() => Promise.resolve())),
    };
    const heard: unknown[] = [];
    const stop = new AbortController();
    const lost = listenOnce(
      pgliteChannel(database, 'origins'),
      stop.signal,
      () => heard.push('listening'),
      (payload) => heard.push(payload),
    );
    return { database, listeners, heard, stop, lost };
  }

  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('aborted signal: ends', async () => {
    const { database, listeners, heard, stop, lost } = setUp();
    await settle();
    listeners[0]?.('a');
    stop.abort('enough');
    listeners[0]?.('late');
    expect(await lost).toBe('enough');
    expect(heard).toEqual(['listening', 'a']);
    await settle();
    expect(database.unlisten.mock.calls).toEqual([['"origins"', listeners[0]]]);
  });

  it('signal aborted before it began: ends once there is something to end', async () => {
    let begin: () => void = () => {};
    const { database, heard, stop, lost } = setUp({ listen: () => new Promise<void>((resolve) => (begin = resolve)) });
    stop.abort('enough');
    expect(await lost).toBe('enough');
    await settle();
    expect(database.unlisten).not.toHaveBeenCalled();
    begin();
    await settle();
    expect(database.unlisten).toHaveBeenCalledTimes(1);
    expect(heard).toEqual([]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('PGlite is closed'))],
    [
      'throws',
      () => {
        throw new Error('PGlite is closed');
      },
    ],
  ])('listen() that %s: is lost', async (_name, listen) => {
    const { lost } = setUp({ listen });
    expect(await lost).toEqual(new Error('PGlite is closed'));
    await settle();
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('PGlite is closed'))],
    [
      'throws',
      () => {
        throw new Error('PGlite is closed');
      },
    ],
  ])('unlisten() after the database is closed, which %s: does not disturb the closing', async (_name, unlisten) => {
    const { stop, lost } = setUp({ unlisten });
    await settle();
    stop.abort('enough');
    expect(await lost).toBe('enough');
    await settle();
  });
});
