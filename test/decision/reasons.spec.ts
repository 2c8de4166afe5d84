import { describe, expect, it } from '@jest/globals';
import { CORS_REASONS, type CorsReason, isPassing, textsOf } from '../../lib/decision/reasons.js';

const reasons = Object.keys(CORS_REASONS) as CorsReason[];

describe('reasons of decisions', () => {
  it('granting reasons: are exactly these', () => {
    expect(reasons.filter((reason) => CORS_REASONS[reason].granted)).toEqual([
      'any-origin',
      'origin-listed',
      'origin-function',
      'origin-lookup',
    ]);
  });

  it('passing reasons: are exactly these', () => {
    expect(reasons.filter(isPassing)).toEqual([
      'lookup-failed',
      'lookup-timed-out',
      'lookup-not-asked',
      'tenant-failed',
      'request-changed',
    ]);
  });

  it('message and fix: are whole sentences', () => {
    for (const { message, fix } of Object.values(CORS_REASONS)) {
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('refused header or method: is named in message and fix', () => {
    expect(textsOf('header-not-allowed', 'x-a').message).toMatch(/ sets: x-a\.$/);
    expect(textsOf('header-steers-routing', "x-$'-$&")).toEqual({
      message: expect.stringMatching(/: x-\$'-\$&\.$/),
      fix: expect.stringContaining("['*', 'x-$'-$&']"),
    });
    expect(textsOf('header-steers-routing', 'x-a', 'x-b').fix).toContain("['*', 'x-a', 'x-b']");
    const many = Array.from({ length: 9 }, (_, index) => `x-${index}`);
    expect(textsOf('header-not-allowed', ...many).message).toMatch(/: x-0, .*x-7 and others\.$/);
    expect(textsOf('method-case', 'patch').fix).toContain("`method: 'PATCH'`");
    expect(textsOf('origin-listed')).toEqual({ message: expect.any(String), fix: 'Granted by `origin`.' });
  });
});
