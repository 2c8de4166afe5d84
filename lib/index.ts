export { CorsModule } from './cors.module.js';
export { CORS_MODULE_OPTIONS, type CorsOptionsFactory } from './cors.module-definition.js';
export { CorsPolicy, DisableCors } from './decorators/index.js';
export type {
  CorsFeatureOptions,
  CorsModuleOptions,
  CorsPathOptions,
  CorsPolicyDefinition,
  CorsPolicyOptions,
  OriginChange,
  OriginLookup,
  OriginLookupContext,
  OriginLookupOption,
  OriginLookupToken,
  OriginOption,
  OriginPredicate,
  TenantRequest,
} from './interfaces/index.js';
export {
  CORS_PROBLEM_CODES,
  CorsConfigurationError,
  type CorsConfigurationProblem,
  type CorsProblemCode,
} from './policy/problem.js';
