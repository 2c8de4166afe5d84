import { describe, expect, it } from '@jest/globals';
import { assertEquivalence } from './equivalence.js';

const seed = Number(process.env['ROUTING_SEED'] ?? 1);
const applications = Number(process.env['ROUTING_APPLICATIONS'] ?? 25);
const requests = Number(process.env['ROUTING_REQUESTS'] ?? 25);

describe.each(['express', 'fastify'] as const)(
  `the policy of a preflight in generated applications on %s, ROUTING_SEED=${seed}`,
  (platform) => {
    it(
      'any request: is the policy of the handler that the actual request reaches',
      async () => {
        const tally = await assertEquivalence(platform, { seed, applications, requests });
        expect(tally.applications).toBe(applications);
        expect(tally.discarded).toBeLessThan(Math.max(5, applications / 4));
        // Most of what is generated has to hit a handler, or nothing would be compared.
        expect(tally.reached / tally.requests).toBeGreaterThan(0.2);
      },
      60_000 + applications * 2_000,
    );
  },
);
