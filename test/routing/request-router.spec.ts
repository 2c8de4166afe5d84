import { describe, expect, it } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { type PathPolicy, compilePathPolicies } from '../../lib/routing/path-policies.js';
import { RequestRouter } from '../../lib/routing/request-router.js';
import type { RegisteredRoute, RouteMatch, RouteMatcher, Recipient, UrlRoutes } from '../../lib/routing/route.js';
import { listOf, policy } from '../decision/policies.js';
import { route } from './stubbed-router.js';

const defaults = policy({ label: 'defaults' });

interface Parts {
  readonly routes?: readonly RegisteredRoute[];
  readonly matcher?: RouteMatcher;
  readonly entries?: readonly PathPolicy[];
  readonly byDefault?: CompiledPolicy;
  readonly hostOf?: (request: unknown) => string;
}

const NO_ROUTES = { recipients: () => [], methods: [], routes: [] };

const nowhere: RouteMatcher = {
  ...{ recipients: () => [], at: () => NO_ROUTES },
  ...{
    dispatchedTo: () => undefined,
    loosely: () => [],
    readsHost: false,
    isReadLoosely: false,
    revision: undefined,
    keyOf: () => undefined,
  },
};

function routerOf(parts: Parts): RequestRouter {
  const { routes = [], matcher = nowhere, entries = [], byDefault = defaults, hostOf = () => '' } = parts;
  return new RequestRouter(routes, matcher, compilePathPolicies(entries, false), byDefault, hostOf);
}

describe('request router › request host', () => {
  /** The hosts that the matcher is asked about, and how often the request was asked for its own. */
  function asked(routes: readonly RegisteredRoute[]) {
    const hosts: string[] = [];
    const counted = { reads: 0 };
    const note = (host: string) => (hosts.push(host), []);
    const router = routerOf({
      routes,
      matcher: {
        ...nowhere,
        recipients: (_method, _url, host) => note(host),
        at: (_url, host) => ({ ...NO_ROUTES, routes: note(host) }),
      },
      hostOf: (request) => (counted.reads++, (request as { host: string }).host),
    });
    const request = { host: 'one.example' };
    router.dispatched('GET', '/', request);
    router.candidates('GET', '/', request);
    return { hosts, reads: counted.reads };
  }

  const read = { hosts: ['one.example', 'one.example'], reads: 2 };

  it('no route with a host: is not read', () => {
    const unread = { hosts: ['', ''], reads: 0 };
    expect(asked([])).toEqual(unread);
    expect(asked([route('GET', '/a'), route('GET', '/b', { constraints: { tier: 'gold' } })])).toEqual(unread);
  });

  it('controller with a host: is read', () => {
    expect(asked([route('GET', '/a'), route('GET', '/b', { hosts: [/^one\.example$/] })])).toEqual(read);
  });

  it('constraint of Fastify with a host: is read', () => {
    expect(asked([route('GET', '/a', { constraints: { host: 'one.example' } }), route('GET', '/b')])).toEqual(read);
  });
});

describe('request router › routed request', () => {
  it('any request: returns what the matcher finds', () => {
    const matches: readonly RouteMatch[] = ['GET', 'PUT'].map((method) => ({
      route: route(method, '/a'),
      params: {},
    }));
    const [get, put] = matches;
    const matcher: RouteMatcher = {
      ...nowhere,
      recipients: (method, url, _host, request) =>
        method === 'GET' && url === '/a' && request === 1 ? [{ match: get!, passesTo: [] }] : [],
      at: (url) => ({
        ...NO_ROUTES,
        recipients: (method) => (method === 'PUT' && url === '/b' ? [{ match: put!, passesTo: [] }] : []),
      }),
    };
    const router = routerOf({ matcher });
    expect(router.dispatched('GET', '/a', 1)).toEqual([get]);
    expect(router.candidates('PUT', '/b', 1)).toEqual([put]);
  });
});

