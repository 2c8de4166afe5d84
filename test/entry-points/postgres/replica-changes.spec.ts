import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Subject, type Subscription } from 'rxjs';
import type { OriginChange } from '../../../lib/options/index.js';
import { changesForReplica } from '../../../lib/entry-points/postgres/replica-changes.js';

describe('changes of rows that are read from a replica', () => {
  let source: Subject<OriginChange>;
  let isReplica: boolean;
  let told: OriginChange[];
  let subscription: Subscription;

  beforeEach(() => {
    jest.useFakeTimers();
    source = new Subject();
    isReplica = true;
    told = [];
    subscription = changesForReplica(source, () => isReplica).subscribe((change) => told.push(change));
  });

  afterEach(() => {
    subscription.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  /** How many changes were told by each of these times, in seconds. */
  function toldAt(...times: number[]): number[] {
    let now = 0;
    return times.map((time) => {
      jest.advanceTimersByTime(Math.round((time - now) * 1000));
      now = time;
      return told.length;
    });
  }

  it('change: is reported at once, and again after 1, 4, 15 and 60 seconds', () => {
    source.next({ origin: 'https://a.example' });
    expect(toldAt(0, 0.9, 1, 3.9, 4, 14.9, 15, 59.9, 60, 3600)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(new Set(told.map(({ origin }) => origin))).toEqual(new Set(['https://a.example']));
  });

  it('several changes: are reported again once each, and as a change of any origin beyond a hundred', () => {
    for (const tenant of ['a', 'b', 'a']) {
      source.next({ origin: 'https://a.example', tenant });
    }
    expect(toldAt(1)).toEqual([5]);
    told.length = 0;
    for (let number = 0; number < 200; number++) {
      source.next({ origin: `https://a${number}.example` });
    }
    expect(toldAt(0, 1)).toEqual([200, 201]);
    expect(told.at(-1)).toEqual({});
  });

  it('rows of the primary: are reported once, since it became one', () => {
    source.next({});
    isReplica = false;
    source.next({ origin: 'https://a.example' });
    expect(toldAt(0, 100)).toEqual([2, 6]);
    expect(told.filter(({ origin }) => origin !== undefined)).toHaveLength(1);
  });

  it('subscriber that has left: gets no more reports', () => {
    source.next({});
    subscription.unsubscribe();
    expect(toldAt(100)).toEqual([1]);
    expect(source.observed).toBe(false);
  });
});
