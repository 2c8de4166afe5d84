export type { AllowableProblemCode } from '../../options/problem.js';
export { IsCorsOrigin, type IsCorsOriginOptions } from './is-cors-origin.decorator.js';
export { IS_CORS_ORIGIN } from './origin-check-context.js';
export { corsOriginProblems } from './validation-problems.js';
