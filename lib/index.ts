/*
 * The names that applications write. The types of explanations, manifests, audits, statistics and events are in
 * `nestjs-cors/diagnostics`. CONTRIBUTING.md says how public names begin.
 */
export { CorsModule } from './cors.module.js';
export type { CorsOptionsFactory } from './cors.root-module.js';
export { CorsPolicy, DisableCors } from './decorators/index.js';
export { CorsInspector } from './inspect/inspector.js';
export { CorsOriginCache } from './lookup/origin-cache.js';
export { CorsOrigins } from './lookup/origins.js';
export type {
  CorsModuleOptions,
  CorsPolicyDefinition,
  CorsPolicyNames,
  CorsPolicyOptions,
  CorsTenantRequest,
  OriginChange,
  OriginList,
  OriginListContext,
  OriginLookup,
  OriginLookupContext,
  OriginOption,
  OriginPredicate,
  OriginRow,
} from './options/index.js';
export { matchingEntries } from './origin/matching-entries.js';
export { CorsConfigurationError, type CorsConfigurationProblem } from './options/problem.js';
export { type OriginCheckOptions, originProblems } from './policy/origin-check.js';
export { readOrigins } from './policy/read-origins.js';
