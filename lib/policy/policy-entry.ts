import type { CorsPolicyDefinition } from '../options/index.js';

/** What one decorator wrote on a class or a method. */
export type PolicyEntry =
  { readonly kind: 'policy'; readonly definition: string | CorsPolicyDefinition } | { readonly kind: 'disabled' };
