import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../../support/application.js';
import { type Combination, titleOf } from './combination.js';
import { CHROMIUM } from './deviations.js';
import { combinationsOf } from './generator.js';
import { Matrix } from './matrix.js';
import type { Observation } from './observation.js';
import { matrixPolicies } from './policies.js';

const SEED = Number(process.env['BROWSER_MATRIX_SEED'] ?? 20_261_121);
/** Combinations of each policy. */
const PER_POLICY = Number(process.env['BROWSER_MATRIX_PER_POLICY'] ?? 13);

const POLICIES = Object.keys(matrixPolicies({ shop: '', partner: '', stranger: '' }));
const COMBINATIONS = combinationsOf(SEED, POLICIES, PER_POLICY);

describe.each(PLATFORMS)(`policy x request on %s, in Chromium (BROWSER_MATRIX_SEED=${SEED})`, (platform) => {
  let matrix: Matrix;
  let observations: ReadonlyMap<string, Observation>;
  let expectations: ReadonlyMap<string, Observation>;

  beforeAll(async () => {
    matrix = await Matrix.start(platform);
    observations = await matrix.observe(COMBINATIONS);
    expectations = await matrix.expect(COMBINATIONS, CHROMIUM);
  });

  afterAll(() => matrix?.stop());

  it('all combinations: are at least 300, and have every ending that there is', async () => {
    const outcomes = [...(await matrix.outcomes(COMBINATIONS, CHROMIUM)).values()].flat();
    const endings = new Set(
      outcomes.map(({ result }) =>
        result === undefined ? 'invalid-call' : result.kind === 'response' ? result.type : result.step,
      ),
    );
    expect(COMBINATIONS.length).toBeGreaterThanOrEqual(300);
    expect([...endings].sort()).toEqual([
      'basic',
      'cors',
      'cors-check-credentials',
      'cors-check-origin',
      'invalid-call',
      'mode',
      'opaque',
      'opaqueredirect',
      'preflight-credentials',
      'preflight-origin',
      'redirect-mode',
    ]);
  });

  it.each(COMBINATIONS.map((one): [string, Combination] => [titleOf(one), one]))('%s', (_title, { id }) => {
    expect(observations.get(id)).toEqual(expectations.get(id));
  });
});
