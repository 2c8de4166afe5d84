import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Campaign, campaign } from './campaign.js';
import { caseCount, print, seed } from './settings.js';
import { http1 } from './trials.js';

const MEBIBYTE = 2 ** 20;
/** The other 20,000 of an adapter's 100,000 go to generated applications: `composed.hostile-spec.ts`. */
const COUNT = caseCount(80_000);

describe.each(['express', 'fastify'] as const)(`${COUNT} hostile cases on %s`, (adapter) => {
  let run: Campaign;

  beforeAll(async () => {
    print(`${adapter}: seed ${seed}; HOSTILE_SEED=${seed} HOSTILE_CASES=${COUNT} repeats this run`);
    const startedAt = performance.now();
    run = await campaign(adapter, http1, { seed, count: COUNT });
    print(`${adapter}: ${run.figures.describe((performance.now() - startedAt) / 1000)}`);
  });

  it('get no answer that breaks a promise, and leave the process alive and its log clean', () => {
    expect(run.failure).toBeUndefined();
    expect(run.figures.cases).toBe(COUNT);
  });

  it('leave the process no larger than it was', () => {
    expect(run.figures.heapGrowth).toBeLessThan(64 * MEBIBYTE);
    expect(run.figures.mostMemory).toBeLessThan(1024 * MEBIBYTE);
  });

  it('are close enough to what is allowed that refusals and grants both mean something', () => {
    const { figures } = run;
    expect(figures.shareOf('preflight granted')).toBeGreaterThan(0.05);
    expect(figures.shareOf('actual granted')).toBeGreaterThan(0.05);
    expect(figures.shareOf('actual for everyone')).toBeGreaterThan(0.01);
    expect(figures.shareOf('preflight refused')).toBeGreaterThan(0.1);
    expect(figures.shareOf('actual refused')).toBeGreaterThan(0.1);
    expect(figures.shareOf('answered by Node.js')).toBeLessThan(0.4);
    expect(figures.exact / figures.answers).toBeGreaterThan(0.6);
    expect(figures.unanswered / figures.cases).toBeLessThan(0.01);
  });
});
