import type { CorsPolicyName } from './cors-policy-options.js';

/** Under which policy, and for which tenant, an origin is looked up. */
export interface OriginAccessOptions {
  /** Name of a policy of `policies`, or `'default'` for the module's defaults. Default: `'default'`. */
  policy?: CorsPolicyName | 'default' | undefined;
  /**
   * The tenant. Required where the policy has a `tenant` function, because there is no request to derive it from; `undefined`
   * stands for a request without a tenant.
   */
  tenant?: string | undefined;
}
