import { beforeAll, expect, it } from '@jest/globals';
import type { Adapter } from './application/application.js';
import { type Campaign, campaign } from './campaign.js';
import { print, seed } from './settings.js';
import type { Trial } from './trial.js';

const MEBIBYTE = 2 ** 20;
/** How long a campaign may take, in milliseconds, whatever its length, and for each case. */
const SHORTEST_DEADLINE = 1_500_000;
const DEADLINE_OF_CASE = 30;

/** Runs a campaign before the tests of a `describe`, and tests what every campaign has to hold; returns the campaign. */
export function describedCampaign<Case>(
  label: string,
  adapter: Adapter,
  trial: Trial<Case>,
  count: number,
): () => Campaign {
  let run: Campaign;

  beforeAll(
    async () => {
      print(`${label}: seed ${seed}; HOSTILE_SEED=${seed} HOSTILE_CASES=${count} repeats this run`);
      const startedAt = performance.now();
      run = await campaign(adapter, trial, { seed, count });
      print(`${label}: ${run.figures.describe((performance.now() - startedAt) / 1000)}`);
    },
    Math.max(SHORTEST_DEADLINE, count * DEADLINE_OF_CASE),
  );

  it('any case: no answer breaks a promise, the process stays alive and its log clean', () => {
    expect(run.failure).toBeUndefined();
    expect(run.figures.cases).toBe(count);
  });

  it('all cases: the process is no larger than before', () => {
    expect(run.figures.heapGrowth).toBeLessThan(32 * MEBIBYTE);
    expect(run.figures.mostMemory).toBeLessThan(1024 * MEBIBYTE);
  });

  return () => run;
}
