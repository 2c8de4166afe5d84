import type { ReportProblem } from '../options/problem.js';
import type { DefinedBy, EffectivePolicy, PolicyLevel } from './effective-policy.js';
import { DEFAULT_POLICY_NAME, LIBRARY_POLICY, mergeLevel } from './merge.js';
import { OptionPlace, type OptionRecord } from './option-place.js';
import { LEVEL_OPTION_NAMES, readLevel } from './policy-fields.js';

/** A named policy as it is written: its fields, and the name of the policy that it starts from. */
interface PolicyDefinition {
  readonly level: PolicyLevel;
  readonly parent: string | undefined;
  readonly place: OptionPlace;
}

/**
 * The policies that have names, merged on demand with what they extend. A policy that extends nothing does not inherit the
 * module's defaults, so that their `credentials: true` does not leak into `{ origin: '*' }`.
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

  /** Adds the policies of one `policies` object. All of them have to be added before {@link apply} is called. */
  add(policies: unknown, path: string): void {
    const place = new OptionPlace(path, this.#report);
    const example = '{ public: { … } }, with the fields of each policy below its name';
    for (const [name, definition] of Object.entries(place.record(policies, 'an object of policies', example))) {
      if (definition !== undefined) {
        this.#define(name, definition, place.key(name));
      }
    }
  }

  /** All named policies, so that a policy that no route names is checked as well. */
  all(): readonly EffectivePolicy[] {
    return [...this.#definitions].map(([name, definition]) => this.#merge(name, definition));
  }

  /**
   * Reads the argument of a decorator or the policy of a `paths` entry: a name, or fields on top of a policy.
   *
   * @param below The policy to start from where the fields extend nothing.
   */
  apply(
    written: unknown,
    below: EffectivePolicy,
    at: { readonly label: string; readonly definedBy: DefinedBy; readonly place: OptionPlace },
  ): EffectivePolicy {
    if (typeof written === 'string') {
      return this.#find(written, at.place) ?? below;
    }
    const options = at.place.record(written, 'the name or the fields of a policy', "a policy's name, or its fields");
    const { level, parent } = readDefinition(options, at.definedBy, at.place);
    const start = parent === undefined ? undefined : this.#find(parent, at.place.option('extends'));
    return mergeLevel(at.label, start ?? below, level);
  }

  /** The policy of a name. */
  find(name: string): EffectivePolicy | undefined {
    const definition = this.#definitions.get(name);
    return definition && this.#merge(name, definition);
  }

  #find(name: string, place: OptionPlace): EffectivePolicy | undefined {
    const policy = this.find(name);
    if (policy === undefined) {
      place.problem('unknown-policy', name, this.names);
    }
    return policy;
  }

  #define(name: string, written: unknown, place: OptionPlace): void {
    const first = this.#definitions.get(name);
    if (name === DEFAULT_POLICY_NAME || first !== undefined) {
      place.problem('duplicate-policy', name, first?.place.path);
      return;
    }
    const example = typeof written === 'string' ? `{ extends: ${JSON.stringify(written)} }` : 'an object of fields';
    const options = place.record(written, 'an object of fields', example);
    this.#definitions.set(name, readDefinition(options, { kind: 'named', name }, place));
  }

  /** Walks up to a policy that is merged already, then merges downwards. It is a loop, because a chain can have any length. */
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
    { parent, place }: PolicyDefinition,
    chain: ReadonlyMap<string, PolicyDefinition>,
  ): readonly [string, PolicyDefinition] | undefined {
    if (parent === undefined) {
      return undefined;
    }
    const definition = this.#definitions.get(parent);
    if (definition === undefined) {
      place.option('extends').problem('unknown-policy', parent, this.names);
      return undefined;
    }
    if (chain.has(parent)) {
      const names = [...chain.keys()];
      place.option('extends').problem('circular-extends', parent, [...names.slice(names.indexOf(parent)), parent]);
      return undefined;
    }
    return [parent, definition];
  }
}

/** Reads the fields of a policy and what it extends, and reports every other option. */
function readDefinition(options: OptionRecord, definedBy: DefinedBy, place: OptionPlace): PolicyDefinition {
  place.unknownOptions(options, [...LEVEL_OPTION_NAMES, 'extends']);
  const level = readLevel(options, definedBy, place);
  const parent = options['extends'];
  if (parent !== undefined && typeof parent !== 'string') {
    place.option('extends').invalid(parent, 'the name of a policy', "a policy's name");
    return { level, parent: undefined, place };
  }
  return { level, parent, place };
}
