import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CORS_FEATURE_OPTIONS, CORS_MODULE_OPTIONS } from '../options/tokens.js';
import { misplacedDecorators } from '../decorators/misplaced-decorators.js';
import {
  type DecoratedClass,
  mayLackEntries,
  readClassEntries,
  readMethodEntries,
} from '../decorators/policy-metadata.js';
import type {
  CorsFeatureOptions,
  CorsModuleOptions,
  OriginList,
  OriginLookup,
  OriginLookupOption,
} from '../options/index.js';
import { type CompiledPolicy, compilePolicy } from '../policy/compiled-policy.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import { LIBRARY_POLICY } from '../policy/merge.js';
import type { BindResponder } from '../policy/origin-responder.js';
import type { PathPolicy } from '../policy/path-options.js';
import { PolicyCatalog } from '../policy/policy-catalog.js';
import { valueOf } from '../support/memo.js';
import { type Controller, type DeclaredHandler, controllersOf, declaredHandlersOf } from './nest-controllers.js';
import { type Gateway, gatewaysOf, resolversOf } from './nest-gateways.js';

/** A handler method of a controller, with the policy that governs it. */
export interface HandlerPolicy extends DeclaredHandler {
  readonly controller: Controller;
  readonly policy: EffectivePolicy;
}

/** A gateway, with the policy that governs its handshakes. */
export interface GatewayPolicy extends Gateway {
  readonly policy: EffectivePolicy;
}

/**
 * The policies of the application: the module's options merged with the decorators of every controller and gateway. A policy
 * belongs to a pair of controller and method, because two controllers may inherit one function.
 */
@Injectable()
export class CorsPolicyRegistry {
  readonly catalog: PolicyCatalog;
  readonly handlers: readonly HandlerPolicy[];
  private readonly handlersByClass: ReadonlyMap<Controller, readonly HandlerPolicy[]>;
  readonly gateways: readonly GatewayPolicy[];
  /** The resolvers of @nestjs/graphql, which have no policy of their own. */
  readonly resolvers: readonly DecoratedClass[];
  /** The `paths` entries, with the paths that were found for entries without one. */
  paths: readonly PathPolicy[];

  private written: ReadonlySet<EffectivePolicy> | undefined;
  private readonly compiled = new Map<EffectivePolicy, CompiledPolicy>();
  private readonly effective = new Map<CompiledPolicy, EffectivePolicy>();
  private readonly handlerPolicies = new WeakMap<object, Map<unknown, CompiledPolicy>>();
  private compileWith: (policy: EffectivePolicy) => CompiledPolicy = notBootstrapped;

