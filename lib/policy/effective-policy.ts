import type { OriginLookupOption, OriginPredicate, TenantRequest } from '../options/index.js';
import type { OriginMatcher } from '../origin/origin-matcher.js';
import type { OriginRisk } from './origin-risks.js';
import type { TolerableProblemCode } from '../options/problem.js';

/** Who wrote a field; `library` where nobody did, and the default holds. */
export type PolicySource =
  | { readonly kind: 'library' }
  | { readonly kind: 'module' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'controller'; readonly className: string }
  | { readonly kind: 'handler'; readonly className: string; readonly methodName: string };

/** A merged field, with where it comes from. */
export interface PolicyField<Value> {
  readonly value: Value;
  readonly source: PolicySource;
  /** Where it is written, as in a problem's `path`. */
  readonly path: string;
}

/** One text or RegExp of the `origin` field, and where it is written. */
export interface OriginListEntry {
  readonly value: string | RegExp;
  readonly path: string;
  /** What it would be reported for, where the policy does not tolerate it. */
  readonly risks: readonly OriginRisk[];
}

/** The `origin` field, read. A list is compiled where it is written, and not again in each policy that inherits it. */
export type OriginSetting =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly entries: readonly OriginListEntry[]; readonly matcher: OriginMatcher }
  | { readonly kind: 'predicate'; readonly predicate: OriginPredicate };

/** The fields of a policy, read: one spelling per meaning, and a value for each. */
export interface PolicyFieldValues {
  readonly origin: OriginSetting;
  readonly originLookup: OriginLookupOption | undefined;
  /** `undefined`: the methods that are routed. */
  readonly methods: readonly string[] | undefined;
  /** Lower-case names; `'*'`, alone or first in the list, for every header but those that steer routing. */
  readonly allowedHeaders: '*' | readonly string[];
  /** Names as they are written, each once. */
  readonly exposedHeaders: '*' | 'all' | readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number | undefined;
  readonly optionsSuccessStatus: number;
  readonly rejectDisallowed: boolean;
  readonly tenant: ((request: TenantRequest) => string | undefined) | undefined;
  readonly dangerouslyAllow: readonly TolerableProblemCode[];
}

/** Name of a field of a policy. */
export type PolicyFieldName = keyof PolicyFieldValues;

/** All fields of a merged policy. */
export type PolicyFields = { readonly [Name in PolicyFieldName]: PolicyField<PolicyFieldValues[Name]> };

/** The fields that one level sets. */
export interface PolicyLevel {
  readonly fields: Partial<PolicyFields>;
  /** The fields that this level would have in their place, to be tried out. */
  readonly shadow?: Partial<PolicyFields> | undefined;
}

/** A policy after merging, before it is compiled. */
export interface EffectivePolicy {
  /** Where the policy is written, for people: `module defaults`, `policy "partners"`, `OrdersController.replace`. */
  readonly label: string;
  /** The named policy that brought `origin` or `originLookup`, else `default`. */
  readonly name: string;
  readonly fields: PolicyFields;
  /** `true` for a path that is left to what serves it. */
  readonly external?: true;
  /** What the policy would be if every level's `shadow` were in force. `undefined`: no level has one. */
  readonly shadow?: EffectivePolicy | undefined;
}
