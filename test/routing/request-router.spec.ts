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

  it('is not read where no route asks for it', () => {
    const unread = { hosts: ['', ''], reads: 0 };
    expect(asked([])).toEqual(unread);
    expect(asked([route('GET', '/a'), route('GET', '/b', { constraints: { tier: 'gold' } })])).toEqual(unread);
  });

  it('is read where a controller has one', () => {
    expect(asked([route('GET', '/a'), route('GET', '/b', { hosts: [/^one\.example$/] })])).toEqual(read);
  });

  it('is read where a constraint of Fastify has one', () => {
    expect(asked([route('GET', '/a', { constraints: { host: 'one.example' } }), route('GET', '/b')])).toEqual(read);
  });
});

describe('request router › routed request', () => {
  it('returns what the matcher finds', () => {
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

  it('has the policy of the `paths` entry that covers it, else the default policy', () => {
    expect([fallback('/files/a'), fallback('/files?a=//../'), fallback('/other')]).toEqual([files, files, defaults]);
  });

  it('has the policy of both readings of its path where they agree', () => {
    expect([fallback('/files/a//b'), fallback('/files/%61'), fallback('/other/../more')]).toEqual([
      ...[files, files, defaults],
    ]);
  });

  it.each(['/files/../other', '/files/..%2fother', '/other/../files/a', '/%66iles/a', '//files/a'])(
    'grants nothing where a file server may read the path differently: %s',
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

  it('rejects where either reading of its path rejects', () => {
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

  it('has the policy of the `paths` entry that covers the URL, whatever routes are there', () => {
    const found = [[], [wild], [own], [wild, own]].map((routes) => servedBy('/files/list', routes));
    expect(found).toEqual([['files'], ['files'], ['files'], ['files']]);
  });

  it('has the default policy where only a catch-all route is there, and no entry', () => {
    expect([servedBy('/other', []), servedBy('/other', [wild])]).toEqual([['defaults'], ['defaults']]);
  });

  it('is not served where a route is at the URL, and no entry, or one for every path', () => {
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

  it('have one policy where there is one, and none where several cannot be told apart', () => {
    const one = named('one');
    expect(said([one])).toEqual(['one', undefined, undefined]);
    expect(said([one, { ...one }])).toEqual(['one', undefined, undefined]);
    expect(said([one, named('two')])).toEqual([ambiguous, undefined, undefined]);
    expect(said([one, foreign])).toEqual([ambiguous, 'defaults', 'defaults']);
    expect(said([foreign])).toEqual(['defaults', undefined, undefined]);
  });

  it('share the default policy where one of them is not a route of Nest', () => {
    expect(said([foreign, named('one', '/*')])).toEqual([ambiguous, 'defaults', 'defaults']);
  });

  it('have one policy where all grant the same, which rejects when one of them rejects', () => {
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

  it('is nothing where there is nothing', () => {
    expect(placeOf('/other?x=%zz')).toEqual({});
    expect(placeOf('HTTP://host/other')).toEqual({});
  });

  it('is the entry that covers it, whatever else is there', () => {
    expect(placeOf('/files/1')).toEqual({ entry: '/files' });
    expect(placeOf('/files/%zz')).toEqual({ entry: '/files', unrouted: 'malformed-url' });
  });

  it('is a route of another library, or are routes for other requests', () => {
    const foreign = { recipients: () => [{ match: undefined, passesTo: [] }] };
    expect(placeOf('/other', foreign)).toEqual({ unrouted: 'foreign-route' });
    expect(placeOf('/other', { routes: [route('PUT', '/other')] })).toEqual({ unrouted: 'other-routes' });
  });

  it('cannot be said to be nothing where routes are chosen by the host', () => {
    const routes = [route('GET', '/a', { hosts: [/^a$/] })];
    expect(placeOf('/other', {}, { routes })).toEqual({ unrouted: 'other-routes' });
  });

  it.each(['*', 'other', '/%E0%A4%A', '/%', ''])('is malformed: %j', (url) => {
    expect(placeOf(url)).toEqual({ unrouted: 'malformed-url' });
  });
});

describe('request router › catch-all route below a `paths` entry', () => {
  it('is the only one that counts where both have one policy', () => {
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

  it('are cached for the paths of routes, and for the methods that most routes have', () => {
    const searched = [
      searches('GET', '/a'),
      searches('MADE-UP', '/a'),
      searches('PROPFIND', '/a'),
      searches('GET', '/b/1'),
    ];
    expect(searched).toEqual([1, 2, 2, 2]);
  });

  it('are not cached for methods that the path is not served for, which clients can ask for as they like', () => {
    const found = { routes: [route('GET', '/a')], methods: ['GET'], recipients: () => [] };
    expect(searches('PUT', '/a', [1, 1], found)).toBe(2);
  });

  it('are cached only while the router has the same routes', () => {
    expect([searches('GET', '/a', [1, 2]), searches('GET', '/a', [undefined, undefined])]).toEqual([2, 2]);
  });
});
