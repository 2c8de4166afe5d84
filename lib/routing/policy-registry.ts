import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CORS_FEATURE_OPTIONS, CORS_MODULE_OPTIONS } from '../options/tokens.js';
import { misplacedDecorators } from '../decorators/misplaced-decorators.js';
import { mayLackEntries, readClassEntries, readMethodEntries } from '../decorators/policy-metadata.js';
import type {
  CorsFeatureOptions,
  CorsModuleOptions,
  OriginList,
  OriginLookup,
  OriginLookupOption,
} from '../options/index.js';
import { compilePolicy } from '../policy/compile.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { LIBRARY_POLICY } from '../policy/merge.js';
import type { BindResponder } from '../policy/origin-responder.js';
import { PolicyCatalog } from '../policy/policy-catalog.js';
import { type Controller, handlersOf } from './nest-handlers.js';

/** A handler method of a controller, with the policy that governs it. */
export interface HandlerPolicy {
  readonly controller: Controller;
  readonly methodName: string;
  readonly policy: EffectivePolicy;
}

/**
 * The policies of the application: reads the decorators of every controller, merges them with the module's options, and
 * holds the compiled result. A policy belongs to the pair of controller and method, because two controllers may inherit
 * one handler function.
 */
@Injectable()
export class CorsPolicyRegistry {
  readonly catalog: PolicyCatalog;
  readonly handlers: readonly HandlerPolicy[];

  private readonly compiled = new Map<EffectivePolicy, CompiledPolicy>();
  private readonly sources = new Map<CompiledPolicy, EffectivePolicy>();
  private readonly handlerPolicies = new WeakMap<object, Map<unknown, CompiledPolicy>>();
  private compileWith: ((policy: EffectivePolicy) => CompiledPolicy) | undefined;

  constructor(
    @Inject(CORS_MODULE_OPTIONS) options: CorsModuleOptions,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {
    this.catalog = new PolicyCatalog(options, readFeatures(modules));
    this.handlers = handlersOf(modules).map(({ controller, methodName }) => ({
      controller,
      methodName,
      policy: this.effectivePolicyOf(controller, methodName),
    }));
    misplacedDecorators(modules).forEach((problem) => this.catalog.report(problem));
  }

  /** Every policy that is written somewhere, whether a request can meet it or not. */
  get policies(): ReadonlySet<EffectivePolicy> {
    const written = [
      this.catalog.defaults,
      ...this.catalog.named,
      ...this.catalog.paths.map(({ policy }) => policy),
      ...this.catalog.unplaced,
      ...this.handlers.map(({ policy }) => policy),
    ];
    return new Set(written.flatMap((policy) => (policy.shadow === undefined ? policy : [policy, policy.shadow])));
  }

  /** Handlers that may have lost what a decorator said of the method that they wrap, or share with another class. */
  get handlersThatMayLackEntries(): readonly HandlerPolicy[] {
    return this.handlers.filter(({ controller, methodName }) => mayLackEntries(controller, methodName));
  }

  /** Says how lookups are found and bound; from now on policies can be compiled. Call it when there are no problems. */
  activate(resolveLookup: (option: OriginLookupOption) => OriginLookup | OriginList, bind: BindResponder): void {
    this.compileWith = (policy) => compilePolicy(policy, resolveLookup, bind);
  }

  /** The policy of a controller's method. */
  policyOf(controller: Controller, methodName: string): CompiledPolicy {
    return this.compile(this.effectivePolicyOf(controller, methodName));
  }

  /** The policy of the handler function that Nest dispatched to on this controller; `undefined` when it is none of its methods. */
  policyOfHandler(controller: object, handler: object): CompiledPolicy | undefined {
    let policies = this.handlerPolicies.get(controller);
    if (policies === undefined) {
      policies = this.policiesByFunction(controller);
      this.handlerPolicies.set(controller, policies);
    }
    return policies.get(handler) ?? policies.get((handler as { name: string }).name.replace(/^(?:bound )*/, 'bound '));
  }

  private policiesByFunction(controller: object): Map<unknown, CompiledPolicy> {
    const policies = new Map<unknown, CompiledPolicy>();
    for (const { controller: owner, methodName, policy } of this.handlersOfClass(controller)) {
      const compiled = this.compile(policy);
      // A constructor may put another function in the place of the method; one that it binds is told by its name.
      const instances = [...this.modules.values()].map(
        ({ controllers }) => controllers.get(owner)?.instance as Record<string, unknown> | null | undefined,
      );
      const functions = [owner.prototype, ...instances].flatMap((object) => object?.[methodName] ?? []);
      for (const key of [...functions, `bound ${methodName}`]) {
        // Of two names of one function Nest registered the first one's route first.
        policies.set(key, policies.get(key) ?? compiled);
      }
    }
    return policies;
  }

  /** Nest knows a class by `constructor` of the instance: that is not what a decorator put in the place of the class. */
  private handlersOfClass(controller: object): readonly HandlerPolicy[] {
    const own = this.handlers.filter((each) => each.controller === controller);
    return own.length > 0
      ? own
      : this.handlers.filter((each) => each.controller.prototype['constructor'] === controller);
  }

  compile(policy: EffectivePolicy): CompiledPolicy {
    const known = this.compiled.get(policy);
    if (known !== undefined) {
      return known;
    }
    if (this.compileWith === undefined) {
      throw new Error('CORS policies are compiled when the application has bootstrapped, not before');
    }
    const compiled = this.compileWith(policy);
    this.compiled.set(policy, compiled);
    this.sources.set(compiled, policy);
    return compiled;
  }

  /** The policy before it was compiled, with the source of every field. */
  sourceOf(policy: CompiledPolicy): EffectivePolicy {
    // Nobody wrote the policy of a path that can be read in two ways.
    return this.sources.get(policy) ?? { ...LIBRARY_POLICY, label: policy.label };
  }

  private effectivePolicyOf(controller: Controller, methodName: string): EffectivePolicy {
    return this.catalog.forHandler(
      controller.name,
      methodName,
      readClassEntries(controller),
      readMethodEntries(controller, methodName),
    );
  }
}

function readFeatures(modules: ModulesContainer): CorsFeatureOptions[] {
  // Values are known as soon as modules have been scanned, before anything is instantiated.
  return [...modules.values()].flatMap((module) => {
    const provider = module.providers.get(CORS_FEATURE_OPTIONS);
    return provider === undefined ? [] : [provider.instance as CorsFeatureOptions];
  });
}
