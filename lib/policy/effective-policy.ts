import type { CorsPolicyDefinition, OriginLookupOption, OriginPredicate, CorsTenantRequest } from '../options/index.js';
import type { AllowableProblemCode } from '../options/problem.js';
import type { OriginMatcher } from '../origin/origin-matcher.js';
import type { OriginRisk } from './origin-problems.js';

/** The level that set a field; `library` for a documented default. */
export type DefinedBy =
  | { readonly kind: 'library' }
  | { readonly kind: 'module' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'graphql' }
  | { readonly kind: 'gateways' }
  | { readonly kind: 'gateway'; readonly className: string }
  | { readonly kind: 'controller'; readonly className: string }
  | { readonly kind: 'handler'; readonly className: string; readonly methodName: string };

/** The entry of one decorator for a class or a method. */
export type PolicyEntry =
  { readonly kind: 'policy'; readonly definition: string | CorsPolicyDefinition } | { readonly kind: 'disabled' };

/** A merged field, and where it comes from. */
export interface PolicyField<Value> {
  readonly value: Value;
  readonly definedBy: DefinedBy;
  /** Where it is written, as in a problem's `path`. */
  readonly path: string;
}

/** A string or RegExp of an `origin` list. */
export type OriginListValue = string | RegExp;

/** One value of the `origin` field, and where it is written. */
export interface OriginListEntry {
  readonly value: OriginListValue;
  readonly path: string;
  /** Reported where the policy does not allow them. */
  readonly risks: readonly OriginRisk[];
}

/** An `origin` list, read and compiled once, where it is written. It may have a million values, so most of them have no entry. */
export interface OriginListSetting {
  readonly kind: 'list';
  readonly values: readonly OriginListValue[];
  /** The entries with risks. */
  readonly risky: readonly OriginListEntry[];
  readonly matcher: OriginMatcher;
}

/** The `origin` field, read. */
export type OriginSetting =
  | { readonly kind: 'any' }
  /** An empty list allows as little as `false`, and is rarely intended. */
  | { readonly kind: 'none'; readonly isEmptyList?: true }
  | OriginListSetting
  | { readonly kind: 'predicate'; readonly predicate: OriginPredicate };

/** The fields of a policy, read: one spelling per meaning, and a value for each. */
export interface PolicyFieldValues {
  readonly origin: OriginSetting;
  readonly originLookup: OriginLookupOption | undefined;
  /** `undefined`: the methods that are routed. */
  readonly methods: readonly string[] | undefined;
  /** Lower-case names; `'*'`, alone or first in the list, is every header but those that steer routing. */
  readonly allowedHeaders: '*' | readonly string[];
  /** Names as they are written, each once. */
  readonly exposedHeaders: '*' | 'all' | readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number | undefined;
  readonly optionsSuccessStatus: number;
  readonly rejectDisallowed: boolean;
  readonly tenant: ((request: CorsTenantRequest) => string | undefined) | undefined;
  readonly dangerouslyAllow: readonly AllowableProblemCode[];
}

/** The documented default of every field. */
export const DEFAULT_VALUES: PolicyFieldValues = {
  origin: { kind: 'none' },
  originLookup: undefined,
  methods: undefined,
  allowedHeaders: '*',
  exposedHeaders: [],
  credentials: false,
  maxAge: undefined,
  optionsSuccessStatus: 204,
  rejectDisallowed: false,
  tenant: undefined,
  dangerouslyAllow: [],
};

/** Name of a field of a policy. */
export type PolicyFieldName = keyof PolicyFieldValues;

/** All fields of a merged policy. */
export type PolicyFields = { readonly [Name in PolicyFieldName]: PolicyField<PolicyFieldValues[Name]> };

/** The fields that one level sets. */
export interface PolicyLevel {
  readonly fields: Partial<PolicyFields>;
  /** The fields that this level tries out in its shadow. */
  readonly shadow?: Partial<PolicyFields> | undefined;
}

/** A policy after merging, before it is compiled. */
export interface EffectivePolicy {
  /** Where the policy is written, for people: `module defaults`, `policy "partners"`, `OrdersController.replace`. */
  readonly label: string;
  /** The named policy that set `origin` or `originLookup`, else `default`. */
  readonly name: string;
  readonly fields: PolicyFields;
  /** `true` for a path or a gateway whose application does CORS by itself. */
  readonly external?: true;
  /** The policy as it would be with every level's `shadow` in force. `undefined`: no level has one. */
  readonly shadow?: EffectivePolicy | undefined;
}