describe('request router › unrouted request', () => {
  const files = policy({ label: 'files', origin: listOf('https://files.example') });
  const fallback = (url: string, ofFiles = files, byDefault = defaults) =>
    routerOf({ entries: [{ path: '/files', policy: ofFiles }], byDefault }).governing.fallback(url);

  it('covered by a `paths` entry, or not: has its policy, or the default policy', () => {
    expect([fallback('/files/a'), fallback('/files?a=//../'), fallback('/other')]).toEqual([files, files, defaults]);
  });

  it('two readings with one policy: has that policy', () => {
    expect([fallback('/files/a//b'), fallback('/files/%61'), fallback('/other/../more')]).toEqual([
      ...[files, files, defaults],
    ]);
  });

  it.each(['/files/../other', '/files/..%2fother', '/other/../files/a', '/%66iles/a', '//files/a'])(
    'path that a file server may read differently: gets no grant: %s',
    (url) => {
      expect(fallback(url)).toMatchObject({
        origin: { kind: 'ambiguous' },
        exposedHeaders: { kind: 'none' },
        credentials: false,
        rejectDisallowed: false,
        optionsSuccessStatus: 204,
        dependsOnOrigin: true,
        name: 'default',
        label: 'a path that can be read in two ways',
      });
    },
  );

  it('one reading that rejects: rejects', () => {
    const origin = listOf('https://rejecting.example');
    const rejecting = policy({ label: 'rejecting', rejectDisallowed: true, origin });
    const rejected = { origin: { kind: 'ambiguous' }, credentials: false, rejectDisallowed: true };
    for (const url of ['/files/../other', '/other/../files/a']) {
      expect(fallback(url, rejecting)).toMatchObject(rejected);
      expect(fallback(url, files, rejecting)).toMatchObject(rejected);
      expect(fallback(url)).toMatchObject({ rejectDisallowed: false });
    }
  });
});

describe('request router › method without a route at the URL', () => {
  const files = policy({ label: 'files' });
  const servedBy = (url: string, routes: readonly RegisteredRoute[], entry = '/files') => {
    const at: UrlRoutes = { recipients: () => [], methods: [], routes };
    const router = routerOf({ matcher: { ...nowhere, at: () => at }, entries: [{ path: entry, policy: files }] });
    return router.preflight('PUT', url, {}).candidates.map((each) => each.policy.label);
  };
  const [own, wild] = [route('GET', '/files/list'), route('GET', '/*path')];

  it('covered by a `paths` entry: has its policy, whatever routes are there', () => {
    const found = [[], [wild], [own], [wild, own]].map((routes) => servedBy('/files/list', routes));
    expect(found).toEqual([['files'], ['files'], ['files'], ['files']]);
  });

  it('only a catch-all route, and no entry: has the default policy', () => {
    expect([servedBy('/other', []), servedBy('/other', [wild])]).toEqual([['defaults'], ['defaults']]);
  });

  it('route at the URL, and no entry or one for every path: is not served', () => {
    expect([servedBy('/other', [own]), servedBy('/files/list', [own], '/')]).toEqual([[], []]);
  });
});

describe('request router › several possible routes', () => {
  const named = (label: string, path = '/a') => ({
    match: {
      route: route('GET', path, { policy: policy({ label, origin: listOf(`https://${label}.example`) }) }),
      params: {},
    },
    passesTo: [],
  });
  const foreign = { match: undefined, passesTo: [] };
  const said = (recipients: readonly Recipient[]) => {
    const found: UrlRoutes = { recipients: () => recipients, methods: [], routes: [] };
    const router = routerOf({ matcher: { ...nowhere, recipients: () => recipients, at: () => found } });
    const actual = router.actual('GET', '/a', {});
    return [actual.policy.label, actual.alternative?.label, router.preflight('GET', '/a', {}).alternative?.label];
  };
  const ambiguous = 'a path that can be read in two ways';

  it('one policy, or several that cannot be told apart: have that policy, or get no grant', () => {
    const one = named('one');
    expect(said([one])).toEqual(['one', undefined, undefined]);
    expect(said([one, { ...one }])).toEqual(['one', undefined, undefined]);
    expect(said([one, named('two')])).toEqual([ambiguous, undefined, undefined]);
    expect(said([one, foreign])).toEqual([ambiguous, 'defaults', 'defaults']);
    expect(said([foreign])).toEqual(['defaults', undefined, undefined]);
  });

  it('one of them not a route of Nest: share the default policy', () => {
    expect(said([foreign, named('one', '/*')])).toEqual([ambiguous, 'defaults', 'defaults']);
  });

  it('all grant the same: have one policy, which rejects when one of them rejects', () => {
    const strict = { ...named('one'), match: { ...named('one').match } };
    const { route: same } = strict.match;
    strict.match = {
      ...strict.match,
      route: { ...same, policy: { ...same.policy, label: 'strict', rejectDisallowed: true } },
    };
    expect(said([named('one'), strict])).toEqual(['strict', undefined, undefined]);
  });
});

