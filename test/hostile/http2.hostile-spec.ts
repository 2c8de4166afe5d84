import { describe, expect, it } from '@jest/globals';
import { describedCampaign } from './described-campaign.js';
import { caseCount } from './settings.js';
import { http2 } from './trials.js';

const COUNT = Math.min(caseCount(10_000), 10_000);

// Nest's Express adapter does not serve HTTP/2: Express 5 knows the requests of node:http only.
describe(`${COUNT} hostile cases over HTTP/2, on fastify`, () => {
  const run = describedCampaign('fastify, HTTP/2', 'fastify-http2', http2, COUNT);

  it('mix of cases: has enough grants and refusals to mean something', () => {
    const { figures } = run();
    expect(figures.shareOf('preflight granted')).toBeGreaterThan(0.03);
    expect(figures.shareOf('actual granted')).toBeGreaterThan(0.1);
    expect(figures.shareOf('preflight refused')).toBeGreaterThan(0.05);
    expect(figures.shareOf('actual refused')).toBeGreaterThan(0.1);
    expect(figures.exact / figures.answers).toBeGreaterThan(0.6);
  });
});
