import findMyWay from 'find-my-way';
import type { FastifyRegistration } from './registrations.js';
import type { FastifyAdapterInternals } from './router-options.js';

/** An assumed value of a constraint. It represents any request for which the router chooses that value. */
class Assumed {
  constructor(readonly value: unknown) {}
}

/** Constraint values as find-my-way takes them; an `undefined` member matches routes without the constraint only. */
export type DerivedConstraints = Readonly<Record<string, unknown>>;

/** A constraint strategy of find-my-way. */
export interface ConstraintStrategy {
  readonly name: string;
  readonly mustMatchWhenDerived?: boolean;
  storage(): { get(value: unknown): unknown; set(value: unknown, store: unknown): void };
  deriveConstraint(...args: unknown[]): unknown;
}

const underivable = () => undefined;

/**
 * The strategy for a custom constraint. Only the routes' values are known, so each of them is tried. The route without the
 * constraint is found as well, because the application's strategy may choose it.
 */
export function unknownStrategy(name: string): ConstraintStrategy {
  return { name, mustMatchWhenDerived: true, storage: assumedStorage, deriveConstraint: underivable };
}

/** Whether the constraint is the application's own, so that only its strategy can read it. */
export function isCustom(name: string): boolean {
  return name !== 'version' && name !== 'host';
}

/** The strategies for constraints with these names. */
export function strategiesOf(
  names: ReadonlySet<string>,
  { versionConstraint }: Pick<FastifyAdapterInternals, 'versionConstraint'>,
): ConstraintStrategy[] {
  // A Fastify instance of the application has its own version constraint.
  const version = versionConstraint?.isCustom ? [{ ...versionConstraint, name: 'version' }] : [];
  return [...version, hostStrategy(), ...[...names].filter(isCustom).map(unknownStrategy)];
}

/** Fastify's own `host` constraint (find-my-way's accept-host), which also accepts an assumed value. */
export function hostStrategy(): ConstraintStrategy {
  const storage = () => {
    const assumed = assumedStorage();
    const expressions: { readonly host: RegExp; readonly store: unknown }[] = [];
    return {
      get: (host: unknown) =>
        assumed.get(host) ??
        (host instanceof Assumed ? undefined : expressions.find((each) => each.host.test(String(host)))?.store),
      set: (host: unknown, store: unknown) => {
        assumed.set(host, store);
        if (host instanceof RegExp) {
          expressions.push({ host: new RegExp(host.source, host.flags.replace(/[gy]/g, '')), store });
        }
      },
    };
  };
  return { name: 'host', mustMatchWhenDerived: false, storage, deriveConstraint: underivable };
}

function assumedStorage(): { get(value: unknown): unknown; set(value: unknown, store: unknown): void } {
  const stores = new Map<unknown, unknown>();
  return {
    get: (value) => stores.get(value instanceof Assumed ? value.value : value),
    set: (value, store) => void stores.set(value, store),
  };
}

/** Every combination of the routes' values of the named constraints; `undefined` stands for any other value. */
export function combinations(
  registrations: readonly FastifyRegistration[],
  names: readonly string[],
): DerivedConstraints[] {
  return names.reduce<DerivedConstraints[]>(
    (combined, name) => {
      const values = new Set(registrations.flatMap(({ constraints }) => valuesOf(name, constraints[name])));
      return [undefined, ...values].flatMap((value) => combined.map((others) => ({ ...others, [name]: value })));
    },
    [{}],
  );
}

function valuesOf(name: string, value: unknown): unknown[] {
  if (value === undefined) {
    return [];
  }
  // Requests contain the version itself. Values of other constraints may be expressions or ranges.
  return name === 'version' ? [value].flat() : [new Assumed(value)];
}

export function isAssumed(value: unknown): boolean {
  return value instanceof Assumed;
}

/** Whether a request to this host name (empty: unknown), on any port, can have the assumed host. */
export function isHostPossible(assumed: unknown, host: string): boolean {
  const value = assumed instanceof Assumed ? assumed.value : undefined;
  return host === '' || typeof value !== 'string' || value === host || value.startsWith(`${host}:`);
}

interface Finder {
  on(method: string, path: string, options: object, handler: () => void, store: FastifyRegistration): void;
  find(method: string, path: string, constraints: DerivedConstraints): { readonly store: FastifyRegistration } | null;
}

/** The routes with one method and path. find-my-way itself chooses between their constraints. */
export class ConstraintTable {
  /** Names of the routes' constraints. */
  readonly names: readonly string[];
  /** The route without constraints. */
  readonly unconstrained: FastifyRegistration | undefined;
  /** The route that is there for every request, or else the first one. */
  readonly first: FastifyRegistration;
  /** Constraints that the first route meets; `undefined` where Fastify's own router cannot evaluate them. */
  readonly ofFirst: DerivedConstraints | undefined;
  private finder: Finder | undefined;

  /** @param registrations at least one */
  constructor(
    readonly registrations: readonly FastifyRegistration[],
    private readonly strategies: readonly ConstraintStrategy[],
  ) {
    this.names = [...new Set(registrations.flatMap(({ constraints }) => Object.keys(constraints)))];
    this.unconstrained = registrations.find(({ constraints }) => Object.keys(constraints).length === 0);
    this.first = this.unconstrained ?? registrations[0]!;
    const { version, ...others } = this.first.constraints;
    this.ofFirst =
      Object.keys(others).length > 0 ? undefined : version === undefined ? {} : { version: [version].flat()[0] };
  }

  find(constraints: DerivedConstraints): FastifyRegistration | undefined {
    this.finder ??= this.makeFinder();
    return this.finder.find('GET', '/', constraints)?.store;
  }

  private makeFinder(): Finder {
    const strategies = this.strategies.map((strategy) => [strategy.name, { ...strategy }] as const);
    const finder = findMyWay({ constraints: Object.fromEntries(strategies) as never }) as unknown as Finder;
    for (const registration of this.registrations) {
      try {
        finder.on('GET', '/', { constraints: registration.constraints }, () => undefined, registration);
      } catch {
        // Fastify has refused the route, too.
      }
    }
    return finder;
  }
}
