import type { CorsFeatureOptions, CorsModuleOptions } from '../options/index.js';
import { type CorsConfigurationProblem, ProblemList, type ReportProblem } from '../options/problem.js';
import { valueOf } from '../support/memo.js';
import type { DefinedBy, EffectivePolicy, PolicyEntry } from './effective-policy.js';
import type { LookupSettings } from './lookup-options.js';
import { DEFAULT_POLICY_NAME, disabledLevel, mergeLevel } from './merge.js';
import { type ConnectionSettings, type DecisionLogging, readModuleOptions } from './module-options.js';
import type { NamedPolicies } from './named-policies.js';
import { OptionPlace } from './option-place.js';
import type { PathEntry, PathPolicy } from './path-options.js';
import { checkPolicy } from './policy-rules.js';

const NO_ENTRIES: readonly PolicyEntry[] = [];

/** Every policy of an application, merged, and all problems of them. Never throws, whatever the options. */
export class PolicyCatalog {
  /** Policy of the module's defaults. */
  readonly defaults: EffectivePolicy;
  /** Policy of gateways without a decorator; external where the application has taken them over. */
  readonly gateways: EffectivePolicy;
  /** Policies of the `paths` entries, in order. */
  readonly paths: readonly PathPolicy[];
  /** The `paths` entry for the endpoints of @nestjs/graphql. */
  readonly graphql: PathEntry | undefined;
  /** Policies of the `paths` entries with an unusable path. No request has such a policy, but its problems are reported. */
  readonly unplaced: readonly EffectivePolicy[];
  /** The named policies, used or not. */
  readonly named: readonly EffectivePolicy[];
  /** How lookups, lists and origin functions are called. */
  readonly lookups: LookupSettings;
  /** Which decisions are logged. */
  readonly logging: DecisionLogging;
  /** What happens to open WebSockets. */
  readonly sockets: ConnectionSettings;
  /** What happens to open responses of `text/event-stream`. */
  readonly eventStreams: ConnectionSettings;
  /** Whether preflights may be answered in front of the framework. */
  readonly preflightsAtServer: boolean;

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
    const { named, ...read } = readModuleOptions(options, features, this.report);
    this.defaults = read.defaults;
    this.gateways = read.gateways;
    this.paths = read.paths;
    this.graphql = read.graphql;
    this.unplaced = read.unplaced;
    this.lookups = read.lookups;
    this.logging = read.logging;
    this.sockets = read.sockets;
    this.eventStreams = read.eventStreams;
    this.preflightsAtServer = read.preflightsAtServer;
    this.#named = named;
    this.named = named.all();
    const entries = this.graphql === undefined ? this.paths : [...this.paths, this.graphql];
    const paths = entries.map(({ policy }) => policy);
    [this.defaults, this.gateways, ...this.named, ...paths, ...this.unplaced].forEach((policy) => this.#check(policy));
  }

  /**
   * Effective policy of a handler. Two equal lists give the same object: handlers without decorators share
   * {@link defaults}, and handlers with only their class's decorators share one.
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
      // A policy on a method wins over @DisableCors() on its class: the method is the exception.
      const below =
        onClass[0]?.kind === 'disabled' && handlerEntries[0]?.kind === 'policy' ? this.defaults : controller;
      const label = `${className}.${methodName}`;
      return this.#check(this.#decorate(handlerEntries, below, label, { kind: 'handler', className, methodName }));
    });
  }

  /** The names of the named policies. */
  get names(): readonly string[] {
    return this.#named.names;
  }

  /** A named policy, or {@link defaults} by the name that lookups see for them. */
  policyNamed(name: string): EffectivePolicy | undefined {
    return name === DEFAULT_POLICY_NAME ? this.defaults : this.#named.find(name);
  }

  /** Effective policy of a gateway. Its decorators start from {@link gateways}, or from {@link defaults} if that is `false`. */
  forGateway(className: string, entries: readonly PolicyEntry[]): EffectivePolicy {
    const below = this.gateways.external === true && entries.length > 0 ? this.defaults : this.gateways;
    return this.#check(this.#decorate(entries, below, className, { kind: 'gateway', className }));
  }

  /** All problems so far, with those of {@link forHandler}, {@link forGateway} and {@link report}. */
  problems(): readonly CorsConfigurationProblem[] {
    return this.#problems.all();
  }

  /** Adds a problem that was found outside of the options. */
  readonly report: ReportProblem = (problem) => this.#problems.report(problem);

  #forController(className: string, entries: readonly PolicyEntry[]): EffectivePolicy {
    return valueOf(this.#controllers, entries, () =>
      this.#decorate(entries, this.defaults, className, { kind: 'controller', className }),
    );
  }

  #decorate(
    entries: readonly PolicyEntry[],
    below: EffectivePolicy,
    label: string,
    definedBy: DefinedBy,
  ): EffectivePolicy {
    const [entry] = entries;
    if (entry === undefined) {
      return below;
    }
    const place = new OptionPlace(label, this.report, `${label}: `);
    if (entries.length > 1) {
      place.problem('conflicting-decorators', entries);
    }
    return entry.kind === 'disabled'
      ? mergeLevel(label, below, disabledLevel(definedBy, place.option('@DisableCors()').path))
      : this.#named.apply(entry.definition, below, { label, definedBy, place });
  }

  #check(policy: EffectivePolicy): EffectivePolicy {
    if (!this.#checked.has(policy)) {
      this.#checked.add(policy);
      checkPolicy(policy, this.report);
      if (policy.shadow !== undefined) {
        checkPolicy(policy.shadow, this.report);
      }
    }
    return policy;
  }
}
