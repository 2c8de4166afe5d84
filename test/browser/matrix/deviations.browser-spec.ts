import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClientName, Combination, Hop } from './combination.js';
import { CHROMIUM, type Deviations } from './deviations.js';
import { Matrix } from './matrix.js';
import type { Observation } from './observation.js';
import type { Call, FetchCall } from './script-call.js';

interface Deviation {
  readonly deviation: keyof Deviations;
  readonly client?: ClientName;
  readonly calls: readonly Call[];
  readonly hops: readonly [Hop, ...Hop[]];
}

const fetches = (...inits: FetchCall[]): Call[] => inits.map((init) => ({ via: 'fetch', init }));
const put: FetchCall = { method: 'PUT', credentials: 'include' };
const publicPut: FetchCall = { method: 'PUT', credentials: 'omit' };
const one: Hop = { host: 'api.localhost', policy: 'one', status: 200 };
const open: Hop = { host: 'api.localhost', policy: 'open', status: 200 };

/** A request, or several, that end otherwise in Chromium than the standard says. */
const DEVIATIONS: readonly Deviation[] = [
  {
    deviation: 'keepsGrantsOfFailures',
    calls: fetches({ ...put, redirect: 'error' }, { ...put, redirect: 'error' }),
    hops: [{ ...one, status: 302 }, one],
  },
  {
    deviation: 'forgetsRedirects',
    calls: fetches(publicPut),
    hops: [
      { ...open, host: '127.0.0.1', status: 307 },
      { ...open, host: 'api.shop.localhost' },
    ],
  },
  { deviation: 'noGrantsForNull', client: 'sandbox', calls: fetches(publicPut, publicPut), hops: [open] },
];

const COMBINATIONS = DEVIATIONS.map(({ client = 'shop', calls, hops, deviation }): Combination => ({
  id: deviation,
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

  it.each(COMBINATIONS.map((combination) => [combination.id as keyof Deviations, combination] as const))(
    '%s',
    async (deviation, combination) => {
      const expected = async (deviations: Deviations) =>
        (await matrix.expect([combination], deviations)).get(deviation);
      expect(observations.get(deviation)).toEqual(await expected(CHROMIUM));
      expect(observations.get(deviation)).not.toEqual(await expected({ ...CHROMIUM, [deviation]: false }));
    },
  );

  it('deviation in the matrix: has a test of its own', () => {
    expect(DEVIATIONS.map(({ deviation }) => deviation).sort()).toEqual(Object.keys(CHROMIUM).sort());
  });
});
