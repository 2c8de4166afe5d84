import { describe, expect, it } from '@jest/globals';
import type { OriginLookup } from '../../lib/options/index.js';
import { OriginSources } from '../../lib/lookup/origin-sources.js';
import { policy } from '../decision/policies.js';
import { LOOKUP_SETTINGS } from './settings.js';
import { StagedList, snapshotOf } from './staged-list.js';
import { StagedLookup } from './staged-lookup.js';

const A = 'https://a.example';
const partners = policy({ name: 'partners' });
const admins = policy({ name: 'admins' });

const newSources = (settings: Partial<typeof LOOKUP_SETTINGS> = {}) =>
  new OriginSources({ ...LOOKUP_SETTINGS, ...settings }, () => {});

describe('the sources of an application', () => {
  it('keep answers per lookup, policy name, tenant and origin', async () => {
    const sources = newSources();
    const one = new StagedLookup();
    const other = new StagedLookup();
    for (let i = 0; i < 2; i++) {
      await sources.ask(one, partners, A, 'acme');
      await sources.ask(one, policy({ name: 'partners', label: 'elsewhere' }), A, 'acme');
      await sources.ask(one, admins, A, 'acme');
      await sources.ask(one, partners, A, 'umbrella');
      await sources.ask(other, partners, A, 'acme');
    }
    expect(one.questions).toHaveLength(3);
    expect(other.questions).toHaveLength(1);
    expect(sources.allCaches.map(({ questioned, sizes }) => [questioned.policy, sizes.origins])).toEqual([
      ['partners', 2],
      ['admins', 1],
      ['partners', 1],
    ]);
  });

  it('bound what is kept per lookup and policy, so that one cannot displace the answers of another', async () => {
    const cache = { ...(LOOKUP_SETTINGS.cache as object), maxOrigins: 1 } as typeof LOOKUP_SETTINGS.cache;
    const sources = newSources({ cache });
    const lookup = new StagedLookup();
    await sources.ask(lookup, partners, A, undefined);
    await sources.ask(lookup, admins, A, undefined);
    await sources.ask(lookup, admins, 'https://b.example', undefined);
    expect(sources.ask(lookup, partners, A, undefined)).toBe('allowed');
  });

  it.each([
    ['a function', (sources: OriginSources, ask: () => Promise<boolean>) => sources.ask(ask, partners, A, undefined)],
    [
      'a lookup, with the cache off',
      (sources: OriginSources, isOriginAllowed: () => Promise<boolean>) =>
        sources.ask({ isOriginAllowed }, partners, A, undefined),
    ],
  ])('put every question to %s', async (name, ask) => {
    const sources = newSources(name.includes('cache off') ? { cache: undefined } : {});
    let questions = 0;
    const answer = () => {
      questions++;
      return Promise.resolve(true);
    };
    await ask(sources, answer);
    await ask(sources, answer);
    expect(questions).toBe(2);
    expect(sources.allCaches).toEqual([]);
  });

  it('say who answers', async () => {
    const lookup = new StagedLookup();
    const list = new StagedList();
    const sources = newSources();
    sources.addSnapshot(list, snapshotOf(list).snapshot);
    expect([sources.answeredBy(lookup), sources.answeredBy(list), sources.answeredBy(() => true)]).toEqual([
      'cache',
      'list',
      'application',
    ]);
    expect(newSources({ cache: undefined }).answeredBy(lookup)).toBe('application');
  });

  it('forget what a change of one source concerns under every policy, and nothing of another source', async () => {
    const sources = newSources();
    const changed = new StagedLookup();
    const other = new StagedLookup();
    const ask = async () => {
      for (const lookup of [changed, other]) {
        await sources.ask(lookup, partners, A, undefined);
        await sources.ask(lookup, admins, A, undefined);
      }
    };
    await ask();
    sources.follow({ origin: A }, changed);
    await ask();
    expect([changed.questions.length, other.questions.length]).toEqual([4, 2]);
    await sources.forget({});
    await ask();
    expect([changed.questions.length, other.questions.length]).toEqual([6, 4]);
  });

  it('have lists read before a change is settled, and drop kept answers before that', async () => {
    const sources = newSources();
    const lookup = new StagedLookup();
    const list = new StagedList();
    list.rows = [A];
    const { snapshot } = snapshotOf(list);
    sources.addSnapshot(list, snapshot);
    await snapshot.start();
    await sources.ask(lookup, partners, A, undefined);
    list.rows = [];
    const forgotten = sources.forget({ origin: A });
    expect(sources.answersOf(lookup, partners)?.kept(A, undefined)).toBeUndefined();
    await forgotten;
    expect(sources.ask(list, partners, A, undefined)).toBe('refused');
    snapshot.stop();
  });

  it('have no answers to forget of a source that was never asked', () => {
    expect(() => newSources().follow({}, new StagedLookup() as OriginLookup)).not.toThrow();
  });
});
