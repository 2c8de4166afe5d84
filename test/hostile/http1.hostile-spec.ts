import { describe, expect, it } from '@jest/globals';
import { describedCampaign } from './described-campaign.js';
import { caseCount } from './settings.js';
import { http1 } from './trials.js';

/** The other 20,000 of an adapter's 100,000 go to generated applications: `composed.hostile-spec.ts`. */
const COUNT = caseCount(80_000);

describe.each(['express', 'fastify'] as const)(`${COUNT} hostile cases on %s`, (adapter) => {
  const run = describedCampaign(adapter, adapter, http1, COUNT);

  it('mix of cases: has enough grants and refusals to mean something', () => {
    const { figures } = run();
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
