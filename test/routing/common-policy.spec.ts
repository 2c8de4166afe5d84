import { describe, expect, it } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { commonPolicy } from '../../lib/routing/common-policy.js';
import { runsMiddleware } from '../../lib/routing/router-adapter.js';
import { listOf, policy } from '../decision/policies.js';

const origin = listOf('https://a.example');
const one = policy({ label: 'one', origin });

describe('ambiguous policy › several policies for one path', () => {
  it.each<[difference: string, first: Partial<CompiledPolicy>, second: Partial<CompiledPolicy>]>([
    ['origins', {}, { origin: listOf('https://b.example') }],
    ['credentials', {}, { credentials: true }],
    ['a list of methods', {}, { methods: new Set(['GET']) }],
    ['other methods', { methods: new Set(['GET']) }, { methods: new Set(['PUT']) }],
    ['more methods', { methods: new Set(['GET']) }, { methods: new Set(['GET', 'PUT']) }],
    [
      'exposed headers',
      { exposedHeaders: { kind: 'constant', value: 'a' } },
      { exposedHeaders: { kind: 'constant', value: 'b' } },
    ],
    ['all exposed headers', {}, { exposedHeaders: { kind: 'all' } }],
    ['tenants', { tenant: () => 'a' }, { tenant: () => 'b' }],
    ['who does CORS', {}, { external: true }],
  ])('policies that differ in %s: gets no grant', (_difference, first, second) => {
    const ambiguous = commonPolicy([policy({ origin, ...first }), policy({ origin, ...second })]);
    expect(ambiguous.origin).toEqual({ kind: 'ambiguous' });
  });

  it('policies that grant the same: is their common policy, and rejects when one of them rejects', () => {
    const methods = () => new Set(['GET', 'PUT']);
    const [first, second] = [
      policy({ origin, methods: methods() }),
      policy({ origin, methods: methods(), maxAge: '9' }),
    ];
    expect(commonPolicy([first, second])).toBe(first);
    const rejecting = policy({ origin, rejectDisallowed: true });
    expect(commonPolicy([one, rejecting])).toBe(rejecting);
    expect(commonPolicy([])).toMatchObject({ origin: { kind: 'ambiguous' }, rejectDisallowed: false });
  });
});

describe('Fastify middleware detection', () => {
  it('@fastify/middie, or any plugin that adds use(): is found', () => {
    const middie = Symbol('fastify-middie-has-middlewares');
    const found = [{ [middie]: true }, { [middie]: false }, { use: () => {} }, {}].map((instance) =>
      runsMiddleware(instance as never),
    );
    expect(found).toEqual([true, false, true, false]);
  });
});
