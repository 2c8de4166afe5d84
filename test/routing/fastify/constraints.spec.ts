import { describe, expect, it } from '@jest/globals';
import {
  combinations,
  type DerivedConstraints,
  hostStrategy,
  isAssumed,
  isHostPossible,
} from '../../../lib/routing/fastify/constraints.js';
import type { FastifyRegistration } from '../../../lib/routing/fastify/registrations.js';
import { matcherOf, namesOf, type Registered, route, routerWith } from '../stubbed-router.js';

const registration = (constraints: DerivedConstraints): FastifyRegistration => ({
  ...{ route: route('GET', '/a'), method: 'GET', path: '/a', constraints, isNamed: true, order: 0 },
});

/** The value that `host` is assumed to have for a route with this constraint. */
function assumed(host: string | RegExp): unknown {
  return combinations([registration({ host })], ['host'])[1]!['host'];
}

describe('Fastify constraints › assumed values of a request', () => {
  it('no constraints: are a single empty set', () => {
    expect(combinations([registration({ version: '1' })], [])).toEqual([{}]);
  });

  it('versions: are each version of a route once, and one other', () => {
    const registrations = [{ version: '1' }, {}, { version: ['1', '2'] }, { version: '2' }].map(registration);
    expect(combinations(registrations, ['version'])).toEqual([
      { version: undefined },
      { version: '1' },
      { version: '2' },
    ]);
    expect(combinations([registration({})], ['version'])).toEqual([{ version: undefined }]);
  });

  it('other constraints: are assumed, too', () => {
    const combined = combinations([registration({ tier: 'gold' }), registration({})], ['tier']);
    expect(combined.map(({ tier }) => [tier === undefined, isAssumed(tier)])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect([isAssumed('gold'), isAssumed(undefined)]).toEqual([false, false]);
  });

  it('several constraints: are every combination', () => {
    const combined = combinations([registration({ version: '1', tier: 'gold' })], ['version', 'tier']);
    const described = combined.map(({ version, tier }) => `${String(version)} ${isAssumed(tier)}`);
    expect(described.sort()).toEqual(['1 false', '1 true', 'undefined false', 'undefined true']);
  });
});

describe('Fastify constraints › assumed host', () => {
  it('host of a route: matches requests to it on every port', () => {
    const possible = (value: string, hosts: string[]) => hosts.filter((host) => isHostPossible(assumed(value), host));
    const hosts = ['two.example', 'two.example.org', 'wo.example', 'two.exampl', 'one.example'];
    expect(possible('two.example', hosts)).toEqual(['two.example']);
    expect(possible('two.example:8080', hosts)).toEqual(['two.example']);
  });

  it('requests without a known host: match', () => {
    expect(isHostPossible(assumed('two.example'), '')).toBe(true);
  });

  it('regular expression, or any other host: matches', () => {
    expect([isHostPossible(assumed(/^one$/), 'two'), isHostPossible(undefined, 'two')]).toEqual([true, true]);
  });
});

describe('Fastify constraints › host store', () => {
  const expression = /^T\d+\.example$/gi;
  const stored = () => {
    const storage = hostStrategy().storage();
    storage.set('one.example', 'one');
    storage.set(expression, 'numbered');
    storage.set(/^t1\./y, 'first');
    return storage;
  };

  it('host: returns its routes, and those of regular expressions in the order of their routes', () => {
    const storage = stored();
    const hosts = ['one.example', 't1.example', 't1.other', 'T2.EXAMPLE', 'two.example', 'x.one.example', ''];
    expect(hosts.map((host) => storage.get(host))).toEqual([
      ...['one', 'numbered', 'first', 'numbered', undefined, undefined, undefined],
    ]);
  });

  it('earlier requests: make no difference', () => {
    const storage = stored();
    expect([1, 2, 3].map(() => storage.get('t1.example'))).toEqual(['numbered', 'numbered', 'numbered']);
    expect(expression.lastIndex).toBe(0);
  });

  it('assumed host: is exactly the host of a route', () => {
    const storage = stored();
    expect([storage.get(assumed('one.example')), storage.get(assumed(expression))]).toEqual(['one', 'numbered']);
    expect([storage.get(assumed('t1.example')), storage.get(assumed(/^T\d+\.example$/gi))]).toEqual([
      ...[undefined, undefined],
    ]);
  });
});

describe('Fastify constraints › routes with a host constraint', () => {
  const hosts = ['one.example', 'two.example:8080', /^t\d+\.example$/];
  const routes = [
    ...hosts.map((host) => route('GET', '/pages', { constraints: { host }, methodName: String(host) })),
    route('GET', '/pages', { methodName: 'any' }),
    route('GET', '/pages/:id', { methodName: 'one page' }),
  ];
  const registered = routes.map(({ path, constraints = {} }): Registered => ['GET', path, constraints]);
  const matcher = () => matcherOf(routes, routerWith(registered));

  it('request to the host: is served', () => {
    const dispatched = (host: string) => namesOf(matcher().dispatched('GET', '/pages', '', { headers: { host } }));
    expect(['one.example', 'two.example:8080', 'two.example', 't7.example', 'else'].map(dispatched)).toEqual([
      ...[['one.example'], ['two.example:8080'], ['any'], [String(hosts[2])], ['any']],
    ]);
  });

  it('host of the request that can be theirs: are candidates', () => {
    const candidates = (host: string) => namesOf(matcher().candidates('GET', '/pages', host)).sort();
    const expression = String(hosts[2]);
    expect(candidates('one.example')).toEqual([expression, 'any', 'one.example']);
    expect(candidates('two.example')).toEqual([expression, 'any', 'two.example:8080']);
    expect(candidates('else')).toEqual([expression, 'any']);
    expect(candidates('')).toEqual([expression, 'any', 'one.example', 'two.example:8080']);
  });

  it('path without a host constraint: belongs to every host', () => {
    expect(namesOf(matcher().dispatched('GET', '/pages/1', '', { headers: { host: 'one.example' } }))).toEqual([
      'one page',
    ]);
  });
});

describe('Fastify constraints › routes with a constraint of the application', () => {
  it('any request: are candidates beside those without, because its strategy decides', () => {
    const routes = [
      route('GET', '/secrets/:id', { constraints: { tier: 'gold' }, methodName: 'gold' }),
      route('GET', '/secrets/fixed', { methodName: 'fixed' }),
    ];
    const router = { ...routerWith([['GET', '/secrets/fixed']]), hasRoute: () => true };
    const matcher = matcherOf(routes, router);
    expect(namesOf(matcher.candidates('GET', '/secrets/fixed', '')).sort()).toEqual(['fixed', 'gold']);
    expect(namesOf(matcher.dispatched('GET', '/secrets/fixed', '', {})).sort()).toEqual(['fixed', 'gold']);
    expect(namesOf(matcher.candidates('GET', '/secrets/1', ''))).toEqual(['gold']);
  });
});
