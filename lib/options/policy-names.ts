/**
 * Names of the application's named policies, for the editor. Declare them once, and a misspelt name in `@CorsPolicy()`,
 * `extends`, `paths` or `policies` is a type error. Without a declaration any name is accepted until boot.
 *
 * @example
 * ```ts
 * declare module 'nestjs-cors' {
 *   interface CorsPolicyNames {
 *     partners: true;
 *   }
 * }
 * ```
 */
export interface CorsPolicyNames {}
