import type { PolicyEntry } from '../policy/policy-entry.js';

// Symbol.for: the ESM and the CommonJS build of this package may be loaded side by side, and have to read each other.
const POLICY_METADATA = Symbol.for('nestjs-cors:policy');

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- what a decorator is put on is any function
type Target = Function;

const NONE: readonly PolicyEntry[] = [];

/** Adds what a decorator says to its class or method. A second decorator is kept too, to be reported at boot. */
export function addPolicyEntry(target: Target, entry: PolicyEntry): void {
  const own = (Reflect.getOwnMetadata(POLICY_METADATA, target) ?? NONE) as readonly PolicyEntry[];
  Reflect.defineMetadata(POLICY_METADATA, [...own, entry], target);
}

/** What decorators say of a class (its base classes' where it has none itself, as everywhere in Nest) or a method. */
export function readPolicyEntries(target: Target): readonly PolicyEntry[] {
  return (Reflect.getMetadata(POLICY_METADATA, target) ?? NONE) as readonly PolicyEntry[];
}
