import type { FastifyRegistration } from './registrations.js';

/** A value that a constraint is taken to have: stands for any request for which the router chooses that value. */
class Assumed {
  constructor(readonly value: unknown) {}
}

/** Constraint values as find-my-way takes them; `undefined` members match unconstrained routes only. */
export type DerivedConstraints = Readonly<Record<string, unknown>>;

export interface ConstraintStrategy {
  readonly name: string;
  readonly mustMatchWhenDerived?: boolean;
  storage(): { get(value: unknown): unknown; set(value: unknown, store: unknown): void };
  deriveConstraint(...args: unknown[]): unknown;
}

const underivable = () => undefined;

/**
 * A constraint of which only the routes' values are known. Requests are tried with each of them; where a route without
 * the constraint would do as well depends on the strategy, so both it and the constrained one come out.
 */
export function unknownStrategy(name: string): ConstraintStrategy {
  return { name, mustMatchWhenDerived: true, storage: assumedStorage, deriveConstraint: underivable };
}

/** Fastify's own `host` constraint (find-my-way's accept-host), which can also be tried with an assumed value. */
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

/** Every combination of values that the routes tell apart, for the named constraints; `undefined` stands for any other. */
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
  // A version is what requests say; the values of other constraints need not be (expressions, ranges).
  return name === 'version' ? [value].flat() : [new Assumed(value)];
}

export function isAssumed(value: unknown): boolean {
  return value instanceof Assumed;
}

/** Whether a request to this host name (empty: not known), on whatever port, can have the host that is assumed. */
export function isHostPossible(assumed: unknown, host: string): boolean {
  const value = assumed instanceof Assumed ? assumed.value : undefined;
  return host === '' || typeof value !== 'string' || value === host || value.startsWith(`${host}:`);
}
