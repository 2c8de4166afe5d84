import { describe, expect, it } from '@jest/globals';
import type { OriginLookup } from '../../lib/options/index.js';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { StagedList, snapshotOf } from './staged-list.js';
import { StagedLookup } from './staged-lookup.js';

const A = 'https://a.example';
const partners = policy({ name: 'partners' });
const admins = policy({ name: 'admins' });

const newResponders = (settings: Partial<typeof LOOKUP_SETTINGS> = {}) =>
  new OriginResponders({ ...LOOKUP_SETTINGS, ...settings }, () => {});

describe('the responders of an application', () => {
  it('cached results: differ by lookup, policy name, tenant and origin', async () => {
    const responders = newResponders();
    const one = new StagedLookup();
    const other = new StagedLookup();
    for (let i = 0; i < 2; i++) {
      await responders.bind(one, partners).lookUp(A, 'acme');
      await responders.bind(one, policy({ name: 'partners', label: 'elsewhere' })).lookUp(A, 'acme');
      await responders.bind(one, admins).lookUp(A, 'acme');
      await responders.bind(one, partners).lookUp(A, 'umbrella');
      await responders.bind(other, partners).lookUp(A, 'acme');
    }
    expect(one.calls).toHaveLength(3);
    expect(other.calls).toHaveLength(1);
    expect(responders.allCaches.map(({ target, sizes }) => [target.policy, sizes.origins])).toEqual([
      ['partners', 2],
      ['admins', 1],
      ['partners', 1],
    ]);
  });

  it('many origins of one lookup: displace no results of another lookup or policy', async () => {
    const cache = { ...(LOOKUP_SETTINGS.cache as object), maxOrigins: 1 } as typeof LOOKUP_SETTINGS.cache;
    const responders = newResponders({ cache });
    const lookup = new StagedLookup();
    await responders.bind(lookup, partners).lookUp(A, undefined);
    await responders.bind(lookup, admins).lookUp(A, undefined);
    await responders.bind(lookup, admins).lookUp('https://b.example', undefined);
    expect(responders.bind(lookup, partners).lookUp(A, undefined)).toBe('allowed');
  });

  it.each([
    [
      'a function',
      (responders: OriginResponders, ask: () => Promise<boolean>) =>
        responders.bind(ask, partners).lookUp(A, undefined),
    ],
    [
      'a lookup, with the cache off',
      (responders: OriginResponders, isOriginAllowed: () => Promise<boolean>) =>
        responders.bind({ isOriginAllowed }, partners).lookUp(A, undefined),
    ],
  ])('%s: every call is made', async (name, ask) => {
    const responders = newResponders(name.includes('cache off') ? { cache: undefined } : {});
    let questions = 0;
    const answer = () => {
      questions++;
      return Promise.resolve(true);
    };
    await ask(responders, answer);
    await ask(responders, answer);
    expect(questions).toBe(2);
    expect(responders.allCaches).toEqual([]);
  });

  it('result: says where it comes from', async () => {
    const lookup = new StagedLookup();
    const list = new StagedList();
    const responders = newResponders();
    responders.addSnapshot(list, snapshotOf(list).snapshot);
    expect([responders.answeredBy(lookup), responders.answeredBy(list), responders.answeredBy(() => true)]).toEqual([
      'cache',
      'list',
      'application',
    ]);
    expect(newResponders({ cache: undefined }).answeredBy(lookup)).toBe('application');
  });

  it('change of one source: removes its results under every policy, and none of another source', async () => {
    const responders = newResponders();
    const changed = new StagedLookup();
    const other = new StagedLookup();
    const ask = async () => {
      for (const lookup of [changed, other]) {
        await responders.bind(lookup, partners).lookUp(A, undefined);
        await responders.bind(lookup, admins).lookUp(A, undefined);
      }
    };
    await ask();
    responders.follow({ origin: A }, changed);
    await ask();
    expect([changed.calls.length, other.calls.length]).toEqual([4, 2]);
    await responders.forget({});
    await ask();
    expect([changed.calls.length, other.calls.length]).toEqual([6, 4]);
  });

  it('change with lists: cached results are removed, then lists are read, then it settles', async () => {
    const responders = newResponders();
    const lookup = new StagedLookup();
    const list = new StagedList();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    responders.addSnapshot(list, snapshot);
    await snapshot.start();
    await responders.bind(lookup, partners).lookUp(A, undefined);
    list.rows = [];
    const forgotten = responders.forget({ origin: A });
    expect(responders.bind(lookup, partners).cached(A, undefined)).toBeUndefined();
    await forgotten;
    expect(responders.bind(list, partners).lookUp(A, undefined)).toBe('refused');
    snapshot.stop();
  });

  it('change of a lookup that was never called: removes nothing', () => {
    expect(() => newResponders().follow({}, new StagedLookup() as OriginLookup)).not.toThrow();
  });
});
