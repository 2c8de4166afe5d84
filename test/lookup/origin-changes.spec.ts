import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BehaviorSubject, Observable, type Subscriber, Subject, throwError } from 'rxjs';
import type { OriginChange } from '../../lib/options/index.js';
import { ChangeListener, readChange } from '../../lib/lookup/origin-changes.js';

describe('a listener to changes', () => {
  const onChange = jest.fn<(change: OriginChange) => void>();
  const onError = jest.fn<(error: unknown) => void>();

  /** A feed that can be listened to as often as need be; `listeners` has those who do now. */
  function feed(connect: (subscriber: Subscriber<OriginChange>) => void = () => {}) {
    const listeners = new Set<Subscriber<OriginChange>>();
    let connections = 0;
    const changes = new Observable<OriginChange>((subscriber) => {
      connections++;
      listeners.add(subscriber);
      connect(subscriber);
      return () => listeners.delete(subscriber);
    });
    return { changes, listeners, connections: () => connections };
  }

  beforeEach(() => {
    jest.useFakeTimers();
    onChange.mockReset();
    onError.mockReset();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('passes changes on until it is stopped', () => {
    const subject = new Subject<OriginChange>();
    const listener = new ChangeListener(subject, onChange, onError);
    listener.start();
    subject.next({ origin: 'https://a.example', tenant: 'acme' });
    subject.next({ tenant: '' });
    listener.stop();
    subject.next({});
    expect(onChange.mock.calls).toEqual([[{ origin: 'https://a.example', tenant: 'acme' }], [{ tenant: '' }]]);
    expect(subject.observed).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('hears what is emitted while it subscribes, and lets go when it was stopped by that', () => {
    const subject = new BehaviorSubject<OriginChange>({});
    const listener = new ChangeListener(subject, onChange, onError);
    onChange.mockImplementation(() => listener.stop());
    listener.start();
    expect(onChange).toHaveBeenCalledTimes(1);
    expect(subject.observed).toBe(false);
  });

  it('subscribes again after an error, says so, and counts the gap as a change of everything', () => {
    const { changes, listeners, connections } = feed();
    const listener = new ChangeListener(changes, onChange, onError);
    listener.start();
    [...listeners][0]?.error(new Error('connection lost'));
    expect(onError.mock.calls).toEqual([[new Error('connection lost')]]);
    jest.advanceTimersByTime(1_000);
    expect(connections()).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(onChange.mock.calls).toEqual([[{}]]);
    [...listeners][0]?.next({ tenant: 'acme' });
    expect(onChange.mock.calls).toEqual([[{}], [{ tenant: 'acme' }]]);
    expect(jest.getTimerCount()).toBe(0);
    listener.stop();
  });

  it('counts the gap before the first change that it hears again', () => {
    const { changes, listeners } = feed();
    const listener = new ChangeListener(changes, onChange, onError);
    listener.start();
    [...listeners][0]?.error(new Error('connection lost'));
    jest.advanceTimersByTime(1_000);
    [...listeners][0]?.next({ tenant: 'acme' });
    jest.advanceTimersByTime(60_000);
    expect(onChange.mock.calls).toEqual([[{}], [{ tenant: 'acme' }]]);
    listener.stop();
  });

  it('has nothing dropped, and one error a minute, while the feed cannot be listened to; after it, everything', () => {
    let isDown = true;
    const { changes, connections } = feed((subscriber) => isDown && subscriber.error(new Error('no')));
    const listener = new ChangeListener(changes, onChange, onError);
    listener.start();
    jest.advanceTimersByTime(59_000);
    expect(onChange).not.toHaveBeenCalled();
    expect(onError).toHaveBeenCalledTimes(1);
    // After 1, 2, 4, 8, 16 seconds more.
    expect(connections()).toBe(6);
    isDown = false;
    jest.advanceTimersByTime(65_000);
    expect(onChange.mock.calls).toEqual([[{}]]);
    listener.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([0, 1_000])('leaves no timer when it is stopped %i ms after an error', (pause) => {
    const { changes, listeners, connections } = feed();
    const listener = new ChangeListener(changes, onChange, onError);
    listener.start();
    [...listeners][0]?.error(new Error('connection lost'));
    jest.advanceTimersByTime(pause);
    listener.stop();
    expect(jest.getTimerCount()).toBe(0);
    const before = connections();
    jest.advanceTimersByTime(120_000);
    expect(connections()).toBe(before);
    expect(listeners.size).toBe(0);
    expect(onChange).not.toHaveBeenCalled();
  });

  it('does not try again when it was stopped by the error', () => {
    const listener = new ChangeListener(
      throwError(() => new Error('no')),
      onChange,
      () => listener.stop(),
    );
    listener.start();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a change of whatever type', () => {
  it.each<[string, unknown, OriginChange]>([
    ['what it should be', { origin: 'https://a.example', tenant: 't' }, { origin: 'https://a.example', tenant: 't' }],
    ['with more than it should have', { origin: 'https://a.example', id: 1 }, { origin: 'https://a.example' }],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['a text', 'https://a.example', {}],
    ['a number', 7, {}],
    ['fields that are no texts', { origin: 7, tenant: { id: 1 } }, {}],
    ['SQL nulls', { origin: 'https://a.example', tenant: null }, { origin: 'https://a.example' }],
    ['an origin of 10 MB', { origin: 'x'.repeat(10_000_000), tenant: 't' }, { tenant: 't' }],
    [
      'fields that throw',
      {
        get origin() {
          throw new Error('no');
        },
      },
      {},
    ],
  ])('is read, and concerns everything in doubt: %s', (_name, given, read) => {
    expect(readChange(given)).toEqual(read);
  });
});
