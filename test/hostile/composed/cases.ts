import fc from 'fast-check';
import { type Blueprint, type ComposedAdapter, OTHER_PATHS, blueprints } from './blueprint.js';
import { STEERING } from './changes.js';
import { EVIL, MEANINGS, ORIGINS, type PolicyName, defaultMeaning } from './policies.js';

/** What a page does: a preflight and its request, then the same with another method, to one target. */
export interface ComposedCase {
  /** Which of the applications is asked. */
  readonly application: number;
  readonly target: string;
  /** Whether there is one way to read the target. */
  readonly plain: boolean;
  readonly host: string;
  readonly origin: string;
  readonly methods: readonly [string, string];
  /** Headers that the script sets. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Whether the request carries a form that speaks like a request. */
  readonly form: boolean;
}

const weighted = <T>(...each: (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> =>
  fc.oneof({ withCrossShrink: true }, ...each.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const ANY_METHOD = fc.constantFrom('PUT', 'POST', 'GET', 'DELETE', 'HEAD', 'PATCH');

/** Spellings of a path, in which a file server, a middleware and a router may read several. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path.toUpperCase(),
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replace(/\w/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => path.replace(/\w/, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  (path) => `/x/..${path}`,
  (path) => `/x/%2e%2e${path}`,
  (path) => `/other/%2e%2e${path}`,
  (path) => `/files/..%2f${path.slice(1)}`,
  (path) => `${path};a=b`,
  (path) => `${path}%`,
  (path) => `${path}/%ff`,
  (path) => `/${path.slice(1).replaceAll('/', '\\')}`,
  (path) => `${path}%5c..%5cother`,
  (path) => `${path}/..`,
  (path) => `${path}//`,
];

/** Something to ask: where it is, with a method that it has and an origin that its policy allows. */
interface Place {
  readonly path: string;
  readonly method: string;
  readonly origin: string;
}

function originOf(policy: PolicyName | undefined): string {
  const { origins } = policy === undefined ? defaultMeaning(false) : MEANINGS[policy];
  return typeof origins === 'string' || origins[0] === undefined ? EVIL : origins[0];
}

function placesOf({ handlers, others, entries }: Blueprint): readonly Place[] {
  const entryOf = (path: string) => entries.find((entry) => entry.path === path)?.policy;
  return [
    ...handlers.map(({ path, verb, policy }) => ({
      path: `/${path.replace(/:\w+/g, '7').replace('*', 'text.txt')}`,
      method: verb === 'All' ? 'POST' : verb.toUpperCase(),
      origin: originOf(policy),
    })),
    ...others.flatMap(({ path, verb }) => {
      const asked = { method: verb.toUpperCase(), origin: originOf(entryOf(path)) };
      return [
        { ...asked, path },
        { ...asked, path: `${path}/below` },
      ];
    }),
    ...entries.map(({ path, policy }) => ({ path, method: 'GET', origin: originOf(policy) })),
    ...OTHER_PATHS.map((path) => ({ path, method: 'GET', origin: originOf(undefined) })),
    { path: '/a/extra/c', method: 'PUT', origin: originOf(undefined) },
  ];
}

/** What a script sets: nothing, what is harmless, what steers. @param path of anything in the application */
function headersBeside(path: fc.Arbitrary<string>): fc.Arbitrary<ComposedCase['headers']> {
  const methods = fc.constantFrom('PUT', 'POST', 'GET', 'DELETE');
  const steering = weighted<readonly [string, string]>(
    [3, methods.map((method) => ['x-http-method-override', method] as const)],
    [3, path.map((text) => ['x-original-url', text] as const)],
    [3, fc.constantFrom('one.test', 'two.test').map((host) => ['x-forwarded-host', host] as const)],
    [1, fc.constantFrom(...STEERING).map((name) => [name, 'https'] as const)],
  );
  const harmless = fc.constantFrom<readonly [string, string]>(
    ['x-one', '1'],
    ['content-type', 'application/json'],
    ['authorization', 'Basic eDp5'],
    ['cookie', 'session=1'],
  );
  return weighted<ComposedCase['headers']>(
    [5, fc.constant([])],
    [4, harmless.map((header) => [header])],
    [2, steering.map((header) => [header])],
    [1, fc.tuple(harmless, steering)],
  );
}

function caseOf(adapter: ComposedAdapter): fc.Arbitrary<ComposedCase> {
  const places = blueprints(adapter).map(placesOf);
  const place = fc
    .nat(places.length - 1)
    .chain((application) => fc.constantFrom(...(places[application] ?? [])).map((at) => ({ application, ...at })));
  return place.chain(({ application, path, method, origin }) => {
    const spelled = fc.constantFrom(...SPELLINGS).map((spell) => spell(path));
    return fc
      .record({
        to: weighted(
          [12, fc.constant({ target: path, plain: true })],
          [1, fc.constant({ target: `${path}?a=b`, plain: true })],
          [1, fc.constant({ target: `/prefix${path}`, plain: true })],
          [6, spelled.map((target) => ({ target, plain: false }))],
        ),
        host: weighted([3, fc.constant('localhost')], [2, fc.constant('one.test')]),
        origin: weighted([3, fc.constant(origin)], [2, fc.constantFrom(...ORIGINS)]),
        methods: fc.tuple(
          weighted([3, fc.constant(method)], [1, ANY_METHOD]),
          weighted([2, fc.constant(method)], [3, fc.constantFrom('POST', 'GET', 'HEAD')]),
        ),
        headers: headersBeside(fc.constantFrom(...(places[application] ?? [])).map((other) => other.path)),
        form: fc.nat(9).map((chance) => chance === 0),
      })
      .map(({ to, ...rest }): ComposedCase => ({ application, ...to, ...rest }));
  });
}

/** Requests to the composed applications of this run. */
export const composedCase: Readonly<Record<ComposedAdapter, () => fc.Arbitrary<ComposedCase>>> = {
  express: () => caseOf('express'),
  fastify: () => caseOf('fastify'),
};
