import {
  ALLOWABLE_PROBLEM_CODES,
  CORS_PROBLEM_CODES,
  type CorsConfigurationProblem,
  type CorsProblemCode,
} from '../options/problem.js';
import { nearestName } from '../support/nearest-name.js';
import { quoted, quotedPath } from '../support/quoted.js';
import { GATEWAY_PROBLEMS } from './gateway-problems.js';

/** How a problem reads: `<path> must be <expectation>; got <value>.`, a fact that this cannot carry, and the hint. */
export interface Wording {
  readonly expectation: string;
  /** The shown value. Default: the value, in quotes. */
  readonly got?: string;
  /** One more sentence. */
  readonly fact?: string;
  readonly hint: string;
}

/** The bounds of an option that is a number. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly unit: string;
  /** `undefined`: without the option, nothing is set. */
  readonly standard?: number;
  /** Whether fractions are allowed. Default: integers only. */
  readonly fraction?: true;
}

/** The members above which a decorator may be misplaced. */
export type DecoratedPlace = 'parameter' | 'static' | 'symbol' | 'accessor' | 'property' | 'message';

export const WRITE_IN_FULL = 'Write each origin in full: "https://app.example.com".';
/** The alternative to a callback; begins a sentence. */
export const RETURN_INSTEAD = 'Return true or false, or a promise of it, instead of calling a callback';

/** Options of other CORS packages. */
const FOREIGN_OPTIONS: ReadonlyMap<string, string> = new Map([
  [
    'preflightContinue',
    'Remove it: preflights are always answered here. A `paths` entry with `external: true` lets them through.',
  ],
  ['strictPreflight', 'Remove it: an OPTIONS request that is not a preflight always reaches your handlers.'],
  ['preflight', 'Remove it: preflights are always answered.'],
  ['hideOptionsRoute', 'Remove it: no OPTIONS route is added.'],
  ['cacheControl', 'Remove it: write `maxAge` for the browser; shared caches are told by `Vary`.'],
  ['delegator', 'Remove it: write @CorsPolicy() on the routes that differ, or a function as `origin`.'],
  ['hook', 'Remove it: the headers are written before any hook of a route.'],
  ['logLevel', "Remove it: the levels of Nest's logger apply."],
  ['isGlobal', 'Remove it: the module is global, and any provider can inject CorsInspector and CorsOriginCache.'],
  ['extends', "Remove it here: nothing comes before the module's defaults. Write it in a policy."],
]);

const PLACES: Readonly<Record<DecoratedPlace, Pick<Wording, 'hint'> & { readonly got: string }>> = {
  parameter: { got: 'a parameter', hint: 'Move it above the method or the class that has the parameter.' },
  static: { got: 'a static member', hint: 'Move it to an instance method: Nest routes no static one.' },
  symbol: { got: 'a method named by a symbol', hint: 'Give the method a name: Nest routes no symbols.' },
  accessor: {
    got: 'an accessor',
    hint: 'Write a method instead: Nest routes no accessor, even one that a decorator made.',
  },
  message: { got: 'a method of a gateway', hint: 'Move it above the class of the gateway.' },
  property: { got: 'a property', hint: 'Write a method instead, or move it to the method that handles the request.' },
};

/** The place of the other half of a conflict. */
function conflict(value: '*' | true, field: string, otherPath: string): string {
  return `${value === '*' ? 'Credentials are on' : `${field} is '*'`} (${quotedPath(otherPath)})`;
}

function tokenName(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}

/**
 * Every configuration problem by its code; origin-problems.ts has those of origins. A row takes the value, and the other facts of
 * its sentences. Hints are ready to paste.
 */
