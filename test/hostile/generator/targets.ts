import fc from 'fast-check';
import { pathPieces, targetEdits } from '../../routing/nasty-targets.js';
import { bytes, longText } from './origins.js';

/** Paths of the application under test, each with an origin that its policy allows; cases shrink towards the first. */
const knownDestinations: readonly (readonly [path: string, allowed: string])[] = [
  ['/list', 'https://app.example.com'],
  ['/list', 'https://second.example.com:8443'],
  ['/pattern', 'https://a.customer.example.com'],
  ['/pattern', 'https://b.c.customer.example.com'],
  ['/pattern', 'https://ports.example.com:8080'],
  ['/regexp', 'https://alpha.regexp.example.com'],
  ['/star', 'https://anyone.example.com'],
  ['/star?a=b', 'https://app.example.com'],
  ['/lookup', 'https://looked-up.example.org'],
  ['/memory', 'https://remembered.example.org'],
  ['/function', 'https://function.example.com'],
  ['/reject', 'https://only.example.com'],
  ['/exposing', 'https://exposing.example.com'],
  ['/strict', 'https://strict.example.com'],
  ['/parameters/7', 'https://second.example.com:8443'],
  ['/tenants/t1/items', 'https://t1.tenants.example.net'],
  ['/tenants/t2/items', 'https://t2.tenants.example.net'],
  ['/wild/a', 'https://a.customer.example.com'],
  ['/wild/a/b', 'https://ports.example.com'],
  ['/mixed', 'https://app.example.com'],
  ['/failing', 'https://app.example.com'],
  ['/guarded', 'https://app.example.com'],
  ['/everything', 'https://a.customer.example.com'],
  ['/hosted', 'https://beta.regexp.example.com'],
  ['/v1/versions', 'https://app.example.com'],
  ['/v2/versions', 'https://a.customer.example.com'],
  ['/versions', 'https://app.example.com'],
  ['/versions', 'https://a.customer.example.com'],
  ['/nowhere', 'https://default.example.com'],
  ['/', 'https://default.example.com'],
  ['/ended', 'https://default.example.com'],
  ['/graphql', 'https://graph.example.com'],
  ['/graphql/ended', 'https://graph.example.com'],
  ['/assets/logo', 'https://anyone.example.com'],
];

/** A path, and an origin to begin with: for the most part one that the path's policy allows. */
export const destination: fc.Arbitrary<{ readonly path: string; readonly allowed: string }> = fc
  .tuple(fc.constantFrom(...knownDestinations), fc.constantFrom(...knownDestinations), fc.nat(9))
  .map(([[path, own], [, other], chance]) => ({ path, allowed: chance < 8 ? own : other }));

/** Makes a target of a path. */
export type TargetChange = (path: string) => string;

const otherPath = fc.constantFrom(...knownDestinations).map(([path]) => path);

type Spelling = (path: string, other: string) => string;

/** The same path as somebody else reads it, or another one that hides it. */
const spellings: readonly Spelling[] = [
  ...[
    '/',
    ';a=b',
    '%3f',
    '%23',
    '%00',
    '%2f',
    '/%ff',
    '\t',
    '%0d%0aX-Injected:%201',
    '\r\nX-Injected: 1',
    '\0',
    '?%',
  ].map(
    (suffix): Spelling =>
      (path) =>
        path + suffix,
  ),
  ...['%20', '.', '*', '\xe9', '%c3%a9', `?${'a=b&'.repeat(500)}`].map(
    (suffix): Spelling =>
      (path) =>
        path + suffix,
  ),
  ...[
    '/',
    '/.',
    '/..',
    'http://localhost',
    'https://one.test',
    'HTTP://evil.test',
    'http:/',
    'http:',
    'http://u@localhost:1',
  ].map(
    (prefix): Spelling =>
      (path) =>
        prefix + path,
  ),
  ...['http://localhost?', 'ftp://localhost', '//localhost', '%2f', '\\', '/%2e'].map(
    (prefix): Spelling =>
      (path) =>
        prefix + path,
  ),
  ...['/..', '/%2e%2e', '#', '?', '\\..', '%252f..%252f', '/%2f', '', ' ', '/../..', '/.;/..'].map(
    (between): Spelling =>
      (path, other) =>
        path + between + other,
  ),
  (path) => path.toUpperCase(),
];

const edited = fc.tuple(fc.constantFrom(...targetEdits), fc.nat(20)).map(
  ([edit, position]): TargetChange =>
    (path) =>
      edit(path, position % (path.length + 1)),
);

const spelled = fc.tuple(fc.constantFrom(...spellings), otherPath).map(
  ([spell, other]): TargetChange =>
    (path) =>
      spell(path, other),
);

const instead = (target: fc.Arbitrary<string>): fc.Arbitrary<TargetChange> => target.map((text) => () => text);

const odd = fc.constantFrom(
  ...['*', 'localhost:80', 'list', '', '?', '#', '/%', '/%zz', '//', '///', '/..', '/*', '/:id', '/{}', '/__proto__'],
  ...['/parameters/%', '/parameters/%ff', '/parameters/..', '/parameters/%2e%2e/list', '/tenants//items', '/wild/'],
  ...[
    '/wild/%2f',
    '/wild/../list',
    '/tenants/t1%2fitems',
    '/tenants/%74%31/items',
    '/tenants/t1/../t2/items',
    'http://',
  ],
);

/** What becomes of the path: for the most part nothing. */
export const targetChange: fc.Arbitrary<TargetChange> = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant<TargetChange>((path) => path), weight: 70 },
  { arbitrary: edited, weight: 10 },
  { arbitrary: spelled, weight: 10 },
  {
    arbitrary: fc.tuple(edited, edited).map(
      ([first, second]): TargetChange =>
        (path) =>
          second(first(path)),
    ),
    weight: 3,
  },
  { arbitrary: instead(odd), weight: 3 },
  {
    arbitrary: instead(fc.array(fc.constantFrom(...pathPieces), { maxLength: 8 }).map((all) => `/${all.join('')}`)),
    weight: 2,
  },
  { arbitrary: instead(bytes(20).map((text) => `/${text}`)), weight: 1 },
  { arbitrary: instead(longText.map((text) => `/parameters/${text}`)), weight: 1 },
);
