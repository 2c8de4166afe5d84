export type { CorsFeatureOptions, CorsModuleOptions, CorsPathOptions } from './cors-module-options.interface.js';
export type {
  CorsPolicyDefinition,
  CorsPolicyLevel,
  CorsPolicyOptions,
  OriginLookupOption,
  OriginLookupToken,
  OriginOption,
} from './cors-policy-options.interface.js';
export type { OriginCacheOptions, OriginListOptions } from './origin-cache-options.interface.js';
export type {
  OriginList,
  OriginListContext,
  OriginRow,
  SkippedRow,
  StoredOrigin,
  StoredOrigins,
} from './origin-list.interface.js';
export type { OriginChange, OriginLookup, OriginLookupContext, OriginPredicate } from './origin-lookup.interface.js';
export type { TenantRequest } from './tenant-request.interface.js';
