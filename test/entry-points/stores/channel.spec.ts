import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { listenOnce } from '../../../lib/entry-points/stores/channel.js';
import { FakeChannel, TIMING } from './fake-channel.js';

describe('listening on one connection', () => {
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

  it('tells when it listens, and what it hears', async () => {
    await listen();
    channel.send('a');
    expect(heard).toEqual(['listening', 'a']);
    expect(reason).toBeUndefined();
  });

  it('asks for a sign of life, as long as there is one', async () => {
    await listen();
    await pass(10 * TIMING.heartbeat);
    expect(channel.pings).toBe(10);
    expect(reason).toBeUndefined();
    expect(channel.connections.size).toBe(1);
  });

  it('ends when there is no sign of life', async () => {
    await listen();
    channel.hangs.add('ping');
    await pass(TIMING.heartbeat + TIMING.answer - 1);
    expect(reason).toBeUndefined();
    await pass(1);
    expect(reason).toEqual(new Error('The answer to a heartbeat took longer than 2000 ms'));
    expectNothingLeft();
  });

  it('ends when the sign of life is an error', async () => {
    await listen();
    channel.failure = new Error('READONLY');
    await pass(TIMING.heartbeat);
    expect(reason).toBe(channel.failure);
    expectNothingLeft();
  });

  it('ends with the first loss it is told of, and hears nothing after that', async () => {
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

  it('ends with its signal', async () => {
    await listen();
    stop.abort('enough');
    channel.last?.listener.onPayload('late');
    await pass();
    expect(reason).toBe('enough');
    expect(heard).toEqual(['listening']);
    expectNothingLeft();
  });

  it('ends with its signal also while it connects, and does not listen later', async () => {
    const listening = listen();
    stop.abort('enough');
    await listening;
    expect(reason).toBe('enough');
    expect(heard).toEqual([]);
    expectNothingLeft();
  });

  it('ends when it is told to because it listens', async () => {
    void listenOnce(channel, stop.signal, () => stop.abort('enough'), fail).then((given) => (reason = given));
    await pass();
    expect(reason).toBe('enough');
    expectNothingLeft();
  });

  it('ends while it waits for a sign of life, and asks for no other', async () => {
    await listen();
    channel.hangs.add('ping');
    await pass(TIMING.heartbeat);
    stop.abort('enough');
    await pass(60_000);
    expect(channel.pings).toBe(1);
    expectNothingLeft();
  });

  it('is given up when connecting takes too long', async () => {
    channel.hangs.add('open');
    await listen();
    await pass(TIMING.opening);
    expect(reason).toEqual(new Error('Connecting took longer than 3000 ms'));
    expectNothingLeft();
  });

  it('fails with the error of connecting', async () => {
    channel.failure = new Error('NOPERM');
    await listen();
    expect(reason).toBe(channel.failure);
    expect(heard).toEqual([]);
    expectNothingLeft();
  });

  it('fails with what making the connection throws', async () => {
    const error = new Error('no such host');
    channel.connect = () => {
      throw error;
    };
    await listen();
    expect(reason).toBe(error);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for nothing where no network lies between', async () => {
    channel.timing = undefined;
    await listen();
    expect(heard).toEqual(['listening']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

function fail(): void {
  throw new Error('Nothing was sent');
}
