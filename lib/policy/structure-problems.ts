import { nearestName } from '../support/nearest-name.js';
import type { CorsConfigurationProblem } from '../options/problem.js';
import { quoted } from '../support/quoted.js';

/** Options of other CORS packages that have no counterpart here, or another place. */
const FOREIGN_OPTIONS: ReadonlyMap<string, string> = new Map([
  [
    'preflightContinue',
    'Remove it: preflights are always answered here, but for those of a `paths` entry with `external: true`, and every other OPTIONS request reaches your handlers.',
  ],
  ['strictPreflight', 'Remove it: an OPTIONS request that is no preflight always reaches your handlers.'],
  ['preflight', 'Remove it: preflights are always answered.'],
  ['hideOptionsRoute', 'Remove it: no OPTIONS route is added.'],
  ['cacheControl', 'Remove it: write `maxAge` for the browser; shared caches are told by `Vary`.'],
  ['delegator', 'Remove it: write @CorsPolicy() on the routes that differ, or a function as `origin`.'],
  ['hook', 'Remove it: the headers are written before any hook of a route.'],
  ['logLevel', "Remove it: the levels of Nest's logger apply."],
  ['isGlobal', 'Write it in the argument of forRoot() or forRootAsync() itself, not in what a factory returns.'],
  ['extends', "Remove it here: nothing comes before the module's defaults. Write it in a policy."],
]);

export function unknownOption(
  path: string,
  name: string,
  value: unknown,
  known: readonly string[],
): CorsConfigurationProblem {
  const foreign = FOREIGN_OPTIONS.get(name);
  const nearest = nearestName(name, known);
  return {
    code: 'unknown-option',
    path,
    value,
    message: `There is no option ${quoted(name)} here.`,
    hint:
      foreign ?? (nearest === undefined ? `Remove it; the options are ${known.join(', ')}.` : `Write \`${nearest}\`.`),
  };
}

export function unknownPolicy(path: string, name: string, known: readonly string[]): CorsConfigurationProblem {
  const nearest = nearestName(name, known);
  return {
    code: 'unknown-policy',
    path,
    value: name,
    message: `There is no policy named ${quoted(name)}.`,
    hint:
      nearest !== undefined
        ? `Write ${quoted(nearest)}.`
        : known.length === 0
          ? 'Add it to `policies` of CorsModule.forRoot() or CorsModule.forFeature().'
          : `Add it to \`policies\`, or write one of ${known.map(quoted).join(', ')}.`,
  };
}

export function circularExtends(path: string, value: string, cycle: readonly string[]): CorsConfigurationProblem {
  return {
    code: 'circular-extends',
    path,
    value,
    message: `The policy extends itself: ${cycle.map(quoted).join(' -> ')}.`,
    hint: 'Remove one of these `extends`; a policy without one stands on its own.',
  };
}

export function reservedPolicyName(path: string, name: string): CorsConfigurationProblem {
  return {
    code: 'duplicate-policy',
    path,
    value: name,
    message: `${quoted(name)} is the name that lookups see for the module's own defaults.`,
    hint: 'Give the policy another name, or write its fields in CorsModule.forRoot() itself.',
  };
}

export function duplicatePolicy(path: string, name: string, firstPath: string): CorsConfigurationProblem {
  return {
    code: 'duplicate-policy',
    path,
    value: name,
    message: `The policy name ${quoted(name)} is taken already, by ${firstPath}.`,
    hint: `Give it another name, or let it extend the other one: { extends: ${quoted(name)} }.`,
  };
}

export function invalidPath(path: string, value: string, fault: string, hint: string): CorsConfigurationProblem {
  return { code: 'invalid-path', path, value, message: `The path ${quoted(value)} ${fault}.`, hint };
}

export function policyBesideExternal(path: string, value: unknown): CorsConfigurationProblem {
  return {
    code: 'invalid-value',
    path,
    value,
    message: 'An `external` path must have no `policy`: what serves it decides about CORS by itself.',
    hint: 'Remove `policy`, or remove `external` to have the policy applied here.',
  };
}

export function conflictingDecorators(path: string, value: unknown): CorsConfigurationProblem {
  return {
    code: 'conflicting-decorators',
    path,
    value,
    message: 'More than one of @CorsPolicy() and @DisableCors() stand here, and only one can hold.',
    hint: 'Write one @CorsPolicy() with all the fields, or @DisableCors() alone.',
  };
}

/** What a decorator stands on that is no handler method; each completes "…; got …". */
export type DecoratedPlace = 'parameter' | 'static' | 'symbol' | 'accessor' | 'property';

const PLACES: Readonly<Record<DecoratedPlace, readonly [name: string, hint: string]>> = {
  parameter: ['a parameter', 'Move it above the method or the class that has the parameter.'],
  static: ['a static member', 'Move it to a method of the instances: Nest routes no static one.'],
  symbol: ['a method that a symbol names', 'Give the method a name: Nest routes none that a symbol names.'],
  accessor: [
    'an accessor',
    'Write a method in its place: Nest routes no accessor, whether written or made by a decorator.',
  ],
  property: ['a property', 'Write a method in its place, or move it to the method that handles the request.'],
};

export function misplacedDecorator(path: string, value: unknown, place: DecoratedPlace): CorsConfigurationProblem {
  const [name, hint] = PLACES[place];
  return {
    code: 'misplaced-decorator',
    path,
    value,
    message: `@CorsPolicy() and @DisableCors() must stand on a controller or on a handler method; got ${name}.`,
    hint,
  };
}
