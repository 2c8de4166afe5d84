import { describe, expect, it } from '@jest/globals';
import { untilAborted } from '../../lib/support/until-aborted.js';

describe('waiting until a signal is aborted', () => {
  const { signal } = new AbortController();

  it('no abort: ends as the promise does', async () => {
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(untilAborted(Promise.reject(new Error('down')), signal)).rejects.toThrow('down');
  });

  it("abort: ends with the signal's reason, also when the promise fails later", async () => {
    const stop = new AbortController();
    const { promise, reject } = pending();
    const waiting = untilAborted(promise, stop.signal);
    stop.abort(new Error('enough'));
    reject(new Error('too late'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('signal that is aborted already: does not begin', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(untilAborted(Promise.resolve(1), aborted)).rejects.toThrow('enough');
    await expect(untilAborted(Promise.reject(new Error('down')), aborted)).rejects.toThrow('enough');
  });
});

function pending(): { promise: Promise<never>; reject: (reason: Error) => void } {
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<never>((_resolve, give) => (reject = give));
  return { promise, reject };
}
