import { describe, expect, it } from '@jest/globals';
import { composed } from './composed/trial.js';
import { describedCampaign } from './described-campaign.js';
import { caseCount } from './settings.js';

/** Each case is two preflights and two requests. */
const COUNT = caseCount(20_000);

describe.each(['express', 'fastify'] as const)(`${COUNT} hostile cases to generated applications on %s`, (adapter) => {
  const run = describedCampaign(`${adapter}, composed`, adapter, composed(adapter), COUNT);

  it('mix of cases: reaches every kind of responder, with enough grants and refusals to mean something', () => {
    const { figures } = run();
    expect(figures.shareOf('preflight granted')).toBeGreaterThan(0.03);
    expect(figures.shareOf('actual granted')).toBeGreaterThan(0.03);
    expect(figures.shareOf('actual refused')).toBeGreaterThan(0.1);
    expect(figures.exact / figures.answers).toBeGreaterThan(0.15);
  });
});
