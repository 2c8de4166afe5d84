import type { CompiledPolicy, OriginListValue } from './compiled-policy.js';
import type { PolicyFieldName } from './effective-policy.js';

const known = new WeakMap<CompiledPolicy, WeakMap<CompiledPolicy, PolicyFieldName | 'none'>>();

/**
 * The first field by which two policies can answer the same preflight differently; `undefined`: they cannot.
 * `methods`, `tenant` and `maxAge` are left to the caller, who knows the methods in question.
 */
export function preflightDifference(first: CompiledPolicy, second: CompiledPolicy): PolicyFieldName | undefined {
  if (first === second) {
    return undefined;
  }
  let differences = known.get(first);
  if (differences === undefined) {
    differences = new WeakMap();
    known.set(first, differences);
  }
  let difference = differences.get(second);
  if (difference === undefined) {
    difference = compare(first, second) ?? 'none';
    differences.set(second, difference);
  }
  return difference === 'none' ? undefined : difference;
}

/** Whether the policy asks application code about origins, which then sees the policy's name and the tenant. */
export function asksApplication({ lookup, origin }: CompiledPolicy): boolean {
  return lookup !== undefined || origin.kind === 'predicate';
}

function compare(first: CompiledPolicy, second: CompiledPolicy): PolicyFieldName | undefined {
  if (!isSameOrigin(first.origin, second.origin)) {
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

function isSameOrigin(first: CompiledPolicy['origin'], second: CompiledPolicy['origin']): boolean {
  if (first.kind === 'list' && second.kind === 'list') {
    return first.entries === second.entries || isSameSet(keysOf(first.entries), keysOf(second.entries));
  }
  if (first.kind === 'predicate' && second.kind === 'predicate') {
    return first.predicate === second.predicate;
  }
  return first.kind === second.kind;
}

function keysOf(entries: readonly OriginListValue[]): ReadonlySet<string> {
  return new Set(entries.map(({ value }) => (typeof value === 'string' ? value : `/${value.source}/${value.flags}`)));
}

function isSameSet(first: 'any' | ReadonlySet<string>, second: 'any' | ReadonlySet<string>): boolean {
  if (first === 'any' || second === 'any') {
    return first === second;
  }
  return first.size === second.size && [...first].every((element) => second.has(element));
}
