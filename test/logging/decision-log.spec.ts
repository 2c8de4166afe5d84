import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CorsDecisionEvent } from '../../lib/logging/decision-event.js';
import { DecisionLog } from '../../lib/logging/decision-log.js';
import { shownOrigin } from '../../lib/logging/shown.js';

const refusal: CorsDecisionEvent = {
  kind: 'actual',
  granted: false,
  reason: 'origin-not-listed',
  method: 'GET',
  route: '/orders',
  handler: 'OrdersController.list',
  policy: 'module defaults',
  origin: 'https://stranger.example',
  path: '/orders',
};

describe('the log of decisions', () => {
  let lines: string[];
  const logger = { log: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('repeated line: says after the interval how often', () => {
    const log = new DecisionLog('refusals', logger);
    for (let i = 0; i < 1000; i++) {
      log.observe(refusal);
    }
    expect(lines).toHaveLength(1);
    jest.advanceTimersByTime(60_000);
    log.observe(refusal);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/origin-not-listed\. \(999 more within a minute\)$/);
  });

  it('invented origins, paths and methods: cannot fill a disk', () => {
    const log = new DecisionLog('refusals', logger);
    for (let i = 0; i < 20_000; i++) {
      log.observe({
        ...refusal,
        origin: `https://o${i}.example`,
        route: undefined,
        handler: undefined,
        method: `M${i}`,
      });
    }
    expect(lines).toHaveLength(500);
    expect(lines[0]).toMatch(/^Refused M0 on a path without a route \(\/orders\) from https:\/\/o0\.example/);
    jest.advanceTimersByTime(60_000);
    log.observe(refusal);
    expect(lines[500]).toMatch(/^19500 more CORS decisions within a minute/);
  });

  it('flood: hides no other route, reason or policy, and is bounded', () => {
    const log = new DecisionLog('refusals', logger);
    const flood = (times: number, names: Partial<CorsDecisionEvent> = {}) => {
      for (let i = 0; i < times; i++) {
        const header = `x-${i}`;
        log.observe({ ...refusal, reason: 'header-not-allowed', header, headers: [header], ...names });
      }
    };
    flood(2000);
    expect(lines).toHaveLength(500);
    log.observe({ ...refusal, reason: 'header-not-allowed', header: 'x-trace', headers: ['x-trace'], route: '/carts' });
    log.observe(refusal);
    expect(lines.slice(500)).toEqual([
      expect.stringContaining('GET /carts'),
      expect.stringContaining('origin-not-listed'),
    ]);
    flood(2000, { method: 'PUT' });
    expect(lines).toHaveLength(503);
    for (let i = 0; i < 2000; i++) {
      log.observe({ ...refusal, route: `/r${i}` });
    }
    expect(lines).toHaveLength(1000);
    jest.advanceTimersByTime(60_000);
    log.observe({ ...refusal, reason: 'header-not-allowed', header: 'x-trace', headers: ['x-trace'] });
    expect(lines.at(-1)).toMatch(/header-not-allowed \(x-trace\)\. Add /);
  });

  it('other headers, tenants and paths without a route: are lines of their own, and paths of one route are not', () => {
    const log = new DecisionLog('refusals', logger);
    const observe = (change: Partial<CorsDecisionEvent>) => log.observe({ ...refusal, ...change });
    for (let times = 0; times < 2; times++) {
      observe({ path: '/orders/1' });
      observe({ path: '/orders/2' });
      observe({ tenant: 'a' });
      observe({ tenant: 'b' });
      observe({ reason: 'header-not-allowed', header: 'x-a' });
      observe({ reason: 'header-not-allowed', header: 'x-a', headers: ['x-a', 'x-b'] });
      observe({ route: undefined, path: '/1' });
      observe({ route: undefined, path: '/2' });
    }
    expect(lines).toHaveLength(7);
  });

  it('path that Nest does not route: says what is known of it', () => {
    const log = new DecisionLog('refusals', logger);
    const unrouted = { ...refusal, route: undefined, handler: undefined, path: '/x' };
    log.observe({ ...unrouted, unrouted: 'malformed-url', path: '/%zz' });
    log.observe({ ...unrouted, unrouted: 'malformed-url', entry: '/a', path: '/a/%zz' });
    log.observe({ ...unrouted, unrouted: 'foreign-route', entry: '/x' });
    log.observe({ ...unrouted, unrouted: 'other-routes', entry: '/x' });
    log.observe({ ...unrouted, entry: '/x' });
    log.observe({ ...unrouted, policy: undefined, reason: 'origin-malformed' });
    log.observe(unrouted);
    expect(lines.map((line) => line.split(' from ')[0])).toEqual([
      'Refused GET on /%zz (a malformed URL)',
      'Refused GET on /a/%zz (under the `paths` entry /a, a malformed URL)',
      'Refused GET on /x (under the `paths` entry /x, a route of another library)',
      'Refused GET on /x (under the `paths` entry /x, no route takes this method, version and host)',
      'Refused GET on /x (under the `paths` entry /x)',
      'Refused GET on /x',
      'Refused GET on a path without a route (/x)',
    ]);
  });

  it('each level: wants its own reasons only', () => {
    expect(new DecisionLog('off', logger).wants('origin-not-listed')).toBe(false);
    expect(new DecisionLog('refusals', logger).wants('origin-listed')).toBe(false);
    expect(new DecisionLog('refusals', logger).wants('origin-not-listed')).toBe(true);
    expect(new DecisionLog('all', logger).wants('origin-listed')).toBe(true);
    expect(new DecisionLog('all', logger).wants('no-origin')).toBe(false);
  });

  it('grants, opaque origins and unknown policies: are written, too', () => {
    const log = new DecisionLog('all', logger);
    log.observe({ ...refusal, granted: true, reason: 'origin-listed', kind: 'preflight' });
    log.observe({ ...refusal, origin: 'null', reason: 'origin-null' });
    log.observe({ ...refusal, origin: undefined, policy: undefined });
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'Granted the preflight of GET /orders (OrdersController.list) from https',
      'Refused GET /orders (OrdersController.list) from null by module defaults',
      'Refused GET /orders (OrdersController.list) from undefined',
    ]);
  });
});

describe('an origin in a log', () => {
  it.each([
    ['https://a.example', 'https://a.example'],
    ['file://', 'file://'],
    ['app://.', 'app://.'],
    ['null', 'null'],
    [undefined, 'undefined'],
    ['app://me:secret@a', 'a malformed origin of 17 characters'],
    ['app://a b', 'a malformed origin of 9 characters'],
    ['https://a.example, https://b.example', 'a malformed origin of 36 characters'],
    [`app://${'A'.repeat(400)}`, 'a malformed origin of 406 characters'],
  ])('%j: is written as %s', (origin, shown) => {
    expect(shownOrigin(origin)).toBe(shown);
  });
});
