import type { EffectivePolicy, PolicySource } from './effective-policy.js';
import { DEFAULT_POLICY_NAME, LIBRARY_POLICY, mergeLevel } from './merge.js';
import { readRecord } from './option-records.js';
import { type PolicyDefinition, readDefinition } from './policy-definition.js';
import type { ReportProblem } from '../options/problem.js';
import { keyPath } from '../support/quoted.js';
import { circularExtends, duplicatePolicy, reservedPolicyName, unknownPolicy } from './structure-problems.js';

/**
 * The policies that have names, merged on demand with what they extend. One that extends nothing stands on its own: it
 * takes the place of the module's defaults, so that `credentials: true` there does not leak into `{ origin: '*' }` here.
 */
export class NamedPolicies {
  readonly #definitions = new Map<string, PolicyDefinition>();
  readonly #merged = new Map<string, EffectivePolicy>();
  readonly #report: ReportProblem;

  constructor(report: ReportProblem) {
    this.#report = report;
  }

  /** Their names, in the order in which they were added. */
  get names(): readonly string[] {
    return [...this.#definitions.keys()];
  }

  /** Adds the policies of one `policies` object. All have to be there before the first is asked for. */
  add(policies: unknown, path: string): void {
    const wanted = '{ public: { … } }, with the fields of each policy below its name';
    for (const [name, definition] of Object.entries(readRecord(policies, path, wanted, this.#report))) {
      if (definition !== undefined) {
        this.#define(name, definition, keyPath(path, name));
      }
    }
  }

  /** All of them, so that a policy that no route names is checked as well. */
  all(): readonly EffectivePolicy[] {
    return [...this.#definitions].map(([name, definition]) => this.#merge(name, definition));
  }

  /**
   * Reads what a decorator or a `paths` entry says: a name, or fields on top of a policy.
   *
   * @param below What the fields are put on when they extend nothing.
   */
  apply(
    written: unknown,
    below: EffectivePolicy,
    at: { readonly label: string; readonly source: PolicySource; readonly path: string; readonly prefix: string },
  ): EffectivePolicy {
    if (typeof written === 'string') {
      return this.#find(written, at.path) ?? below;
    }
    const options = readRecord(written, at.path, "a policy's name, or its fields", this.#report);
    const { level, parent } = readDefinition(options, at.source, at.prefix, this.#report);
    const start = parent === undefined ? undefined : this.#find(parent, `${at.prefix}extends`);
    return mergeLevel(at.label, start ?? below, level);
  }

  #find(name: string, path: string): EffectivePolicy | undefined {
    const definition = this.#definitions.get(name);
    if (definition === undefined) {
      this.#report(unknownPolicy(path, name, this.names));
      return undefined;
    }
    return this.#merge(name, definition);
  }

  #define(name: string, written: unknown, path: string): void {
    const first = this.#definitions.get(name);
    if (name === DEFAULT_POLICY_NAME) {
      this.#report(reservedPolicyName(path, name));
    } else if (first === undefined) {
      const wanted = typeof written === 'string' ? `{ extends: ${JSON.stringify(written)} }` : 'an object of fields';
      const options = readRecord(written, path, wanted, this.#report);
      this.#definitions.set(name, readDefinition(options, { kind: 'named', name }, `${path}.`, this.#report));
    } else {
      this.#report(duplicatePolicy(path, name, first.prefix.slice(0, -1)));
    }
  }

  /** Walks up to a policy that is merged already, then merges downwards: loops, as a chain can be of any length. */
  #merge(name: string, definition: PolicyDefinition): EffectivePolicy {
    const chain = new Map<string, PolicyDefinition>();
    let link: readonly [string, PolicyDefinition] | undefined = [name, definition];
    while (link !== undefined && !this.#merged.has(link[0])) {
      chain.set(...link);
      link = this.#extendedBy(link[1], chain);
    }
    let policy = (link && this.#merged.get(link[0])) ?? LIBRARY_POLICY;
    for (const [linkName, { level }] of [...chain].reverse()) {
      policy = mergeLevel(`policy ${JSON.stringify(linkName)}`, policy, level);
      this.#merged.set(linkName, policy);
    }
    return policy;
  }

  #extendedBy(
    { parent, prefix }: PolicyDefinition,
    chain: ReadonlyMap<string, PolicyDefinition>,
  ): readonly [string, PolicyDefinition] | undefined {
    if (parent === undefined) {
      return undefined;
    }
    const definition = this.#definitions.get(parent);
    const path = `${prefix}extends`;
    if (definition === undefined) {
      this.#report(unknownPolicy(path, parent, this.names));
      return undefined;
    }
    if (chain.has(parent)) {
      const names = [...chain.keys()];
      this.#report(circularExtends(path, parent, [...names.slice(names.indexOf(parent)), parent]));
      return undefined;
    }
    return [parent, definition];
  }
}
