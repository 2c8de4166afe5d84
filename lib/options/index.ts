export type { CorsFeatureOptions, CorsModuleOptions, CorsPathOptions } from './cors-module-options.js';
export type {
  CorsPolicyDefinition,
  CorsPolicyLevel,
  CorsPolicyName,
  CorsPolicyOptions,
  OriginAccessOptions,
  OriginLookupOption,
  OriginLookupToken,
  OriginOption,
  CorsTenantRequest,
} from './cors-policy-options.js';
export type { CorsPolicyNames } from './policy-names.js';
export type { OriginCacheOptions, OriginListOptions } from './origin-cache-options.js';
export type {
  OriginList,
  OriginListContext,
  OriginRow,
  OriginRowProblem,
  StoredOrigin,
  StoredOrigins,
} from './origin-list.js';
export type { OriginChange, OriginLookup, OriginLookupContext, OriginPredicate } from './origin-lookup.js';
