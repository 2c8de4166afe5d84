import { describe, expect, it, jest } from '@jest/globals';
import { pgliteListening } from '../../lib/postgres/pglite-listening.js';
import type { PGliteDatabase } from '../../lib/postgres/postgres-clients.js';

describe('listening in PGlite', () => {
  function setUp(unlisten: PGliteDatabase['unlisten'] = () => Promise.resolve()) {
    const listeners: ((payload: string) => void)[] = [];
    const database = {
      query: () => Promise.resolve({ rows: [] }),
      listen: jest.fn<PGliteDatabase['listen']>((_channel, listener) => Promise.resolve(listeners.push(listener))),
      unlisten: jest.fn<PGliteDatabase['unlisten']>(unlisten),
    };
    const payloads: string[] = [];
    const stop = new AbortController();
    const open = () => pgliteListening(database, 'origins')((payload) => payloads.push(payload), stop.signal);
    return { database, listeners, payloads, stop, open };
  }

  it('ends with its signal', async () => {
    const { database, listeners, payloads, stop, open } = setUp();
    const { lost } = await open();
    listeners[0]?.('a');
    stop.abort('enough');
    listeners[0]?.('late');
    expect(await lost).toBe('enough');
    expect(payloads).toEqual(['a']);
    expect(database.unlisten.mock.calls).toEqual([['"origins"', listeners[0]]]);
  });

  it('ends also when the signal was aborted before it began', async () => {
    const { database, stop, open } = setUp();
    stop.abort('enough');
    const { lost } = await open();
    expect(await lost).toBe('enough');
    expect(database.unlisten).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('PGlite is closed'))],
    [
      'throws',
      () => {
        throw new Error('PGlite is closed');
      },
    ],
  ])('does not disturb who closes the database first, and unlisten() %s', async (_name, unlisten) => {
    const { stop, open } = setUp(unlisten);
    const { lost } = await open();
    stop.abort('enough');
    expect(await lost).toBe('enough');
    await new Promise((resolve) => setImmediate(resolve));
  });
});
