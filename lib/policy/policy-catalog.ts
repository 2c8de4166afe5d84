import type { CorsFeatureOptions, CorsModuleOptions } from '../options/index.js';
import type { EffectivePolicy, PolicySource } from './effective-policy.js';
import { disabledLevel, mergeLevel } from './merge.js';
import { type DecisionLogging, type LookupSettings, readModuleOptions } from './module-options.js';
import type { NamedPolicies } from './named-policies.js';
import type { PathPolicy } from './path-policies.js';
import type { PolicyEntry } from './policy-entry.js';
import { checkPolicy } from './policy-rules.js';
import { type CorsConfigurationProblem, ProblemList } from '../options/problem.js';
import { conflictingDecorators } from './structure-problems.js';

const NO_ENTRIES: readonly PolicyEntry[] = [];

/** Every policy of an application, merged, with everything that is wrong with them. Never throws, whatever the options. */
export class PolicyCatalog {
  /** Policy of the module's defaults. */
  readonly defaults: EffectivePolicy;
  /** Policies of the `paths` entries, in order. */
  readonly paths: readonly PathPolicy[];
  /** Policies of the `paths` entries whose path is unusable: no request meets them, and what is wrong with them is reported. */
  readonly unplaced: readonly EffectivePolicy[];
  /** The named policies, used or not. */
  readonly named: readonly EffectivePolicy[];
  /** How lookups, lists and origin functions are asked. */
  readonly lookups: LookupSettings;
  /** What is logged of decisions. */
  readonly logging: DecisionLogging;

  readonly #problems = new ProblemList();
  readonly #named: NamedPolicies;
  readonly #checked = new WeakSet<EffectivePolicy>();
  readonly #controllers = new WeakMap<readonly PolicyEntry[], EffectivePolicy>();
  readonly #handlers = new WeakMap<readonly PolicyEntry[], WeakMap<readonly PolicyEntry[], EffectivePolicy>>();

  /**
   * @param options Options of `CorsModule.forRoot()`.
   * @param features Options of each `CorsModule.forFeature()`.
   */
  constructor(options: CorsModuleOptions, features: readonly CorsFeatureOptions[] = []) {
    const read = readModuleOptions(options, features, this.#problems.report);
    const { defaults, named, paths, unplaced, lookups, logging } = read;
    this.defaults = defaults;
    this.paths = paths;
    this.unplaced = unplaced;
    this.lookups = lookups;
    this.logging = logging;
    this.#named = named;
    this.named = named.all();
    for (const policy of [defaults, ...this.named, ...paths.map((entry) => entry.policy), ...unplaced]) {
      this.#check(policy);
    }
  }

  /**
   * Effective policy of a handler. The same two lists, or two empty ones, give the same object: handlers without
   * decorators share {@link defaults}, and handlers with nothing but their class's share one.
   */
  forHandler(
    className: string,
    methodName: string,
    controllerEntries: readonly PolicyEntry[],
    handlerEntries: readonly PolicyEntry[],
  ): EffectivePolicy {
    const onClass = controllerEntries.length === 0 ? NO_ENTRIES : controllerEntries;
    if (handlerEntries.length === 0) {
      return this.#check(this.#forController(className, onClass));
    }
    const byHandler = valueOf(this.#handlers, onClass, () => new WeakMap<readonly PolicyEntry[], EffectivePolicy>());
    return valueOf(byHandler, handlerEntries, () => {
      const controller = this.#forController(className, onClass);
      // A class that is disabled yields to a policy on its method: the method was written as the exception.
      const below =
        onClass[0]?.kind === 'disabled' && handlerEntries[0]?.kind === 'policy' ? this.defaults : controller;
      const label = `${className}.${methodName}`;
      return this.#check(this.#decorate(handlerEntries, below, label, { kind: 'handler', className, methodName }));
    });
  }

  /** All problems found so far: in options and named policies, and in everything that was passed to {@link forHandler}
   * and {@link report}. */
  problems(): readonly CorsConfigurationProblem[] {
    return this.#problems.all();
  }

  /** Adds a problem that was found outside of the options. */
  report(problem: CorsConfigurationProblem): void {
    this.#problems.report(problem);
  }

  #forController(className: string, entries: readonly PolicyEntry[]): EffectivePolicy {
    return valueOf(this.#controllers, entries, () =>
      this.#decorate(entries, this.defaults, className, { kind: 'controller', className }),
    );
  }

  #decorate(
    entries: readonly PolicyEntry[],
    below: EffectivePolicy,
    label: string,
    source: PolicySource,
  ): EffectivePolicy {
    const [entry] = entries;
    if (entry === undefined) {
      return below;
    }
    if (entries.length > 1) {
      this.#problems.report(conflictingDecorators(label, entries));
    }
    const at = { label, source, path: label, prefix: `${label}: ` };
    return entry.kind === 'disabled'
      ? mergeLevel(label, below, disabledLevel(source, `${at.prefix}@DisableCors()`))
      : this.#named.apply(entry.definition, below, at);
  }

  #check(policy: EffectivePolicy): EffectivePolicy {
    if (!this.#checked.has(policy)) {
      this.#checked.add(policy);
      checkPolicy(policy, this.#problems.report);
      if (policy.shadow !== undefined) {
        checkPolicy(policy.shadow, this.#problems.report);
      }
    }
    return policy;
  }
}

function valueOf<Key extends object, Value>(map: WeakMap<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const created = create();
  map.set(key, created);
  return created;
}
