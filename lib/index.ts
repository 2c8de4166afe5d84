export { CorsInspector } from './cors.inspector.js';
export { CorsOriginCache } from './cors.origin-cache.js';
export { CorsModule } from './cors.module.js';
export { CORS_MODULE_OPTIONS, type CorsOptionsFactory } from './cors.module-definition.js';
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
  StoredOrigin,
  StoredOrigins,
  TenantRequest,
} from './interfaces/index.js';
export { coveringTexts } from './origin/covering-texts.js';
export { auditOrigins, type OriginAuditOptions, type OriginFinding } from './policy/audit-origins.js';
export { type OriginCheckOptions, originProblems } from './policy/origin-check.js';
export { readOrigins } from './policy/read-origins.js';
export {
  CORS_PROBLEM_CODES,
  CorsConfigurationError,
  type CorsConfigurationProblem,
  type CorsProblemCode,
  type TolerableProblemCode,
} from './policy/problem.js';
export type { CorsAuditCode, CorsAuditFinding } from './diagnostics/audit.js';
export type { ListStats, LookupStats, OriginCacheStats } from './diagnostics/cache-stats.js';
export { CORS_DECISION_CHANNEL } from './diagnostics/decision-channel.js';
export type { CorsDecisionEvent } from './diagnostics/decision-event.js';
export type { DescribedField, DescribedPolicy, DescribedValue } from './diagnostics/described-policy.js';
export type { DescribedRoute } from './diagnostics/described-route.js';
export type {
  CorsExplanation,
  ExplainedDecision,
  ExplainedPreflight,
  ExplainedRequest,
  ExplainedResponse,
} from './diagnostics/explanation.js';
export { type CorsManifest, type RoutePolicy, diffManifests } from './diagnostics/manifest.js';
export type { RevocationHorizon } from './diagnostics/revocation-horizon.js';
export { CORS_REASONS, type CorsReason } from './protocol/reasons.js';
export {
  CORS_SHADOW_CHANNEL,
  type CorsShadowEntry,
  type CorsShadowEvent,
  type CorsShadowReport,
} from './diagnostics/shadow-report.js';
export type { ShadowDifference } from './protocol/shadow-difference.js';
export type { AskedQuestion } from './lookup/origin-inquiry.js';
export type { LookupCacheCounts } from './lookup/lookup-cache.js';
export type { SkippedRow } from './lookup/row-reader.js';
