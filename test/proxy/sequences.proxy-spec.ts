import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PLATFORMS } from '../support/application.js';
import { type CachedApplication, startCachedApplication } from './cached.application.js';
import { Nginx } from './nginx.js';
import { requestSequence } from './request-sequences.js';
import { SequencePlayer } from './sequence-player.js';

/** PROXY_SEED repeats a run, PROXY_SEQUENCES makes it longer. */
const SEED = Number(process.env['PROXY_SEED'] ?? 20_261_121);
const SEQUENCES = Number(process.env['PROXY_SEQUENCES'] ?? 40);

const PROXIES = {
  plain: {},
  revalidating: { revalidate: true, lock: true },
  background: { background: true },
  compressing: { gzip: true },
};
type ProxyName = keyof typeof PROXIES;
const runs = (Object.keys(PROXIES) as ProxyName[]).map((proxy, index) => [proxy, SEED + index] as const);

describe.each(PLATFORMS)('an application on %s behind a caching proxy', (platform) => {
  let application: CachedApplication;
  let nginx: Nginx<ProxyName>;

  beforeAll(async () => {
    application = await startCachedApplication(platform);
    nginx = await Nginx.start(application.address, PROXIES);
  });
  afterAll(async () => {
    await nginx?.stop();
    await application?.close();
  });

  it.each(runs)(
    `${2 * SEQUENCES} sequences of requests: no origin gets another one's response (%s proxy, PROXY_SEED=%i)`,
    async (proxy, seed) => {
      application.lifetime.seconds = 60;
      const player = new SequencePlayer(nginx.port(proxy), application.origins);
      await fc.assert(fc.asyncProperty(requestSequence({ lives: 1 }), player.play), {
        seed,
        numRuns: 2 * SEQUENCES,
      });
      // A cache that keeps nothing can't mix anything up.
      expect(player.counts['HIT granted']).toBeGreaterThan(SEQUENCES);
      expect(player.counts['HIT not granted']).toBeGreaterThan(SEQUENCES);
    },
  );

  it.each(runs.slice(0, 3))(
    "cached responses that become stale: no origin gets another one's response (%s proxy, PROXY_SEED=%i)",
    async (proxy, seed) => {
      application.lifetime.seconds = 1;
      const player = new SequencePlayer(nginx.port(proxy), application.origins);
      // All at once, since most of their time is waiting.
      const sequences = fc.sample(requestSequence({ lives: 3 }), { seed, numRuns: 2 * SEQUENCES });
      await Promise.all(sequences.map(player.play));
      const old = { plain: 'EXPIRED', revalidating: 'REVALIDATED', background: 'STALE', compressing: 'EXPIRED' }[proxy];
      expect(player.counts[`${old} granted`]).toBeGreaterThan(SEQUENCES / 10);
      expect(player.counts[`${old} not granted`]).toBeGreaterThan(SEQUENCES / 10);
    },
  );
});
