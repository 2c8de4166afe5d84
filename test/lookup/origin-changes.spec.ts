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

  it('emitted change: is passed on until the listener is stopped', () => {
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

  it('change that is emitted during the subscription: is passed on, and may stop the listener', () => {
    const subject = new BehaviorSubject<OriginChange>({});
    const listener = new ChangeListener(subject, onChange, onError);
    onChange.mockImplementation(() => listener.stop());
    listener.start();
    expect(onChange).toHaveBeenCalledTimes(1);
    expect(subject.observed).toBe(false);
  });

  it('error: subscribes again, logs it, and reports a change of everything for the gap', () => {
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

  it('first change after a gap: comes after the change of everything', () => {
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

  it('feed that stays unavailable: drops nothing, logs one error a minute, and reports everything afterwards', () => {
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

  it.each([0, 1_000])('stopped %i ms after an error: leaves no timer', (pause) => {
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

  it('stopped by the error: does not try again', () => {
    const listener = new ChangeListener(
      throwError(() => new Error('no')),
      onChange,
      () => listener.stop(),
    );
    listener.start();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a change of any type', () => {
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
  ])('%s: is read, and concerns everything where it is unclear', (_name, given, read) => {
    expect(readChange(given)).toEqual(read);
  });
});
