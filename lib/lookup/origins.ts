import { Inject, Injectable } from '@nestjs/common';
import { originVerdict } from '../decision/origin-verdict.js';
import { CORS_REASONS } from '../decision/reasons.js';
import type { OriginAccessOptions } from '../options/index.js';
import { isNonstandardOrigin } from '../origin/nonstandard-origin.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { DEFAULT_POLICY_NAME } from '../policy/merge.js';
import type { OriginResponder } from '../policy/origin-responder.js';
import { problemAt } from '../policy/problems.js';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { quoted } from '../support/quoted.js';
import { CorsLookups } from './lookups.js';

/**
 * Tells whether a policy allows an origin, outside of requests to routes. Use it for protocols of your own, for
 * `frame-ancestors` of a Content-Security-Policy, or for the origin of a `postMessage()` that a page reports.
 *
 * @example
 * ```ts
 * async frameAncestors(shop: string, embedder: string): Promise<string> {
 *   const isAllowed = await this.origins.isAllowed(embedder, { policy: 'embedders', tenant: shop });
 *   return isAllowed ? `frame-ancestors ${embedder}` : "frame-ancestors 'none'";
 * }
 * ```
 */
export abstract class CorsOrigins {
  /**
   * Whether the policy allows the origin, by the rules, the cache and the deadline of requests. Fails closed: a lookup that
   * throws or is late, and a value that is not an origin as browsers write it, give `false`. No decision is logged.
   *
   * The result holds for now. Ask again instead of storing it.
   *
   * @param origin such as `https://app.example.com`, `null` included: what an `Origin` header or `event.origin` holds
   * @throws TypeError when there is no policy of that name, when the policy derives tenants and `tenant` is left out, or when
   *   `tenant` is not a string
   * @throws Error before the application has bootstrapped, and in applications that answer no HTTP requests
   */
  abstract isAllowed(origin: string, options?: OriginAccessOptions): Promise<boolean>;
}

/** The policies of the running application. It is a class of its own, so that applications see no internal type. */
@Injectable()
export class ApplicationOrigins extends CorsOrigins {
  readonly #registry: CorsPolicyRegistry;
  readonly #lookups: CorsLookups;

  constructor(@Inject(CorsPolicyRegistry) registry: CorsPolicyRegistry, @Inject(CorsLookups) lookups: CorsLookups) {
    super();
    this.#registry = registry;
    this.#lookups = lookups;
  }

  async isAllowed(origin: string, options: OriginAccessOptions = {}): Promise<boolean> {
    const policy = this.#policyNamed(options.policy ?? DEFAULT_POLICY_NAME);
    const tenant = tenantIn(options, policy);
    // A policy with '*' allows any value, and this one may be meant for a header.
    if (!isOrigin(origin)) {
      return false;
    }
    const verdict = await originVerdict(policy, origin, (field, { responders }) =>
      (responders[field] as OriginResponder).lookUp(origin, tenant),
    );
    return CORS_REASONS[verdict].granted;
  }

  #policyNamed(name: string): CompiledPolicy {
    if (!this.#lookups.isStarted) {
      throw new Error(
        'CorsOrigins.isAllowed() must be called when the application has bootstrapped and answers HTTP requests. ' +
          'Call it from a request, or after app.init() or app.listen().',
      );
    }
    const { catalog } = this.#registry;
    const policy = catalog.policyNamed(name);
    if (policy === undefined) {
      const { message, hint } = problemAt('unknown-policy', 'policy', name, catalog.names);
      throw new TypeError(`${message} ${hint}`);
    }
    return this.#registry.compile(policy);
  }
}

function tenantIn(options: OriginAccessOptions, { tenant: derived, label }: CompiledPolicy): string | undefined {
  const { tenant } = options as { readonly tenant?: unknown };
  if (derived !== undefined && !Object.hasOwn(options, 'tenant')) {
    throw new TypeError(
      `\`tenant\` must be given under ${label}, which derives tenants from requests; got nothing. Write { tenant: '…' }.`,
    );
  }
  if (tenant !== undefined && typeof tenant !== 'string') {
    throw new TypeError(`\`tenant\` must be a string; got ${quoted(tenant)}. Write { tenant: '…' }.`);
  }
  return tenant;
}

function isOrigin(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    (value === 'null' || parseSerializedOrigin(value) !== undefined || isNonstandardOrigin(value))
  );
}
