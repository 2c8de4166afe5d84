/**
 * A constraint strategy for Fastify, as an application brings one along: `@RouteConstraints({ tier: 'gold' })` and the header
 * `x-tier`. Stateless, so that several applications may have it.
 */
export function headerConstraint(name: string, mustMatchWhenDerived = false) {
  return {
    name,
    mustMatchWhenDerived,
    validate: () => undefined,
    storage() {
      const stores = new Map<unknown, unknown>();
      return {
        get: (value: unknown) => stores.get(value) ?? null,
        set: (value: unknown, store: unknown) => void stores.set(value, store),
      };
    },
    deriveConstraint: ({ headers }: { headers: Record<string, string | undefined> }) => headers[`x-${name}`],
  };
}
