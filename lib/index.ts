export { CorsInspector } from './inspect/inspector.js';
export { CorsOriginCache } from './lookup/origin-cache.js';
export { CorsModule } from './cors.module.js';
export { CORS_MODULE_OPTIONS } from './options/tokens.js';
export type { CorsOptionsFactory } from './cors.module-definition.js';
export { CorsPolicy, DisableCors } from './decorators/index.js';
export type {
  CorsFeatureOptions,
  CorsModuleOptions,
  CorsPathOptions,
  CorsPolicyDefinition,
  CorsPolicyLevel,
  CorsPolicyOptions,
  OriginCacheOptions,
  OriginChange,
  OriginList,
  OriginListContext,
  OriginListOptions,
  OriginLookup,
  OriginLookupContext,
  OriginLookupOption,
  OriginLookupToken,
  OriginOption,
  OriginPredicate,
  OriginRow,
  SkippedRow,
  StoredOrigin,
  StoredOrigins,
  TenantRequest,
} from './options/index.js';
export { matchingEntries } from './origin/matching-entries.js';
export { auditOrigins, type OriginAuditOptions, type OriginFinding } from './inspect/audit-origins.js';
export { type OriginCheckOptions, originProblems } from './policy/origin-check.js';
export { readOrigins } from './policy/read-origins.js';
export {
  CORS_PROBLEM_CODES,
  CorsConfigurationError,
  type CorsConfigurationProblem,
  type CorsProblemCode,
  type AllowableProblemCode,
} from './options/problem.js';
export type { CorsAuditCode, CorsAuditFinding } from './inspect/audit.js';
export type { ListStats, LookupStats, OriginCacheStats } from './lookup/cache-stats.js';
export { CORS_DECISION_CHANNEL } from './logging/decision-event.js';
export type { CorsDecisionEvent } from './logging/decision-event.js';
export type { DescribedField, DescribedPolicy, DescribedValue } from './inspect/described-policy.js';
export type { DescribedRoute } from './inspect/described-route.js';
export type {
  CorsExplanation,
  ExplainedDecision,
  ExplainedPreflight,
  ExplainedRequest,
  ExplainedResponse,
} from './inspect/explanation.js';
export { type CorsManifest, type RoutePolicy, diffManifests } from './inspect/manifest.js';
export type { RevocationHorizon } from './inspect/revocation-horizon.js';
export { CORS_REASONS, type CorsReason } from './decision/reasons.js';
export {
  CORS_SHADOW_CHANNEL,
  type CorsShadowEntry,
  type CorsShadowEvent,
  type CorsShadowReport,
} from './logging/shadow-report.js';
export type { ShadowDifference } from './decision/shadow-difference.js';
export type { AskedQuestion } from './lookup/origin-inquiry.js';
export type { LookupCacheCounts } from './lookup/lookup-cache.js';
