import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHROMIUM, type FetchCall, type Quirks } from '../model/index.js';
import type { Call, ClientName, Combination, Hop } from './combination.js';
import { Matrix } from './matrix.js';
import type { Observation } from './observation.js';

interface Deviation {
  readonly quirk: keyof Quirks;
  readonly client?: ClientName;
  readonly calls: readonly Call[];
  readonly hops: readonly [Hop, ...Hop[]];
}

const fetches = (...inits: FetchCall[]): Call[] => inits.map((init) => ({ via: 'fetch', init }));
const put: FetchCall = { method: 'PUT', credentials: 'include' };
const publicPut: FetchCall = { method: 'PUT', credentials: 'omit' };
const one: Hop = { host: 'api.localhost', policy: 'one', status: 200 };
const open: Hop = { host: 'api.localhost', policy: 'open', status: 200 };

/** A request, or several, that end otherwise in Chromium than the standard says; its quirks.ts has what it says. */
const DEVIATIONS: readonly Deviation[] = [
  {
    quirk: 'keepsGrantsOfFailures',
    calls: fetches({ ...put, redirect: 'error' }, { ...put, redirect: 'error' }),
    hops: [{ ...one, status: 302 }, one],
  },
  { quirk: 'oneGrantPerUrl', calls: fetches(put, { ...put, method: 'DELETE' }, put), hops: [one] },
  {
    quirk: 'forgetsRedirects',
    calls: fetches(publicPut),
    hops: [
      { ...open, host: '127.0.0.1', status: 307 },
      { ...open, host: 'api.shop.localhost' },
    ],
  },
  { quirk: 'uploadNeedsBody', calls: [{ via: 'xhr', init: { method: 'GET', uploadListener: true } }], hops: [one] },
  {
    quirk: 'conditionalsAskAnew',
    calls: fetches({ ...put, headers: [['If-Match', '"7"']] }, { ...put, headers: [['If-Match', '"7"']] }),
    hops: [one],
  },
  { quirk: 'noGrantsForNull', client: 'sandbox', calls: fetches(publicPut, publicPut), hops: [open] },
];

const COMBINATIONS = DEVIATIONS.map(({ client = 'shop', calls, hops, quirk }): Combination => ({
  id: quirk,
  client,
  calls,
  hops,
  cookie: undefined,
}));

/** The matrix grants Chromium these; each is a difference that can be seen, and is there. A server has no part in it. */
describe('where Chromium does not keep to the standard:', () => {
  let matrix: Matrix;
  let observations: ReadonlyMap<string, Observation>;

  beforeAll(async () => {
    matrix = await Matrix.start('express');
    observations = await matrix.observe(COMBINATIONS);
  });

  afterAll(() => matrix?.stop());

  it.each(COMBINATIONS.map((combination) => [combination.id as keyof Quirks, combination] as const))(
    '%s',
    (quirk, combination) => {
      const expected = (quirks: Quirks) => matrix.expect([combination], quirks).get(quirk);
      expect(observations.get(quirk)).toEqual(expected(CHROMIUM));
      expect(observations.get(quirk)).not.toEqual(expected({ ...CHROMIUM, [quirk]: false }));
    },
  );

  it('has a test for each that the matrix grants it', () => {
    expect(DEVIATIONS.map(({ quirk }) => quirk).sort()).toEqual(Object.keys(CHROMIUM).sort());
  });
});
