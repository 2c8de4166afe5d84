import fc from 'fast-check';
import type { ApplicationPlan } from './application-plan.js';
import { type PlannedRoute, routesOf } from './planned-routes.js';
import { rarely } from './path-arbitrary.js';

/** A request in terms of any plan. `own` stands for what the chosen route asks for. */
export interface RequestPlan {
  readonly method: string;
  /** Which of the application's routes, modulo their number. */
  readonly route: number;
  readonly withPrefix: boolean;
  readonly version: string | undefined;
  /** What stands for parameters, in turn. */
  readonly values: readonly string[];
  readonly edits: readonly (readonly [position: number, edit: string])[];
  readonly before: string;
  readonly after: string;
  readonly host: string;
  readonly forwardedHost: string | undefined;
  readonly tier: string | undefined;
}

export interface PlannedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'HEAD', 'OPTIONS', 'SEARCH'];
const PLAIN_VALUES = ['x', 'a', 'b', '1', '12', '1-2', 'x.json', '12.png', 'a@b'];
const VALUES = [
  ...[
    'x/y',
    'a/b',
    '',
    '-',
    '.',
    '..',
    '...',
    '%2e',
    '%2E%2e',
    '%2f',
    '%2F',
    'a%2Fb',
    '%5c',
    '%5C',
    '%00',
    '%C0',
    '%ff',
  ],
  ...[
    '%E9',
    '%C3%A9',
    '\u00e9',
    '%252e',
    '%25',
    '%61',
    '%41',
    '%3b',
    ';',
    'x;y',
    '%3F',
    '%23',
    '%20',
    '+',
    ':',
    '*',
    '%2a',
  ],
  ...['{}', '%E2%84%AA', '%', '%zz', '\\', 'x'.repeat(6), 'x'.repeat(101), '%20'.repeat(40)],
];
const BEFORE = [
  'http://h',
  'https://one.example:1',
  'HTTP://h',
  'http://u@h',
  'ftp://h',
  '/',
  '//',
  '/.',
  '/old',
  '/a',
];
const AFTER = [
  ...[
    '/',
    '//',
    '/.',
    '/..',
    '/%2e%2e',
    ';',
    ';a=b',
    ';/',
    '%3b',
    '?',
    '?a=/b',
    '#',
    '#/b',
    '%23',
    '%3F',
    '%00',
    '%20',
  ],
  ...[
    '.',
    '\\',
    '%5c',
    '%2F',
    '%2f',
    '/a',
    '/b',
    '/x',
    '.json',
    '-x',
    '*',
    ';?',
    '?;',
    '%',
    '%C0',
    'http://h/a',
    '\u00a0',
  ],
];
/** What an edit puts before one character; `^`, `~`, `%` and `%%` make of it its other case, nothing, and its encodings. */
const EDITS = [
  '^',
  '^',
  '~',
  '%',
  '%',
  '%%',
  '/',
  '//',
  '/./',
  '/../',
  '%2F',
  '.',
  ';',
  '?',
  '#',
  '\\',
  '%00',
  '%25',
  '-',
];
const HOSTS = [
  ...[
    'else.example',
    'one.example',
    'ONE.example',
    'one.example:80',
    'one.example.',
    't.two.example',
    'www.one.example',
  ],
  ...[
    'two.example:8080',
    'two.example',
    '.two.example',
    'a.b.two.example',
    '[::1]:80',
    'one.example@else',
    '',
    'x%2ey',
  ],
];

export function requestArbitrary(): fc.Arbitrary<RequestPlan> {
  return fc.record({
    method: rarely(fc.constantFrom(...METHODS), 'own'),
    route: fc.nat(99),
    withPrefix: rarely(fc.boolean(), true),
    version: rarely(fc.constantFrom('1', undefined, '2', '3', '', '1,2', 'throw'), 'own'),
    values: fc.array(fc.oneof(fc.constantFrom(...PLAIN_VALUES), fc.constantFrom(...VALUES)), {
      minLength: 1,
      maxLength: 3,
    }),
    edits: rarely(fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...EDITS)), { minLength: 1, maxLength: 2 }), []),
    before: rarely(rarely(fc.constantFrom(...BEFORE), ''), ''),
    after: rarely(fc.constantFrom(...AFTER), ''),
    host: rarely(fc.constantFrom(...HOSTS), 'own'),
    forwardedHost: rarely(rarely(fc.constantFrom(...HOSTS), undefined), undefined),
    tier: rarely(fc.constantFrom(undefined, 'gold', 'silver', 'tin'), 'own'),
  });
}

/** The request that the plan stands for in this application. */
export function requestOf(plan: ApplicationPlan, request: RequestPlan): PlannedRequest {
  const routes = routesOf(plan, request.withPrefix);
  const route = routes[request.route % routes.length]!;
  const own = <T>(chosen: T, routeAsksFor: T) => (chosen === 'own' ? routeAsksFor : chosen);
  const path = filled(route.path(own(request.version, route.version)), request.values);
  const edited = request.edits.reduce((text, [position, edit]) => changed(text, position % text.length, edit), path);
  const { forwardedHost } = request;
  const tier = own(request.tier, route.tier);
  return {
    method: own(request.method, route.method),
    target: `${request.before}${edited}${request.after}`,
    headers: {
      host: own(request.host, filledHost(route)),
      ...(forwardedHost !== undefined && { 'x-forwarded-host': forwardedHost }),
      ...(tier !== undefined && { 'x-tier': tier }),
      ...versionHeaders(plan, own(request.version, route.version)),
    },
  };
}

/** How a request names its version in this application. */
export function versionHeaders({ versioning }: ApplicationPlan, version: string | undefined): Record<string, string> {
  return version === undefined || versioning.kind === 'none' || versioning.kind === 'uri'
    ? {}
    : versioning.kind === 'media-type'
      ? { accept: `application/json;v=${version}` }
      : { 'x-version': version };
}

/** A path with values in the place of its parameters, of whatever syntax. */
function filled(path: string, values: readonly string[]): string {
  let count = 0;
  const value = () => values[count++ % values.length] ?? '';
  return path
    .replace(/[{}\\]|::(?=a)/g, (found) => (found === '::' ? ':' : ''))
    .replace(/:[a-z]\w*(?:\(.*?\$\))?\??|:"[^"]*"|\(\.\*\)|\*(?:p\d)?/g, value);
}

function filledHost({ host }: PlannedRoute): string {
  return (host ?? 'else.example').replace(/[{}]/g, '').replace(/:[a-z]+/, 't');
}

function changed(text: string, position: number, edit: string): string {
  const character = text.slice(position, position + 1);
  const hex = character.charCodeAt(0).toString(16).padStart(2, '0').slice(-2);
  const swapped = character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
  const special: Record<string, string> = {
    '^': swapped.length === 1 ? swapped : character,
    '~': '',
    '%': `%${hex}`,
    '%%': `%25${hex.toUpperCase()}`,
  };
  return text.slice(0, position) + (special[edit] ?? `${edit}${character}`) + text.slice(position + 1);
}
