import type { CorsFeatureOptions, CorsModuleOptions, CorsPolicyDefinition } from '../../lib/options/index.js';
import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';
import type { PolicyEntry } from '../../lib/policy/effective-policy.js';
import type { CorsConfigurationProblem } from '../../lib/options/problem.js';

/** A catalog of options of any type, as they come from JavaScript or JSON. */
export function catalogOf(options: unknown, features?: unknown): PolicyCatalog {
  return new PolicyCatalog(options as CorsModuleOptions, features as readonly CorsFeatureOptions[] | undefined);
}

/** What is wrong with the options. */
export function problemsOf(options: unknown, features?: unknown): readonly CorsConfigurationProblem[] {
  return catalogOf(options, features).problems();
}

/** Code, place and hint of what is wrong with the options. */
export function hintsOf(options: unknown, features?: unknown): readonly (readonly [string, string, string])[] {
  return problemsOf(options, features).map(({ code, path, hint }) => [code, path, hint]);
}

/** What `@CorsPolicy()` leaves on its target. */
export function corsPolicy(definition: string | CorsPolicyDefinition): readonly PolicyEntry[] {
  return [{ kind: 'policy', definition }];
}

/** What `@DisableCors()` leaves on its target. */
export function disableCors(): readonly PolicyEntry[] {
  return [{ kind: 'disabled' }];
}
