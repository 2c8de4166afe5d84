import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Campaign, campaign } from './campaign.js';
import { composed } from './composed/trial.js';
import { caseCount, print, seed } from './settings.js';

const MEBIBYTE = 2 ** 20;
/** Each case is two preflights and two requests. */
const COUNT = caseCount(20_000);

describe.each(['express', 'fastify'] as const)(`${COUNT} hostile cases to generated applications on %s`, (adapter) => {
  let run: Campaign;

  beforeAll(async () => {
    print(`${adapter}, composed: seed ${seed}; HOSTILE_SEED=${seed} HOSTILE_CASES=${COUNT} repeats this run`);
    const startedAt = performance.now();
    run = await campaign(adapter, composed(adapter), { seed, count: COUNT });
    print(`${adapter}, composed: ${run.figures.describe((performance.now() - startedAt) / 1000)}`);
  });

  it('get no answer that breaks a promise, and leave the process alive and its log clean', () => {
    expect(run.failure).toBeUndefined();
    expect(run.figures.cases).toBe(COUNT);
  });

  it('leave the process no larger than it was', () => {
    expect(run.figures.heapGrowth).toBeLessThan(64 * MEBIBYTE);
    expect(run.figures.mostMemory).toBeLessThan(1024 * MEBIBYTE);
  });

  it('reach those who answer, and are granted often enough that refusals mean something', () => {
    const { figures } = run;
    expect(figures.shareOf('preflight granted')).toBeGreaterThan(0.03);
    expect(figures.shareOf('actual granted')).toBeGreaterThan(0.03);
    expect(figures.shareOf('actual refused')).toBeGreaterThan(0.1);
    expect(figures.exact / figures.answers).toBeGreaterThan(0.15);
  });
});
