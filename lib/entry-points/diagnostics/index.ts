export { CORS_REASONS, type CorsReason } from '../../decision/reasons.js';
export type { CorsShadowDifference } from '../../decision/shadow-difference.js';
export { auditOrigins, type OriginAuditFinding, type OriginAuditOptions } from '../../inspect/audit-origins.js';
export type { CorsAuditCode, CorsAuditFinding } from '../../inspect/audit-finding.js';
export type { CorsFieldDescription, CorsPolicyDescription, CorsRouteDescription } from '../../inspect/descriptions.js';
export type {
  CorsExplainedDecision,
  CorsExplainedPreflight,
  CorsExplainedRequest,
  CorsExplainedResponse,
  CorsExplanation,
} from '../../inspect/explanation.js';
export type {
  CorsExplainedHandshake,
  CorsExplainedHandshakeDecision,
  CorsExplainedPollPreflight,
  CorsHandshakeExplanation,
} from '../../inspect/handshake-explanation.js';
export {
  type CorsManifest,
  type CorsRoutePolicy,
  diffManifests,
  manifestWithoutOrigins,
} from '../../inspect/manifest.js';
export type { CorsOpenConnections } from '../../inspect/open-connections.js';
export type { CorsSocketDescription, CorsSocketPolicy } from '../../inspect/sockets.js';
export type { CorsRevocationHorizon } from '../../inspect/revocation-horizon.js';
export { CORS_DECISION_CHANNEL, type CorsDecisionEvent } from '../../logging/decision-event.js';
export {
  CORS_SHADOW_CHANNEL,
  type CorsShadowEntry,
  type CorsShadowEvent,
  type CorsShadowReport,
} from '../../logging/shadow-report.js';
export type { OriginCacheStats, OriginListStats, OriginLookupStats } from '../../lookup/origin-cache.js';
export type { OriginLookupCall } from '../../lookup/request-lookups.js';
export type { OriginRowProblem } from '../../options/index.js';
export type { CorsProblemCode } from '../../options/problem.js';
