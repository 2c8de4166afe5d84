import { describe, expect, it } from '@jest/globals';
import { describedCampaign } from './described-campaign.js';
import { handshakeCount } from './settings.js';
import { sockets } from './sockets/trial.js';

/** Half of 50,000. A million: `HOSTILE_HANDSHAKES=1000000 npm run test:hostile -- sockets`. */
const COUNT = handshakeCount(25_000);

describe.each(['express', 'fastify'] as const)(`${COUNT} hostile handshakes on %s`, (adapter) => {
  const run = describedCampaign(`${adapter}, handshakes`, adapter, sockets, COUNT);

  it('mix of cases: has enough accepted and refused handshakes to mean something', () => {
    const { figures } = run();
    expect(figures.shareOf('accepted')).toBeGreaterThan(0.1);
    expect(figures.shareOf('refused by the policy')).toBeGreaterThan(0.1);
    expect(figures.exact / figures.cases).toBeGreaterThan(0.15);
  });
});
