export { CorsPolicy, DisableCors } from './cors-policy.decorator.js';
