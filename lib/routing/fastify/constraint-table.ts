import findMyWay from 'find-my-way';
import type { ConstraintStrategy, DerivedConstraints } from './constraints.js';
import type { FastifyRegistration } from './registrations.js';

interface Finder {
  on(method: string, path: string, options: object, handler: () => void, store: FastifyRegistration): void;
  find(method: string, path: string, constraints: DerivedConstraints): { readonly store: FastifyRegistration } | null;
}

/** Routes that have method and path in common, by their constraints. The choice is find-my-way's own. */
export class ConstraintTable {
  /** Names of the constraints that tell the routes apart. */
  readonly names: readonly string[];
  /** The route of requests of which no constraint is known. */
  readonly unconstrained: FastifyRegistration | undefined;
  private finder: Finder | undefined;

  constructor(
    readonly registrations: readonly FastifyRegistration[],
    private readonly strategies: readonly ConstraintStrategy[],
  ) {
    this.names = [...new Set(registrations.flatMap(({ constraints }) => Object.keys(constraints)))];
    this.unconstrained = registrations.find(({ constraints }) => Object.keys(constraints).length === 0);
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
        // Fastify has refused it as well.
      }
    }
    return finder;
  }
}
