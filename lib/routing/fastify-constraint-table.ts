import findMyWay from 'find-my-way';
import type { ConstraintStrategy, DerivedConstraints } from './fastify-constraints.js';
import type { FastifyRegistration } from './fastify-registrations.js';

interface Finder {
  on(method: string, path: string, options: object, handler: () => void, store: FastifyRegistration): void;
  find(method: string, path: string, constraints: DerivedConstraints): { readonly store: FastifyRegistration } | null;
}

/** Routes that have method and path in common, by their constraints. The choice is find-my-way's own. */
export class ConstraintTable {
  private readonly finder: Finder;

  constructor(registrations: readonly FastifyRegistration[], strategies: readonly ConstraintStrategy[]) {
    this.finder = findMyWay({
      constraints: Object.fromEntries(strategies.map((strategy) => [strategy.name, { ...strategy }])) as never,
    }) as unknown as Finder;
    for (const registration of registrations) {
      try {
        this.finder.on('GET', '/', { constraints: registration.constraints }, () => undefined, registration);
      } catch {
        // Fastify has refused it as well.
      }
    }
  }

  find(constraints: DerivedConstraints): FastifyRegistration | undefined {
    return this.finder.find('GET', '/', constraints)?.store;
  }
}
