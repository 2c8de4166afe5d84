import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../../support/application.js';
import { type Combination, titleOf } from '../matrix/combination.js';
import { combinationsOf } from '../matrix/generator.js';
import type { Observation, ObservedArrival } from '../matrix/observation.js';
import { matrixPolicies } from '../matrix/policies.js';
import { type FirefoxMatrix, startFirefoxMatrix } from './firefox-matrix.js';

const SEED = Number(process.env['BROWSER_MATRIX_SEED'] ?? 20_261_121);
/** Combinations of each policy: a part of what Chromium goes through. */
const PER_POLICY = Number(process.env['FIREFOX_MATRIX_PER_POLICY'] ?? 5);

const POLICIES = Object.keys(matrixPolicies({ shop: '', partner: '', stranger: '' }));
/** Each request once: what Firefox remembers of a grant without Max-Age differs from run to run. */
const COMBINATIONS = combinationsOf(SEED, POLICIES, PER_POLICY).map((one): Combination => ({
  ...one,
  calls: one.calls.slice(0, 1),
}));

type Arrived = ObservedArrival & { readonly preflight?: boolean; readonly origin?: string };

describe.each(PLATFORMS)(`policy x request on %s, in Firefox (BROWSER_MATRIX_SEED=${SEED})`, (platform) => {
  let matrix: FirefoxMatrix;
  let observations: ReadonlyMap<string, Observation>;
  let expectations: ReadonlyMap<string, Observation>;

  beforeAll(async () => {
    matrix = await startFirefoxMatrix(platform);
    observations = await matrix.observe(COMBINATIONS);
    expectations = await matrix.expect(COMBINATIONS);
  });

  afterAll(() => matrix?.stop());

  it.each(COMBINATIONS.map((one): [string, Combination] => [titleOf(one), one]))('%s', (_title, { id, client }) => {
    const [seen, expected] = [observations.get(id), expectations.get(id)];
    const arrivals: readonly Arrived[] = expected?.arrivals ?? [];
    const tainted = arrivals.findIndex(({ preflight, origin }) => preflight && origin === 'null');
    if (client === 'sandbox' || tainted === -1) {
      expect(seen).toEqual(expected);
      return;
    }
    // Firefox does not keep to the standard here: a preflight after redirects still names the page's origin, where the
    // request that follows it says null. https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
    const received: readonly Arrived[] = seen?.arrivals ?? [];
    expect(received.slice(0, tainted)).toEqual(arrivals.slice(0, tainted));
    expect(received[tainted]).toEqual({ ...arrivals[tainted], origin: arrivals[0]?.origin });
    for (const { preflight, origin } of received.slice(tainted)) {
      expect([preflight, origin]).toEqual([preflight, preflight ? arrivals[0]?.origin : 'null']);
    }
  });
});
