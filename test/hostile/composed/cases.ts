import fc from 'fast-check';
import { type Blueprint, type ComposedAdapter, OTHER_PATHS, blueprints } from './blueprint.js';
import { STEERING } from './changes.js';
import { ORIGINS } from './policies.js';

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

const MATTER_OF_METHOD = fc.constantFrom('PUT', 'POST', 'GET', 'DELETE', 'HEAD', 'PATCH');

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

function pathsOf({ handlers, others, entries }: Blueprint): readonly string[] {
  return [
    ...handlers.map(({ path }) => `/${path.replace(/:\w+/g, '7').replace('*', 'text.txt')}`),
    ...others.flatMap(({ path }) => [path, `${path}/below`]),
    ...entries.map(({ path }) => path),
    ...OTHER_PATHS,
    '/a/extra/c',
    '/nowhere/at/all',
  ];
}

function caseOf(adapter: ComposedAdapter): fc.Arbitrary<ComposedCase> {
  const all = blueprints(adapter);
  return fc.nat(all.length - 1).chain((application) => {
    const path = fc.constantFrom(...pathsOf(all[application] as Blueprint));
    const spelled = fc.tuple(path, fc.constantFrom(...SPELLINGS)).map(([text, spell]) => spell(text));
    const target = weighted(
      [12, path.map((text) => ({ target: text, plain: true }))],
      [1, path.map((text) => ({ target: `${text}?a=b`, plain: true }))],
      [1, path.map((text) => ({ target: `/prefix${text}`, plain: true }))],
      [6, spelled.map((text) => ({ target: text, plain: false }))],
    );
    const steering = weighted<readonly [string, string]>(
      [3, fc.constantFrom('PUT', 'POST', 'GET', 'DELETE').map((method) => ['x-http-method-override', method] as const)],
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
    return fc
      .record({
        to: target,
        host: weighted([5, fc.constant('localhost')], [2, fc.constant('one.test')]),
        origin: fc.constantFrom(...ORIGINS),
        methods: fc.tuple(MATTER_OF_METHOD, fc.constantFrom('POST', 'GET', 'HEAD')),
        headers: weighted<readonly (readonly [string, string])[]>(
          [5, fc.constant([])],
          [4, harmless.map((header) => [header])],
          [2, steering.map((header) => [header])],
          [1, fc.tuple(harmless, steering)],
        ),
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
