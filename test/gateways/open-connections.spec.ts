import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { listOf, policy } from '../decision/policies.js';
import { StagedList, StagedListOfSingles, snapshotOf } from '../lookup/staged-list.js';
import { StagedLookup } from '../lookup/staged-lookup.js';
import { connectionsWith, settle } from './staged-connections.js';

const A = 'https://a.example';
const B = 'https://b.example';
const TTL = 30_000;

/** A lookup that tells of its changes: the tests tell them to the responders. */
const followed = (lookup: StagedLookup): StagedLookup => Object.assign(lookup, { changes: {} });

describe('open connections', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  describe('an origin that a change revokes', () => {
    it('several connections: are all closed after one lookup call', async () => {
      const { responders, policyWith, open, connections } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const partners = policyWith(lookup);
      const opened = await Promise.all(Array.from({ length: 1_000 }, () => open(partners, A, 'acme')));
      lookup.calls.length = 0;
      lookup.answer = () => Promise.resolve(false);
      responders.follow({ origin: A, tenant: 'acme' }, lookup);
      await settle();
      expect(lookup.calls).toEqual([{ origin: A, tenant: 'acme' }]);
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual(opened.map(() => 1));
      expect(connections.sizes).toEqual({ groups: 0, checks: 0, timers: 0 });
    });

    it('more connections than one turn of the event loop closes: are all closed', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const partners = policyWith(lookup);
      const opened = await Promise.all(Array.from({ length: 2_500 }, () => open(partners, A)));
      lookup.answer = () => Promise.resolve(false);
      responders.follow({ origin: A }, lookup);
      await settle();
      expect(opened.filter(({ close }) => close.mock.calls.length !== 1)).toHaveLength(0);
    });

    it.each([
      ['its origin', { origin: A }],
      ['its tenant', { tenant: 'acme' }],
      ['a pattern', { origin: 'https://*.example' }],
      ['an empty tenant, which is any', { origin: A, tenant: '' }],
      ['everything', {}],
    ])('change of %s: closes its connections', async (_what, change) => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const { close } = await open(policyWith(lookup), A, 'acme');
      lookup.answer = () => Promise.resolve(false);
      responders.follow(change, lookup);
      await settle();
      expect(close).toHaveBeenCalledTimes(1);
    });

    it('change of a tenant: closes the connections of that tenant alone', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const partners = policyWith(lookup);
      const [ofAcme, ofUmbrella] = [await open(partners, A, 'acme'), await open(partners, A, 'umbrella')];
      lookup.answer = (_origin, { tenant }) => Promise.resolve(tenant !== 'acme');
      lookup.calls.length = 0;
      responders.follow({ origin: A, tenant: 'acme' }, lookup);
      responders.follow({ tenant: 'acme' }, lookup);
      await settle();
      expect([ofAcme.close.mock.calls.length, ofUmbrella.close.mock.calls.length]).toEqual([1, 0]);
      expect(lookup.calls).toEqual([{ origin: A, tenant: 'acme' }]);
    });

    it('change of any tenant: closes its connections without a tenant', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const { close } = await open(policyWith(lookup), A);
      lookup.answer = () => Promise.resolve(false);
      responders.follow({ tenant: 'acme' }, lookup);
      await settle();
      expect(close).toHaveBeenCalledTimes(1);
    });

    it('cache told to forget it: closes its connections', async () => {
      const { responders, policyWith, policyWithFunction, open, add } = connectionsWith();
      const lookup = new StagedLookup();
      let isAllowed = true;
      const opened = await open(policyWith(lookup), A);
      const ofFunction = add(
        policyWithFunction(() => Promise.resolve(isAllowed)),
        A,
      );
      isAllowed = false;
      lookup.answer = () => Promise.resolve(false);
      await responders.forget({ origin: A });
      await settle();
      expect([opened.close.mock.calls.length, ofFunction.close.mock.calls.length]).toEqual([1, 1]);
    });

    it('more changes at once than are told apart: one call for each origin finds it', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const other = followed(new StagedLookup());
      const [opened, kept] = [await open(policyWith(lookup), A), await open(policyWith(other), B)];
      lookup.calls.length = 0;
      lookup.answer = () => Promise.resolve(false);
      for (let i = 0; i < 100; i++) {
        responders.follow({ origin: `https://*.n${i}.example` }, lookup);
      }
      await settle();
      expect(lookup.calls).toHaveLength(1);
      expect([opened.close.mock.calls.length, kept.close.mock.calls.length]).toEqual([1, 0]);
    });

    it('connection whose close throws: the others are closed', async () => {
      const { responders, policyWith, open, add } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const partners = policyWith(lookup);
      const first = await open(partners, A);
      first.close.mockImplementation(() => {
        throw new Error('not open');
      });
      const second = add(partners, A);
      lookup.answer = () => Promise.resolve(false);
      responders.follow({ origin: A }, lookup);
      await settle();
      expect([first.close.mock.calls.length, second.close.mock.calls.length]).toEqual([1, 1]);
    });

    it('handshake decided before the change and ended after it: is closed', async () => {
      const { responders, policyWith, add } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const partners = policyWith(lookup);
      await partners.responders.lookup?.lookUp(A, undefined);
      lookup.answer = () => Promise.resolve(false);
      responders.follow({ origin: A }, lookup);
      const { close } = add(partners, A);
      expect(close).not.toHaveBeenCalled();
      await settle();
      expect(close).toHaveBeenCalledTimes(1);
    });

    it('change during an older check: is checked again', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const { close } = await open(policyWith(lookup), A);
      let answerFirst: (value: boolean) => void = () => {};
      lookup.answer = () => new Promise<boolean>((resolve) => (answerFirst = resolve));
      responders.follow({ origin: A }, lookup);
      await settle();
      lookup.answer = () => Promise.resolve(false);
      responders.follow({ origin: A }, lookup);
      await settle();
      answerFirst(true);
      await settle();
      expect(close).toHaveBeenCalledTimes(1);
    });
  });

  describe('an origin that a change does not revoke', () => {
    it('lookup that still allows it: connections stay open', async () => {
      const { responders, policyWith, open, connections } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const { close } = await open(policyWith(lookup), A);
      responders.follow({ origin: A }, lookup);
      await settle();
      expect(lookup.calls).toHaveLength(2);
      expect(close).not.toHaveBeenCalled();
      expect(connections.sizes).toEqual({ groups: 1, checks: 0, timers: 0 });
    });

    it.each([
      ['rejects', () => Promise.reject(new Error('database is down'))],
      ['is late', () => new Promise(() => {})],
    ])('lookup %s: connections stay open until the lookup refuses later', async (_how, fail) => {
      const { responders, policyWith, open, connections } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const { close } = await open(policyWith(lookup), A);
      lookup.answer = fail;
      responders.follow({ origin: A }, lookup);
      await jest.advanceTimersByTimeAsync(600_000);
      expect(close).not.toHaveBeenCalled();
      lookup.answer = () => Promise.resolve(false);
      await jest.advanceTimersByTimeAsync(61_000);
      expect(close).toHaveBeenCalledTimes(1);
      expect(connections.sizes).toEqual({ groups: 0, checks: 0, timers: 0 });
    });

    it('lookup that refuses, and origin function that has failed: connections stay open', async () => {
      const { responders, policyWith, policyWithFunction, add } = connectionsWith();
      const lookup = new StagedLookup(() => Promise.resolve(false));
      const { close } = add(
        policyWith(
          lookup,
          policyWithFunction(() => Promise.reject(new Error('down'))),
        ),
        A,
      );
      await responders.forget({});
      await settle();
      expect(lookup.calls).toHaveLength(1);
      expect(close).not.toHaveBeenCalled();
    });

    it('change of another lookup: causes no lookup call', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const [one, other] = [followed(new StagedLookup()), followed(new StagedLookup())];
      await open(policyWith(one), A);
      responders.follow({ origin: A }, other);
      responders.follow({}, other);
      await settle();
      expect([one.calls.length, other.calls.length]).toEqual([1, 0]);
    });
  });

  describe('a slow lookup', () => {
    it('many checks: has ten calls under way at once, and delays no other lookup', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const [slow, quick] = [followed(new StagedLookup()), followed(new StagedLookup())];
      const [underSlow, underQuick] = [policyWith(slow), policyWith(quick)];
      for (let i = 0; i < 50; i++) {
        await open(underSlow, `https://n${i}.example`);
      }
      const { close } = await open(underQuick, A);
      slow.calls.length = 0;
      slow.answer = () => new Promise(() => {});
      quick.answer = () => Promise.resolve(false);
      await responders.forget({});
      await settle();
      expect(slow.calls).toHaveLength(10);
      expect(close).toHaveBeenCalledTimes(1);
    });
  });

  describe('a lookup without changes', () => {
    it('end of the ttl: is called once for each origin', async () => {
      const { policyWith, open } = connectionsWith();
      const lookup = new StagedLookup();
      const partners = policyWith(lookup);
      const opened = await Promise.all([open(partners, A), open(partners, A), open(partners, B)]);
      await jest.advanceTimersByTimeAsync(TTL - 1_000);
      expect(lookup.calls).toHaveLength(2);
      lookup.answer = (origin) => Promise.resolve(origin === B);
      await jest.advanceTimersByTimeAsync(1_100);
      expect(lookup.calls).toHaveLength(4);
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([1, 1, 0]);
      lookup.answer = () => Promise.resolve(false);
      await jest.advanceTimersByTimeAsync(TTL + 100);
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([1, 1, 1]);
    });

    it('ttl: counts from the lookup call, not from the connection', async () => {
      const { policyWith, open, add } = connectionsWith();
      const lookup = new StagedLookup();
      const partners = policyWith(lookup);
      const { remove } = await open(partners, A);
      remove();
      await jest.advanceTimersByTimeAsync(TTL / 2);
      const { close } = add(partners, A);
      lookup.answer = () => Promise.resolve(false);
      await jest.advanceTimersByTimeAsync(TTL / 2 + 100);
      expect(close).toHaveBeenCalledTimes(1);
    });

    it('no cache, or an origin function: is called by the default ttl', async () => {
      const { policyWith, policyWithFunction, add } = connectionsWith({ cache: false });
      const lookup = followed(new StagedLookup());
      const ask = jest.fn(() => Promise.resolve(false));
      const opened = [add(policyWith(lookup), A), add(policyWithFunction(ask), A)];
      await jest.advanceTimersByTimeAsync(TTL - 1);
      expect([lookup.calls.length, ask.mock.calls.length]).toEqual([0, 0]);
      lookup.answer = () => Promise.resolve(false);
      await settle();
      expect([lookup.calls.length, ask.mock.calls.length]).toEqual([1, 1]);
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([1, 1]);
    });
  });

  describe('a list', () => {
    /** Connections of A and B under a policy with a list of both. */
    async function openedUnder(list: StagedList) {
      const { responders, policyWith, open, connections } = connectionsWith();
      list.rows = [A, B];
      const { snapshot } = snapshotOf(list);
      responders.addSnapshot(list, snapshot);
      await snapshot.start();
      const partners = policyWith(list);
      const opened = [await open(partners, A), await open(partners, B)] as const;
      await settle();
      return { responders, snapshot, connections, opened };
    }

    it('origin that is gone at the next reading: its connections are closed', async () => {
      const list = new StagedList();
      const { opened, snapshot } = await openedUnder(list);
      list.rows = [B];
      await jest.advanceTimersByTimeAsync(60_000);
      await settle();
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([1, 0]);
      snapshot.stop();
    });

    it.each([
      ['a change of its own', (responders: Responders, list: StagedList) => responders.follow({ origin: A }, list)],
      ['an invalidation', (responders: Responders) => void responders.forget({ origin: A })],
      ['an invalidation of a tenant', (responders: Responders) => void responders.forget({ tenant: 'acme' })],
    ])('reading after %s: closes the connections', async (_what, change) => {
      const list = new StagedListOfSingles();
      const { opened, snapshot, responders } = await openedUnder(list);
      list.rows = [B];
      change(responders, list);
      await settle();
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([1, 0]);
      snapshot.stop();
    });

    it('failing reading: closes nothing', async () => {
      const list = new StagedList();
      const { opened, snapshot, responders } = await openedUnder(list);
      list.instead = () => {
        throw new Error('database is down');
      };
      responders.follow({ origin: A }, list);
      await jest.advanceTimersByTimeAsync(300_000);
      expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([0, 0]);
      snapshot.stop();
    });

    it('handshake decided before a reading and ended after it: its connection is closed', async () => {
      const { responders, policyWith, add } = connectionsWith();
      const list = new StagedList();
      list.rows = [];
      const { snapshot } = snapshotOf(list);
      responders.addSnapshot(list, snapshot);
      await snapshot.start();
      const { close } = add(policyWith(list), A);
      await settle();
      expect(close).toHaveBeenCalledTimes(1);
      snapshot.stop();
    });

    it('more origins than one turn of the event loop checks: all connections are closed', async () => {
      const list = new StagedList();
      const { responders, policyWith, open } = connectionsWith();
      const origins = Array.from({ length: 2_500 }, (_, place) => `https://n${place}.example`);
      list.rows = origins;
      const { snapshot } = snapshotOf(list);
      responders.addSnapshot(list, snapshot);
      await snapshot.start();
      const partners = policyWith(list);
      const opened = await Promise.all(origins.map((origin) => open(partners, origin)));
      list.rows = [];
      await snapshot.refresh({});
      await settle();
      expect(opened.filter(({ close }) => close.mock.calls.length !== 1)).toHaveLength(0);
      snapshot.stop();
    });
  });

  describe('a policy', () => {
    const STATIC: readonly (readonly [string, Partial<CompiledPolicy>])[] = [
      ['lists the origin', { origin: listOf(A) }],
      ['allows any origin', { origin: { kind: 'any' } }],
      ['cannot tell which policy holds', { origin: { kind: 'ambiguous' } }],
    ];

    it.each(STATIC)('policy that %s: makes no lookup call', async (_what, fields) => {
      const { responders, policyWith, add, connections } = connectionsWith();
      const lookup = new StagedLookup(() => Promise.resolve(false));
      const { close } = add(policyWith(lookup, fields), A);
      await responders.forget({});
      await jest.advanceTimersByTimeAsync(10 * TTL);
      expect(lookup.calls).toEqual([]);
      expect(close).not.toHaveBeenCalled();
      expect(connections.sizes).toEqual({ groups: 1, checks: 0, timers: 0 });
    });

    it('no lookup: makes no call', async () => {
      const { responders, add, connections } = connectionsWith();
      const { close, remove } = add(policy({ origin: listOf(B) }), A);
      await responders.forget({});
      await settle();
      expect(close).not.toHaveBeenCalled();
      remove();
      expect(connections.sizes).toEqual({ groups: 0, checks: 0, timers: 0 });
    });
  });

  describe('the application', () => {
    it('no open connection: makes no lookup call', async () => {
      const { responders, policyWith, open } = connectionsWith();
      const lookup = followed(new StagedLookup());
      const { remove } = await open(policyWith(lookup), A);
      remove();
      remove();
      responders.follow({ origin: A }, lookup);
      responders.follow({}, lookup);
      await responders.forget({});
      await jest.advanceTimersByTimeAsync(10 * TTL);
      expect(lookup.calls).toHaveLength(1);
    });

    it('closeRevoked false: makes no lookup call and closes nothing', async () => {
      const { responders, policyWith, open, connections } = connectionsWith({ sockets: { closeRevoked: false } });
      const lookup = new StagedLookup();
      const { close } = await open(policyWith(lookup), A);
      lookup.answer = () => Promise.resolve(false);
      await responders.forget({ origin: A });
      await jest.advanceTimersByTimeAsync(10 * TTL);
      expect(lookup.calls).toHaveLength(1);
      expect(close).not.toHaveBeenCalled();
      expect(connections.counts).toEqual([expect.objectContaining({ origin: A, tenant: undefined, connections: 1 })]);
    });

    it('shutdown: ends all timers and checks', async () => {
      const { responders, policyWith, open, connections } = connectionsWith();
      const [lookup, other] = [new StagedLookup(), followed(new StagedLookup())];
      const [first, second] = [await open(policyWith(lookup), A), await open(policyWith(other), B)];
      await settle();
      lookup.answer = () => Promise.resolve(false);
      other.answer = () => Promise.resolve(false);
      responders.follow({ origin: B }, other);
      responders.follow({}, lookup);
      connections.onModuleDestroy();
      responders.follow({ origin: A }, lookup);
      await open(policyWith(lookup), 'https://late.example');
      await jest.advanceTimersByTimeAsync(10 * TTL);
      expect([first.close.mock.calls.length, second.close.mock.calls.length]).toEqual([0, 0]);
      expect(connections.sizes).toMatchObject({ checks: 0, timers: 0 });
      expect(jest.getTimerCount()).toBe(0);
    });

    it('100,000 connections that have closed: nothing stays in memory', async () => {
      const { responders, policyWith, add, connections } = connectionsWith();
      const lookup = new StagedLookup();
      const partners = policyWith(lookup);
      const removals: (() => void)[] = [];
      for (let i = 0; i < 100_000; i++) {
        removals.push(
          connections.add({
            policy: partners,
            origin: `https://n${i % 1_000}.example`,
            tenant: `t${i % 7}`,
            close: () => {},
          }),
        );
        if (removals.length > 500) {
          removals.shift()?.();
        }
        if (i % 20_000 === 0) {
          responders.follow({}, lookup);
          add(partners, A).remove();
        }
      }
      removals.forEach((remove) => remove());
      await settle();
      expect(connections.sizes).toEqual({ groups: 0, checks: 0, timers: 0 });
      expect(jest.getTimerCount()).toBe(0);
    });

    it('lookup call: runs outside the AsyncLocalStorage of the request that opened the connection', async () => {
      const { policyWithFunction, add, responders } = connectionsWith();
      const storage = new AsyncLocalStorage<string>();
      const stores: unknown[] = [];
      const under = policyWithFunction(() => Promise.resolve(stores.push(storage.getStore()) > 0));
      storage.run('a request', () => add(under, A));
      await jest.advanceTimersByTimeAsync(TTL);
      storage.run('another request', () => void responders.forget({}));
      await settle();
      expect(stores).toEqual([undefined, undefined]);
    });
  });
});

type Responders = ReturnType<typeof connectionsWith>['responders'];
