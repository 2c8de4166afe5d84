import { describe, expect, it } from '@jest/globals';
import { CORS_REASONS, type CorsReason, isGrant, isPassing } from '../../lib/protocol/reasons.js';

const reasons = Object.keys(CORS_REASONS) as CorsReason[];

describe('the reasons of decisions', () => {
  it('that grant are these', () => {
    expect(reasons.filter(isGrant)).toEqual(['any-origin', 'origin-listed', 'origin-function', 'origin-lookup']);
  });

  it('that may be gone with the next request are these', () => {
    expect(reasons.filter(isPassing)).toEqual([
      'lookup-failed',
      'lookup-timed-out',
      'lookup-not-asked',
      'tenant-failed',
      'request-changed',
    ]);
  });

  it('say what happened and what to do, in whole sentences', () => {
    for (const { message, fix } of Object.values(CORS_REASONS)) {
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    }
  });
});
