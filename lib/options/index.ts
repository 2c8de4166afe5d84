export type { CorsFeatureOptions, CorsModuleOptions, CorsPathOptions } from './cors-module-options.js';
export type {
  CorsPolicyDefinition,
  CorsPolicyLevel,
  CorsPolicyOptions,
  OriginLookupOption,
  OriginLookupToken,
  OriginOption,
  TenantRequest,
} from './cors-policy-options.js';
export type { OriginCacheOptions, OriginListOptions } from './origin-cache-options.js';
export type {
  OriginList,
  OriginListContext,
  OriginRow,
  SkippedRow,
  StoredOrigin,
  StoredOrigins,
} from './origin-list.js';
export type { OriginChange, OriginLookup, OriginLookupContext, OriginPredicate } from './origin-lookup.js';
