import { beforeEach, describe, expect, it } from '@jest/globals';
import { type QuerySlot, QuerySlots } from '../../../lib/entry-points/stores/query-slots.js';

describe('query slots', () => {
  let slots: QuerySlots;
  let taken: [number, QuerySlot][];

  beforeEach(() => {
    slots = new QuerySlots(2);
    taken = [];
  });

  const turn = () => new Promise((resolve) => setImmediate(resolve));
  async function take(number: number, signal = new AbortController().signal): Promise<void> {
    void slots.take(signal).then(
      (slot) => taken.push([number, slot]),
      () => taken.push([-number, undefined as never]),
    );
    await turn();
  }
  const numbers = () => taken.map(([number]) => number);
  const slot = (index: number) => taken[index]?.[1] as QuerySlot;

  it('more queries than slots: start in order as slots become free', async () => {
    for (const number of [1, 2, 3, 4]) {
      await take(number);
    }
    expect(numbers()).toEqual([1, 2]);
    slot(1).free();
    await turn();
    expect(numbers()).toEqual([1, 2, 3]);
    slot(0).free();
    await turn();
    expect(numbers()).toEqual([1, 2, 3, 4]);
  });

  it('slot freed twice: counts as one', async () => {
    await take(1);
    slot(0).free();
    slot(0).free();
    slot(0).abandon();
    for (const number of [2, 3, 4]) {
      await take(number);
    }
    expect(numbers()).toEqual([1, 2, 3]);
    expect(slots.hasAbandoned).toBe(false);
  });

  it('abandoned query that still runs: keeps its slot', async () => {
    await take(1);
    slot(0).abandon();
    slot(0).abandon();
    await take(2);
    expect(slots.hasAbandoned).toBe(true);
    expect(numbers()).toEqual([1]);
    slot(0).free();
    await turn();
    expect(numbers()).toEqual([1, 2]);
  });

  it('waiting query whose signal was aborted: gets no slot', async () => {
    const leaving = new AbortController();
    await take(1);
    await take(2);
    await take(3, leaving.signal);
    await take(4);
    leaving.abort();
    await turn();
    slot(0).free();
    await turn();
    expect(numbers()).toEqual([1, 2, -3, 4]);
    await take(5, AbortSignal.abort());
    expect(numbers()).toEqual([1, 2, -3, 4, -5]);
  });

  it('other limits later: the number of slots grows and never shrinks', async () => {
    slots.raiseTo(3);
    slots.raiseTo(1);
    for (const number of [1, 2, 3, 4]) {
      await take(number);
    }
    expect(numbers()).toEqual([1, 2, 3]);
  });
});