describe('request router › description of an unrouted path', () => {
  const entries = [{ path: '/files', policy: policy() }];
  const placeOf = (url: string, found: Partial<UrlRoutes> = {}, parts: Parts = {}) => {
    const at: UrlRoutes = { recipients: () => [], methods: [], routes: [], ...found };
    return routerOf({ matcher: { ...nowhere, at: () => at }, entries, ...parts }).placeOf('GET', url, {});
  };

  it('no entry and no route: is empty', () => {
    expect(placeOf('/other?x=%zz')).toEqual({});
    expect(placeOf('HTTP://host/other')).toEqual({});
  });

  it('entry that covers it: is that entry, whatever else is there', () => {
    expect(placeOf('/files/1')).toEqual({ entry: '/files' });
    expect(placeOf('/files/%zz')).toEqual({ entry: '/files', unrouted: 'malformed-url' });
  });

  it('route of another library, or routes for other requests: says which of both', () => {
    const foreign = { recipients: () => [{ match: undefined, passesTo: [] }] };
    expect(placeOf('/other', foreign)).toEqual({ unrouted: 'foreign-route' });
    expect(placeOf('/other', { routes: [route('PUT', '/other')] })).toEqual({ unrouted: 'other-routes' });
  });

  it('routes chosen by the host: is that other requests have routes there', () => {
    const routes = [route('GET', '/a', { hosts: [/^a$/] })];
    expect(placeOf('/other', {}, { routes })).toEqual({ unrouted: 'other-routes' });
  });

  it.each(['*', 'other', '/%E0%A4%A', '/%', ''])('malformed URL: is malformed: %j', (url) => {
    expect(placeOf(url)).toEqual({ unrouted: 'malformed-url' });
  });
});

describe('request router › catch-all route below a `paths` entry', () => {
  it('both with one policy: is the only one that counts', () => {
    const shared = policy({ label: 'shared' });
    const recipient = { match: { route: route('GET', '/*', { policy: shared }), params: {} }, passesTo: [] };
    const matcher = { ...nowhere, recipients: () => [recipient] };
    const alternative = (ofEntry: CompiledPolicy) =>
      routerOf({ matcher, entries: [{ path: '/a', policy: ofEntry }] }).actual('GET', '/a', {}).alternative;
    const own = policy({ label: 'own' });
    expect([alternative(shared), alternative(own)]).toEqual([undefined, own]);
  });
});

describe('request router › cached preflight routes', () => {
  /** How often the router is searched for a preflight that is sent twice. */
  const searches = (
    method: string,
    url: string,
    revisions: readonly (number | undefined)[] = [1, 1],
    found = nowhere.at(url, ''),
  ) => {
    const counted = { searches: 0, sent: 0 };
    const router = routerOf({
      routes: [route('GET', '/a'), route('GET', '/b/:id')],
      matcher: {
        ...nowhere,
        at: () => (counted.searches++, found),
        get revision() {
          return revisions[counted.sent];
        },
      },
    });
    for (counted.sent = 0; counted.sent < 2; counted.sent++) {
      router.preflight(method, url, {});
    }
    return counted.searches;
  };

  it('paths of routes, and methods that most routes have: are cached', () => {
    const searched = [
      searches('GET', '/a'),
      searches('MADE-UP', '/a'),
      searches('PROPFIND', '/a'),
      searches('GET', '/b/1'),
    ];
    expect(searched).toEqual([1, 2, 2, 2]);
  });

  it('methods that the path is not served for, which clients can invent: are not cached', () => {
    const found = { routes: [route('GET', '/a')], methods: ['GET'], recipients: () => [] };
    expect(searches('PUT', '/a', [1, 1], found)).toBe(2);
  });

  it('other routes in the router: are not reused', () => {
    expect([searches('GET', '/a', [1, 2]), searches('GET', '/a', [undefined, undefined])]).toEqual([2, 2]);
  });
});