const PROBLEMS = {
  // https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
  'wildcard-with-credentials': (value: '*' | true, otherPath: string, label: string) => ({
    expectation: value === '*' ? 'a list of origins where credentials are on' : "false where origin is '*'",
    fact: `${conflict(value, 'The origin', otherPath)}, and browsers refuse the two together. Used by ${label}.`,
    hint: "List the origins that may send credentials, or write `credentials: false` next to `origin: '*'`.",
  }),
  'exposed-wildcard-with-credentials': (value: '*' | true, otherPath: string, label: string) => ({
    expectation: value === '*' ? "'all' or a list where credentials are on" : "false where exposedHeaders is '*'",
    fact: `${conflict(value, 'The list', otherPath)}, and browsers then read '*' as a header's name. Used by ${label}.`,
    hint: "Write `exposedHeaders: 'all'`, which names the headers that the response has, or list them.",
  }),
  'stateful-regexp': ({ source, flags }: RegExp) => ({
    expectation: 'an expression without the g or y flag',
    fact: 'With it, an expression remembers where it stopped, and refuses every other request.',
    hint: `Write ${quoted(new RegExp(source, flags.replace(/[gy]/g, '')))}.`,
  }),
  'wildcard-in-list': (value: string, noun: 'origin' | 'method' | 'header', hint?: string) => ({
    expectation: `a single ${noun}`,
    hint: hint ?? `Write '${value}' in place of the list, or remove it from the list.`,
  }),
  'pattern-not-allowed': () => ({
    expectation: 'a single origin',
    hint: WRITE_IN_FULL,
  }),
  // https://fetch.spec.whatwg.org/#concept-method: compared byte for byte
  'method-case': (method: string) => ({
    expectation: 'a method in upper case, since methods are case-sensitive',
    hint: `Write ${quoted(method.toUpperCase())}.`,
  }),
  // https://fetch.spec.whatwg.org/#forbidden-method
  'forbidden-method': () => ({ expectation: 'a method that scripts can send', hint: 'Remove it from the list.' }),
  // https://fetch.spec.whatwg.org/#forbidden-request-header, https://fetch.spec.whatwg.org/#forbidden-response-header-name
  'forbidden-header': (_: string, use: 'set' | 'read') => ({
    expectation: `a header that scripts can ${use}`,
    hint: `Remove it from the list${
      use === 'set' ? ': browsers set it themselves and ask for no permission' : ''
    }. Cookies are governed by \`credentials\`.`,
  }),
  // https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
  'invalid-token': (_: string, noun: 'method' | 'header') => ({
    expectation: `the name of a ${noun}`,
    hint: "Write one name per entry, of letters, digits and !#$%&'*+-.^_`|~ only.",
  }),
  'out-of-range': (_: unknown, { least, most, unit, standard, fraction }: NumberRange, example = standard) => ({
    expectation: `${fraction ? 'a number' : 'an integer'} from ${least} to ${most} (${unit}${
      standard === undefined ? '' : `, default ${standard}`
    })`,
    hint: `Write ${String(example)}, or leave it out.`,
  }),
  'unknown-policy': (name: string, known: readonly string[]) => {
    const nearest = nearestName(name, known);
    const others = known.length === 0 ? ' of CorsModule.forRoot() or CorsModule.forFeature()' : '';
    const all = known.length === 0 ? '' : `, or write one of ${known.map(quoted).join(', ')}`;
    return {
      expectation: 'the name of a policy',
      hint: nearest === undefined ? `Add it to \`policies\`${others}${all}.` : `Write ${quoted(nearest)}.`,
    };
  },
  'unknown-option': (_: unknown, name: string, known: readonly string[]) => {
    const nearest = nearestName(name, known);
    const instead = nearest === undefined ? `Remove it; the options are ${known.join(', ')}.` : `Write \`${nearest}\`.`;
    return { expectation: 'the name of an option', got: quoted(name), hint: FOREIGN_OPTIONS.get(name) ?? instead };
  },
  'circular-extends': (_: string, cycle: readonly string[]) => ({
    expectation: 'a policy that does not extend this one',
    fact: `The circle is ${cycle.map(quoted).join(' -> ')}.`,
    hint: 'Remove one of these `extends`; a policy without one stands on its own.',
  }),
  'duplicate-policy': (name: string, firstPath: string | undefined) =>
    firstPath === undefined
      ? {
          expectation: 'another name',
          fact: "Lookups see this name for the module's own defaults.",
          hint: 'Give the policy another name, or write its fields in CorsModule.forRoot() itself.',
        }
      : {
          expectation: 'a name that no other policy has',
          fact: `The first policy of this name is ${firstPath}.`,
          hint: `Give it another name, or let it extend the other one: { extends: ${quoted(name)} }.`,
        },
  'invalid-path': (_: string, expectation: string, hint: string) => ({ expectation: `a path ${expectation}`, hint }),
  'conflicting-decorators': (entries: readonly unknown[]) => ({
    expectation: 'decorated with one of @CorsPolicy() and @DisableCors(), once',
    got: `${entries.length} decorators`,
    hint: 'Write one @CorsPolicy() with all the fields, or @DisableCors() alone.',
  }),
  'misplaced-decorator': (_: unknown, place: DecoratedPlace) => ({
    expectation: 'a controller or a handler method, where @CorsPolicy() or @DisableCors() stands',
    ...PLACES[place],
  }),
  'not-allowable': (code: string) => {
    const nearest = nearestName(code, ALLOWABLE_PROBLEM_CODES);
    const isKnown = (CORS_PROBLEM_CODES as readonly string[]).includes(code);
    return {
      expectation: `one of ${ALLOWABLE_PROBLEM_CODES.map((each) => `'${each}'`).join(', ')}`,
      hint: isKnown || nearest === undefined ? 'Remove it.' : `Write '${nearest}', or remove it.`,
    };
  },
  'lookup-not-found': (token: unknown) =>
    typeof token === 'function' && token.prototype === undefined
      ? {
          expectation: 'the class or the token of a provider',
          hint: 'Write the function as `origin`, or name the class of a provider that has an isOriginAllowed() method.',
        }
      : {
          expectation: 'a provider of the application',
          got: tokenName(token),
          hint: `Add ${tokenName(token)} to the providers of a module that the application imports, or name another token.`,
        },
  'lookup-not-singleton': (token: unknown) => ({
    expectation: 'a singleton provider',
    got: tokenName(token),
    fact: 'It is request-scoped or transient, or depends on such a provider.',
    hint: `Make ${tokenName(token)} a singleton (Scope.DEFAULT). What it needs of a request comes as "context.tenant", from the policy's "tenant" function.`,
  }),
  ...GATEWAY_PROBLEMS,
} satisfies Partial<Record<CorsProblemCode, (value: never, ...details: never[]) => Wording>>;

