import { describe, expect, it } from '@jest/globals';
import {
  configOfDispatched,
  derivedConstraints,
  isRoutedElsewhere,
  rawRequestOf,
} from '../../../lib/routing/fastify/request.js';
import type { RegisteredRoute } from '../../../lib/routing/route.js';

describe('Fastify request', () => {
  it('raw request: is accepted', () => {
    const raw = { url: '/' };
    expect([rawRequestOf({ raw }), rawRequestOf(raw), rawRequestOf(undefined)]).toEqual([raw, raw, {}]);
  });

  it("constraints: are derived with the adapter's own strategies", () => {
    const raw = { headers: { ':authority': 'h', 'accept-version': '1' } };
    const adapter = (internals: object) => ({ ...internals }) as never;
    expect(derivedConstraints({}, adapter({}), ['host', 'version'])).toEqual({ host: undefined, version: undefined });
    expect(derivedConstraints(raw, adapter({}), ['host', 'version'])).toEqual({ host: 'h', version: '1' });
    const named = { headers: { host: 'one.example', ':authority': 'h' } };
    expect(derivedConstraints(named, adapter({}), ['host'])).toEqual({ host: 'one.example' });
    const versionConstraint = { isCustom: true, deriveConstraint: () => '2' };
    expect(derivedConstraints(raw, adapter({ versionConstraint }), ['version'])).toEqual({ version: '2' });
    const versionExtractorErrors = new WeakMap([[raw, new Error('thrown')]]);
    expect(
      derivedConstraints(raw, adapter({ versionConstraint, versionExtractorErrors }), ['version']),
    ).toBeUndefined();
  });

  it('dispatched route: is returned', () => {
    const raw = { url: '/a', method: 'GET' };
    const there = { path: '/a' } as RegisteredRoute;
    const isElsewhere = (request: unknown) => isRoutedElsewhere(request, there, 'GET', '/a');
    expect(isElsewhere(undefined)).toBe(false);
    expect(isElsewhere({ raw })).toBe(false);
    expect(isElsewhere({ raw: { ...raw, method: 'PUT' }, is404: true })).toBe(false);
    expect(isElsewhere({ raw, is404: true })).toBe(true);
    expect(isElsewhere({ raw, is404: false, routeOptions: { url: '/a' } })).toBe(false);
    expect(isElsewhere({ raw, is404: false, routeOptions: { url: '/:b' } })).toBe(true);
    expect(isElsewhere({ raw, is404: false })).toBe(true);
  });

  it('constraint that no route has: is not derived', () => {
    const raw = { headers: { host: 'h', 'accept-version': '1' } };
    const derivedFor = (names: string[]) => Object.keys(derivedConstraints(raw, {} as never, names) ?? {});
    expect([derivedFor([]), derivedFor(['host']), derivedFor(['version'])]).toEqual([[], ['host'], ['version']]);
  });

  it('config: is that of the dispatched route, and none for other requests', () => {
    const config = {};
    const raw = { url: '/a', method: 'GET' };
    const taken = { raw, is404: false, routeOptions: { url: '/a', config } };
    const configOf = (request: unknown) => configOfDispatched(request, 'GET', '/a');
    expect(configOf(taken)).toBe(config);
    expect(configOf({ ...taken, is404: true })).toBeNull();
    for (const other of [
      ...[undefined, raw, { raw }, { raw, is404: false }, { ...taken, is404: undefined }],
      ...[
        { ...taken, raw: { ...raw, url: '/b' } },
        { ...taken, raw: { ...raw, method: 'PUT' } },
      ],
    ]) {
      expect(configOf(other)).toBeUndefined();
    }
  });
});
