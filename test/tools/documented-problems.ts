import type { CorsFeatureOptions, CorsModuleOptions } from '../../lib/options/index.js';
import type { CorsConfigurationProblem, CorsProblemCode } from '../../lib/options/problem.js';
import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';
import { INVALID, problemAt, worded } from '../../lib/policy/problems.js';

/** A code of the page docs/errors.md. */
export interface DocumentedProblem {
  /** What is wrong in general. */
  readonly about: string;
  /** Problems with this code, one for each of its sentences; others among them are left out. */
  readonly examples: () => readonly CorsConfigurationProblem[];
}

class PartnerOrigins {}

const ORIGIN = 'https://app.example.com';

export const DOCUMENTED_PROBLEMS: Readonly<Record<CorsProblemCode, DocumentedProblem>> = {
  'malformed-origin': {
    about: 'No browser sends this as an origin: path, slash at the end, upper case, default port, non-ASCII, …',
    examples: () =>
      bootProblems({
        origin: [
          'https://app.example.com/',
          'https://app.example.com/path',
          'https://app.example.com?query',
          'app.example.com',
          'https://App.example.com',
          'https://app.example.com:443',
          'https://app.example.com:99999',
          'https://bücher.example',
          'https://app-*.example.com',
          'https://a.example, https://b.example',
          '"https://app.example.com"',
          '["https://app.example.com"]',
          ' https://app.example.com',
          'https://user:password@app.example.com',
          'https://0x7f.1',
          'data:text/html,page',
          `https://${'a.'.repeat(200)}example.com`,
          '',
        ],
      }),
  },
  'wildcard-with-credentials': {
    about: "`origin: '*'` while `credentials` are on.",
    examples: () => bootProblems({ origin: '*', credentials: true }),
  },
  'exposed-wildcard-with-credentials': {
    about: "`exposedHeaders: '*'` while `credentials` are on.",
    examples: () => bootProblems({ origin: ORIGIN, exposedHeaders: '*', credentials: true }),
  },
  'null-origin': {
    about: "`'null'`, which every sandboxed frame sends.",
    examples: () => bootProblems({ origin: 'null' }),
  },
  'nonstandard-origin': {
    about: '`file://`, `app://.` and the like: no serialized origin, and sent by every app of its kind.',
    examples: () => bootProblems({ origin: ['file://', 'app://.', 'app://My-App', 'safari-web-extension://A-B'] }),
  },
  'insecure-origin': {
    about: 'Plain `http:` while `credentials` are on, also where a RegExp lets it in. Loopback hosts are fine.',
    examples: () =>
      bootProblems({ origin: ['http://app.example.com', /^https?:\/\/app\.example\.com$/], credentials: true }),
  },
  'public-suffix': {
    about: 'A pattern or RegExp where anybody can register a name, or above such a suffix.',
    examples: () =>
      bootProblems({
        origin: ['https://*.co.uk', 'https://*.amazonaws.com', 'https://*.vercel.app', /^https:\/\/[^.]+\.github\.io$/],
      }),
  },
  'unanchored-regexp': {
    about: 'A RegExp that can match a part of an origin.',
    examples: () => bootProblems({ origin: /^https:\/\/app\.example\.com/ }),
  },
  'unescaped-dot': {
    about: 'A RegExp with a dot that stands for any character.',
    examples: () => bootProblems({ origin: /^https:\/\/app.example\.com$/ }),
  },
  'wide-regexp': {
    about: 'A RegExp that lets in names or schemes of strangers, which the message names.',
    examples: () => bootProblems({ origin: [/^https:\/\/.*example\.com$/, /^.*$/] }),
  },
  'slow-regexp': {
    about:
      'A RegExp that reads one origin in over 2,500 ways, and can take seconds to refuse it, or that cannot be checked.',
    examples: () => bootProblems({ origin: /^https:\/\/(.*)-(.*)-(.*)\.example\.com$/ }),
  },
  'stateful-regexp': {
    about: 'A RegExp with the `g` or `y` flag: every other test would fail.',
    examples: () => bootProblems({ origin: /^https:\/\/app\.example\.com$/g }),
  },
  'wildcard-in-list': {
    about: "`'*'` or `'all'` inside a list of methods, origins or exposed headers.",
    examples: () => bootProblems({ origin: [ORIGIN, '*'], methods: ['GET', '*'], exposedHeaders: ['etag', 'all'] }),
  },
  'pattern-not-allowed': {
    about: 'A pattern, where `originProblems()` or `@IsCorsOrigin()` take exact origins only. Not at boot.',
    examples: () => [problemAt('pattern-not-allowed', 'origin', 'https://*.example.com')],
  },
  'method-case': { about: 'A method in lower case.', examples: () => bootProblems({ methods: ['patch'] }) },
  'forbidden-method': {
    about: 'CONNECT, TRACE or TRACK: no script can send them.',
    examples: () => bootProblems({ methods: ['TRACE'] }),
  },
  'forbidden-header': {
    about: 'A request header that no script can set, or a response header that none can read.',
    examples: () => bootProblems({ allowedHeaders: ['Cookie'], exposedHeaders: ['Set-Cookie'] }),
  },
  'invalid-token': {
    about: 'No name of a method or header.',
    examples: () => bootProblems({ methods: ['GET PUT'], allowedHeaders: ['content-type:'] }),
  },
  'out-of-range': {
    about: 'A number outside its range, or no number.',
    examples: () =>
      bootProblems({
        maxAge: 100_000,
        optionsSuccessStatus: 404,
        lookupTimeout: 0,
        lookupConcurrency: 0,
        cache: { ttl: 0, jitter: 2 },
        lists: { refreshInterval: -1 },
      }),
  },
  'unknown-policy': {
    about: 'A name that no policy has.',
    examples: () => [
      ...bootProblems({ policies: { partners: {} }, paths: [{ path: '/graphql', policy: 'partner' }] }),
      ...bootProblems({ policies: { partners: {} }, paths: [{ path: '/graphql', policy: 'anything' }] }),
      ...bootProblems({ paths: [{ path: '/graphql', policy: 'public' }] }),
    ],
  },
  'unknown-option': {
    about: 'An option that does not exist, or belongs to another CORS package.',
    examples: () => [
      ...bootProblems({ origins: [] }),
      ...bootProblems({
        preflightContinue: true,
        strictPreflight: true,
        preflight: true,
        hideOptionsRoute: true,
        cacheControl: 600,
        delegator: true,
        hook: 'preHandler',
        logLevel: 'warn',
        isGlobal: true,
        extends: 'partners',
      }),
      ...bootProblems({ policies: { partners: { somethingElse: 1 } } }),
    ],
  },
  'circular-extends': {
    about: 'A policy that extends itself, directly or through others.',
    examples: () => bootProblems({ policies: { a: { extends: 'b' }, b: { extends: 'a' } } }),
  },
  'duplicate-policy': {
    about: "A name that is taken, or `default`, which stands for `forRoot()`'s fields.",
    examples: () => [
      ...bootProblems({ policies: { default: {} } }),
      ...bootProblems({ policies: { partners: {} } }, [{ policies: { partners: {} } }]),
    ],
  },
  'invalid-value': {
    about: 'A value of the wrong type, or `policy` beside `external`.',
    examples: () => [
      ...bootProblems({ origin: true, methods: 7, credentials: 'yes', logging: 'loud' }),
      ...bootProblems({
        origin: (_origin: string, callback: (error: null, allow: boolean) => void) => callback(null, true),
      }),
      ...bootProblems((_request: unknown, callback: (error: null, options: object) => void) => callback(null, {})),
      ...bootProblems({ paths: [{ path: '/legacy', external: true, policy: {} }] }),
      worded('invalid-value', 'originLookup', PartnerOrigins, INVALID.lookupWithoutMethod(PartnerOrigins)),
    ],
  },
  'invalid-path': {
    about:
      'A `paths` entry with a wildcard, a parameter, a query, a slash at the end, a path with two readings, or twice in the list.',
    examples: () =>
      bootProblems({
        paths: ['graphql', '/a?b', '/a/*', '/a/', '/a//b', '/a;b', '/b', '/b'].map((path) => ({ path, policy: {} })),
      }),
  },
  'conflicting-decorators': {
    about: 'Several of `@CorsPolicy()` and `@DisableCors()` on one class or one method.',
    examples: () => {
      const catalog = new PolicyCatalog({});
      const entry = { kind: 'policy', definition: {} } as const;
      catalog.forHandler('OrdersController', 'list', [entry, { kind: 'disabled' }], []);
      return catalog.problems();
    },
  },
  'misplaced-decorator': {
    about:
      'A decorator on a property, an accessor, a static member, a parameter, a handler of messages, a resolver or a method that a symbol names.',
    examples: () =>
      (['property', 'accessor', 'static', 'parameter', 'message', 'symbol'] as const).map((place) =>
        problemAt('misplaced-decorator', 'OrdersController.replace', '@DisableCors()', place),
      ),
  },
  'not-allowable': {
    about: '`dangerouslyAllow` names a code that cannot be allowed, or none at all.',
    examples: () => bootProblems({ dangerouslyAllow: ['stateful-regexp', 'null-origins'] }),
  },
  'lookup-not-found': {
    about: 'No module provides the `originLookup`.',
    examples: () => [
      problemAt('lookup-not-found', 'originLookup', PartnerOrigins),
      problemAt('lookup-not-found', 'originLookup', () => true),
    ],
  },
  'lookup-not-singleton': {
    about: 'The lookup is request-scoped or transient, or depends on such a provider.',
    examples: () => [problemAt('lookup-not-singleton', 'originLookup', PartnerOrigins)],
  },
  'gateway-cors-option': {
    about: 'The `cors` option of a `@WebSocketGateway()`.',
    examples: () => [problemAt('gateway-cors-option', 'BoardGateway: cors', true)],
  },
  'gateway-credentials-differ': {
    about: 'Gateways in namespaces of one server, with and without `credentials`.',
    examples: () => [problemAt('gateway-credentials-differ', 'BoardGateway: credentials', true, 'ChatGateway')],
  },
  'gateway-not-guarded': {
    about: 'An adapter of gateways that is not based on socket.io or ws.',
    examples: () => [problemAt('gateway-not-guarded', 'BoardGateway', 'OtherServer')],
  },
};

/** What the library reports at boot. */
export function bootProblems(options: unknown, features?: unknown): readonly CorsConfigurationProblem[] {
  return new PolicyCatalog(
    options as CorsModuleOptions,
    features as readonly CorsFeatureOptions[] | undefined,
  ).problems();
}