/** A code of the table. */
export type TableCode = keyof typeof PROBLEMS;
/** A row's arguments behind the value. */
export type Details<Code extends TableCode> =
  Parameters<(typeof PROBLEMS)[Code]> extends [unknown?, ...infer Rest] ? Rest : [];

/** The problem with a code of the table. */
export function problemAt<Code extends TableCode>(
  code: Code,
  path: string,
  value: unknown,
  ...details: Details<Code>
): CorsConfigurationProblem {
  const row = PROBLEMS[code] as unknown as (value: unknown, ...details: Details<Code>) => Wording;
  return worded(code, path, value, row(value, ...details));
}

/** A problem with a message of its own. */
export function worded(
  code: CorsProblemCode,
  path: string,
  value: unknown,
  { expectation, got = quoted(value), fact, hint }: Wording,
): CorsConfigurationProblem {
  const sentence = `${quotedPath(path)} must be ${expectation}; got ${got}.`;
  return { code, path, value, message: fact === undefined ? sentence : `${sentence} ${fact}`, hint };
}

/** Messages of `invalid-value` for values that need more than the general message. */
export const INVALID = {
  callback: {
    expectation: 'a function that returns its result',
    got: 'a function that calls a callback, as for the `cors` package',
    hint: `${RETURN_INSTEAD}: \`(origin) => origins.has(origin)\`.`,
  },
  delegate: (expectation: string, example: string) => ({
    expectation,
    fact: 'A function from a request to options, as for the `cors` package, is not called here.',
    hint: `Write ${example}; @CorsPolicy() on the routes that differ, and a function as \`origin\` where the origin decides.`,
  }),
  policyBesideExternal: {
    expectation: 'left out where `external` is true, since the external application decides about CORS',
    hint: 'Remove `policy`, or remove `external` to have the policy applied here.',
  },
  lookupWithoutMethod: (token: unknown) => ({
    expectation: 'a provider with an isOriginAllowed() or a loadOrigins() method',
    got: tokenName(token),
    hint: 'Have it implement OriginLookup: isOriginAllowed(origin, context) returns true or false, or a promise of it. Or OriginList: loadOrigins(context) returns all rows.',
  }),
} as const;
