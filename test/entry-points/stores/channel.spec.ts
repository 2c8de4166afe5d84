import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { listenOnce } from '../../../lib/entry-points/stores/channel.js';
import { FakeChannel, TIMING } from './fake-channel.js';

describe('channel connection', () => {
  let channel: FakeChannel;
  let stop: AbortController;
  let heard: unknown[];
  let reason: unknown;

  beforeEach(() => {
    jest.useFakeTimers();
    channel = new FakeChannel();
    stop = new AbortController();
    heard = [];
    reason = undefined;
  });

  afterEach(() => {
    stop.abort();
    jest.useRealTimers();
  });

  async function listen(): Promise<void> {
    const listening = () => void heard.push('listening');
    void listenOnce(channel, stop.signal, listening, (payload) => heard.push(payload)).then(
      (given) => (reason = given),
    );
    await pass();
  }

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);

  function expectNothingLeft(): void {
    expect(channel.connections.size).toBe(0);
    expect(channel.last?.closed).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  }

  it('connection that works: reports that it listens, and every message', async () => {
    await listen();
    channel.send('a');
    expect(heard).toEqual(['listening', 'a']);
    expect(reason).toBeUndefined();
  });

  it('heartbeats that are answered: sends the next one', async () => {
    await listen();
    await pass(10 * TIMING.heartbeat);
    expect(channel.pings).toBe(10);
    expect(reason).toBeUndefined();
    expect(channel.connections.size).toBe(1);
  });

  it('heartbeat without an answer: ends', async () => {
    await listen();
    channel.hangs.add('ping');
    await pass(TIMING.heartbeat + TIMING.answer - 1);
    expect(reason).toBeUndefined();
    await pass(1);
    expect(reason).toEqual(new Error('The answer to a heartbeat took longer than 2000 ms'));
    expectNothingLeft();
  });

  it('heartbeat that fails: ends', async () => {
    await listen();
    channel.failure = new Error('READONLY');
    await pass(TIMING.heartbeat);
    expect(reason).toBe(channel.failure);
    expectNothingLeft();
  });

  it('two losses: ends with the first, and reports no message after it', async () => {
    await listen();
    const listener = channel.last?.listener;
    const error = new Error('gone');
    listener?.onLost(error);
    listener?.onLost(new Error('and again'));
    listener?.onPayload('late');
    await pass();
    expect(reason).toBe(error);
    expect(heard).toEqual(['listening']);
    expectNothingLeft();
  });

  it('aborted signal: ends', async () => {
    await listen();
    stop.abort('enough');
    channel.last?.listener.onPayload('late');
    await pass();
    expect(reason).toBe('enough');
    expect(heard).toEqual(['listening']);
    expectNothingLeft();
  });

  it('signal aborted while it connects: ends, and never listens', async () => {
    const listening = listen();
    stop.abort('enough');
    await listening;
    expect(reason).toBe('enough');
    expect(heard).toEqual([]);
    expectNothingLeft();
  });

  it('signal aborted by the report that it listens: ends', async () => {
    void listenOnce(channel, stop.signal, () => stop.abort('enough'), fail).then((given) => (reason = given));
    await pass();
    expect(reason).toBe('enough');
    expectNothingLeft();
  });

  it('signal aborted during a heartbeat: ends, and sends no other heartbeat', async () => {
    await listen();
    channel.hangs.add('ping');
    await pass(TIMING.heartbeat);
    stop.abort('enough');
    await pass(60_000);
    expect(channel.pings).toBe(1);
    expectNothingLeft();
  });

  it('connecting takes longer than its limit: rejects', async () => {
    channel.hangs.add('open');
    await listen();
    await pass(TIMING.opening);
    expect(reason).toEqual(new Error('Connecting took longer than 3000 ms'));
    expectNothingLeft();
  });

  it('connecting rejects: rejects with that error', async () => {
    channel.failure = new Error('NOPERM');
    await listen();
    expect(reason).toBe(channel.failure);
    expect(heard).toEqual([]);
    expectNothingLeft();
  });

  it('connecting throws: rejects with what was thrown', async () => {
    const error = new Error('no such host');
    channel.connect = () => {
      throw error;
    };
    await listen();
    expect(reason).toBe(error);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('store without a network: sends no heartbeat', async () => {
    channel.timing = undefined;
    await listen();
    expect(heard).toEqual(['listening']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

function fail(): void {
  throw new Error('Nothing was sent');
}
