import { describe, expect, it, jest } from '@jest/globals';
import { DecisionFeed, MAX_ENTRIES } from '../../../lib/entry-points/devtools/decision-feed.js';
import type { CorsDecisionEvent } from '../../../lib/entry-points/diagnostics/index.js';

describe('DecisionFeed', () => {
  it('repeated decision: is counted, and the newest comes first', () => {
    const feed = new DecisionFeed();
    feed.observe(refusal({ origin: 'https://a.example' }));
    feed.observe(refusal({ origin: 'https://b.example' }));
    feed.observe(refusal({ origin: 'https://a.example', path: '/orders/2' }));
    expect(feed.snapshot().entries).toMatchObject([
      { id: 1, origin: 'https://a.example', count: 2, path: '/orders/2' },
      { id: 2, origin: 'https://b.example', count: 1 },
    ]);
  });

  it.each([
    ['kind', { kind: 'preflight' }],
    ['method', { method: 'PUT' }],
    ['route', { route: '/orders' }],
    ['origin', { origin: 'null' }],
    ['reason', { reason: 'cors-disabled' }],
    ['policy', { policy: 'OrdersController' }],
  ] as const)('another %s: is another entry', (_, difference) => {
    const feed = new DecisionFeed();
    feed.observe(refusal());
    feed.observe(refusal(difference));
    expect(feed.snapshot().entries).toHaveLength(2);
  });

  it('path without a route: is an entry of its own', () => {
    const feed = new DecisionFeed();
    feed.observe(refusal({ route: undefined, path: '/a' }));
    feed.observe(refusal({ route: undefined, path: '/b' }));
    expect(feed.snapshot().entries).toHaveLength(2);
  });

  it('entry: says what the decision means, and what to do', () => {
    const feed = new DecisionFeed();
    feed.observe(refusal());
    expect(feed.snapshot().entries[0]).toMatchObject({
      message: 'The origin is not in the list of the policy.',
      fix: expect.stringContaining('Add the origin'),
      at: expect.any(Number),
    });
  });

  it('invented origins: are bounded, and the forgotten ones are counted', () => {
    const feed = new DecisionFeed();
    feed.observe(refusal({ origin: 'https://first.example' }));
    feed.observe(refusal({ origin: 'https://first.example' }));
    for (let index = 0; index < MAX_ENTRIES; index++) {
      feed.observe(refusal({ origin: `https://${index}.example` }));
    }
    const { entries, forgotten } = feed.snapshot();
    expect(entries).toHaveLength(MAX_ENTRIES);
    expect(forgotten).toBe(2);
    expect(entries[0]?.origin).toBe(`https://${MAX_ENTRIES - 1}.example`);
  });

  it('long strings: are cut', () => {
    const feed = new DecisionFeed();
    const long = 'x'.repeat(5000);
    feed.observe(refusal({ origin: long, path: `/${long}`, method: long, route: undefined }));
    expect(JSON.stringify(feed.snapshot()).length).toBeLessThan(2000);
  });

  it('request without Origin: is not wanted', () => {
    expect(new DecisionFeed().wants('no-origin')).toBe(false);
    expect(new DecisionFeed().wants('any-origin')).toBe(true);
  });

  it('listener: is called until it is removed', () => {
    const feed = new DecisionFeed();
    const listener = jest.fn();
    const stop = feed.subscribe(listener);
    feed.observe(refusal());
    stop();
    feed.observe(refusal());
    expect(listener).toHaveBeenCalledTimes(1);
    expect(listener).toHaveBeenCalledWith(expect.objectContaining({ id: 1, count: 1 }));
  });
});

function refusal(difference: Partial<CorsDecisionEvent> = {}): CorsDecisionEvent {
  return {
    kind: 'actual',
    granted: false,
    reason: 'origin-not-listed',
    method: 'GET',
    route: '/orders/:id',
    handler: 'OrdersController.one',
    policy: 'module defaults',
    origin: 'https://stranger.example',
    path: '/orders/1',
    ...difference,
  };
}
