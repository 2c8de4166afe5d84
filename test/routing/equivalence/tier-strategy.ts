/** A constraint strategy that the application brings along: `@RouteConstraints({ tier })` by the header `x-tier`. */
export const tierStrategy = {
  name: 'tier',
  mustMatchWhenDerived: false,
  validate: () => undefined,
  storage() {
    const stores = new Map<unknown, unknown>();
    return {
      get: (value: unknown) => stores.get(value) ?? null,
      set: (value: unknown, store: unknown) => void stores.set(value, store),
    };
  },
  deriveConstraint: ({ headers }: { headers: Record<string, string | undefined> }) => headers['x-tier'],
};