  constructor(
    @Inject(CORS_MODULE_OPTIONS) options: CorsModuleOptions,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {
    this.catalog = new PolicyCatalog(options, readFeatures(modules));
    this.paths = this.catalog.paths;
    const controllers = controllersOf(modules).map(({ controller }) => controller);
    this.handlersByClass = new Map(controllers.map((controller) => [controller, this.policiesOf(controller)]));
    this.handlers = controllers.flatMap((controller) => this.handlersByClass.get(controller)!);
    this.gateways = gatewaysOf(modules).map((gateway) => ({
      ...gateway,
      policy: this.catalog.forGateway(gateway.gateway.name, readClassEntries(gateway.gateway)),
    }));
    this.resolvers = resolversOf(modules);
    misplacedDecorators(modules).forEach((problem) => this.catalog.report(problem));
  }

  /** Every policy of the options and decorators, even if no request can meet it. */
  get policies(): ReadonlySet<EffectivePolicy> {
    return (this.written ??= this.findPolicies());
  }

  private findPolicies(): ReadonlySet<EffectivePolicy> {
    const written = [
      this.catalog.defaults,
      ...this.catalog.named,
      ...this.catalog.paths.map(({ policy }) => policy),
      ...(this.catalog.graphql === undefined ? [] : [this.catalog.graphql.policy]),
      ...this.catalog.unplaced,
      ...new Set(this.handlers.map(({ policy }) => policy)),
      ...this.gateways.map(({ policy }) => policy),
    ];
    return new Set(written.flatMap((policy) => (policy.shadow === undefined ? policy : [policy, policy.shadow])));
  }

  /** Handlers that may lack the policy of a method that they wrap, or share with another class. */
  get handlersThatMayLackEntries(): readonly HandlerPolicy[] {
    return this.handlers.filter(({ controller, methodName, metadataKeys }) =>
      mayLackEntries(controller, methodName, metadataKeys),
    );
  }

  /** Adds the paths of an entry that had none when it was read. */
  addPaths(paths: readonly PathPolicy[]): void {
    this.paths = [...this.paths, ...paths];
  }

  /** Allows policies to be compiled. Call it when there are no configuration problems. */
  activate(resolveLookup: (option: OriginLookupOption) => OriginLookup | OriginList, bind: BindResponder): void {
    this.compileWith = (policy) => compilePolicy(policy, resolveLookup, bind);
  }

  /** The policy of a controller's method. */
  policyOf(controller: Controller, methodName: string): CompiledPolicy {
    const known = this.handlersByClass.get(controller)?.find((each) => each.methodName === methodName);
    return this.compile(known?.policy ?? this.effectivePolicyOf(controller, methodName));
  }

  /** The policy of the function that Nest dispatched to on this controller; `undefined` where it is not one of its handlers. */
  policyOfHandler(controller: object, handler: object): CompiledPolicy | undefined {
    const policies = valueOf(this.handlerPolicies, controller, () => this.policiesByFunction(controller));
    return policies.get(handler) ?? policies.get((handler as { name: string }).name.replace(/^(?:bound )*/, 'bound '));
  }

  private policiesByFunction(controller: object): Map<unknown, CompiledPolicy> {
    const policies = new Map<unknown, CompiledPolicy>();
    const controllers = controllersOf(this.modules);
    for (const { controller: owner, methodName, policy } of this.handlersOfClass(controller)) {
      const compiled = this.compile(policy);
      // A constructor may replace the method on the instance. A bound function is recognised by its name.
      const instances = controllers.filter((each) => each.controller === owner).map(({ instance }) => instance);
      const functions = [owner.prototype, ...instances].map((object) => object[methodName]);
      for (const key of [...functions, `bound ${methodName}`]) {
        // Nest first registers the first of several names of one function.
        policies.set(key, policies.get(key) ?? compiled);
      }
    }
    return policies;
  }

  /** Nest finds a class by the `constructor` of the instance, even if a decorator has replaced the class. */
  private handlersOfClass(controller: object): readonly HandlerPolicy[] {
    const own = this.handlersByClass.get(controller as Controller) ?? [];
    return own.length > 0
      ? own
      : this.handlers.filter((each) => each.controller.prototype['constructor'] === controller);
  }

  private policiesOf(controller: Controller): readonly HandlerPolicy[] {
    const onClass = readClassEntries(controller);
    return declaredHandlersOf(controller).map(({ methodName, metadataKeys }) => ({
      controller,
      methodName,
      metadataKeys,
      policy: this.effectivePolicyOf(controller, methodName, onClass, metadataKeys),
    }));
  }

  compile(policy: EffectivePolicy): CompiledPolicy {
    const known = this.compiled.get(policy);
    if (known !== undefined) {
      return known;
    }
    const compiled = this.compileWith(policy);
    this.compiled.set(policy, compiled);
    this.effective.set(compiled, policy);
    return compiled;
  }

  /** The policy before it was compiled, with the place that defines each field. */
  effectiveOf(policy: CompiledPolicy): EffectivePolicy {
    // The library itself makes the policy of an ambiguous path.
    return this.effective.get(policy) ?? { ...LIBRARY_POLICY, label: policy.label };
  }

  private effectivePolicyOf(
    controller: Controller,
    methodName: string,
    onClass = readClassEntries(controller),
    metadataKeys?: readonly unknown[],
  ): EffectivePolicy {
    const onMethod = readMethodEntries(controller, methodName, metadataKeys);
    return this.catalog.forHandler(controller.name, methodName, onClass, onMethod);
  }
}

function readFeatures(modules: ModulesContainer): CorsFeatureOptions[] {
  // Nest scans modules, and knows their values, before it creates providers.
  return [...modules.values()].flatMap((module) => {
    const provider = module.providers.get(CORS_FEATURE_OPTIONS);
    return provider === undefined ? [] : [provider.instance as CorsFeatureOptions];
  });
}

function notBootstrapped(): never {
  throw new Error('CORS policies are compiled when the application has bootstrapped, not before');
}
