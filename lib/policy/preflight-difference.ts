import type { CompiledPolicy } from './compiled-policy.js';
import { valueOf } from '../support/memo.js';
import type { OriginListValue, PolicyFieldName } from './effective-policy.js';

type Difference = PolicyFieldName | undefined;

const compared = new WeakMap<CompiledPolicy, WeakMap<CompiledPolicy, { readonly difference: Difference }>>();

/**
 * The first field that can make two policies answer the same preflight differently; `undefined`: none can. The caller
 * compares `methods`, `tenant` and `maxAge`, since it knows the methods.
 */
export function preflightDifference(first: CompiledPolicy, second: CompiledPolicy): Difference {
  if (first === second) {
    return undefined;
  }
  const differences = valueOf(compared, first, () => new WeakMap<CompiledPolicy, { difference: Difference }>());
  return valueOf(differences, second, () => ({ difference: compare(first, second) })).difference;
}

/** Whether the policy calls application code, which gets the policy's name and the tenant. */
export function asksApplication({ lookup, origin }: CompiledPolicy): boolean {
  return lookup !== undefined || origin.kind === 'predicate';
}

function compare(first: CompiledPolicy, second: CompiledPolicy): Difference {
  if (!isSameSetting(first.origin, second.origin)) {
    return 'origin';
  }
  if (first.lookup !== second.lookup || (asksApplication(first) && first.name !== second.name)) {
    return 'originLookup';
  }
  if (asksApplication(first) && (first.asksNonstandard ?? false) !== (second.asksNonstandard ?? false)) {
    return 'dangerouslyAllow';
  }
  if (!isSameSet(first.allowedHeaders, second.allowedHeaders)) {
    return 'allowedHeaders';
  }
  return first.credentials === second.credentials ? undefined : 'credentials';
}

function isSameSetting(first: CompiledPolicy['origin'], second: CompiledPolicy['origin']): boolean {
  if (first.kind === 'list' && second.kind === 'list') {
    return first.values === second.values || isSameSet(keysOf(first.values), keysOf(second.values));
  }
  if (first.kind === 'predicate' && second.kind === 'predicate') {
    return first.predicate === second.predicate;
  }
  return first.kind === second.kind;
}

function keysOf(values: readonly OriginListValue[]): ReadonlySet<string> {
  return new Set(values.map((value) => (typeof value === 'string' ? value : `/${value.source}/${value.flags}`)));
}

function isSameSet(first: 'any' | ReadonlySet<string>, second: 'any' | ReadonlySet<string>): boolean {
  if (first === 'any' || second === 'any') {
    return first === second;
  }
  return first.size === second.size && [...first].every((element) => second.has(element));
}
