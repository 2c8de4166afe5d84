import type { PolicyEntry } from '../policy/effective-policy.js';
import { functionMetadata } from '../support/function-metadata.js';

// Symbol.for, because the ESM and the CommonJS build may be loaded side by side, and have to share the metadata.
const POLICY_METADATA = Symbol.for('nestjs-cors:policy');
const MEMBERS_METADATA = Symbol.for('nestjs-cors:members');
const METHOD_METADATA = Symbol.for('nestjs-cors:method');
/** Written by TypeScript (`emitDecoratorMetadata`) for each decorated member. */
const TYPE_METADATA = 'design:type';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- what a decorator is put on is any function
type Target = Function;

/** Name of a member of a class. */
export type MemberKey = string | symbol;

/** A decorated class. */
export interface DecoratedClass {
  readonly name: string;
  readonly prototype: object;
}

/** A decorator on a member, not on a class. */
export interface DecoratedMember {
  /** `undefined` for a parameter of the constructor. */
  readonly key: MemberKey | undefined;
  readonly isParameter: boolean;
  readonly entry: PolicyEntry;
}

/** An entry on a function, with the decorated prototype, because several classes may share one function. */
interface OwnedEntry {
  readonly owner: object;
  readonly entry: PolicyEntry;
}

const NONE: readonly PolicyEntry[] = [];
const NO_OWNED: readonly OwnedEntry[] = [];
const NO_MEMBERS: readonly DecoratedMember[] = [];

/**
 * Adds a decorator's entry to its class. A second entry is stored, too, and reported at boot. The prototype also gets the entries,
 * because other decorators may replace the class but not its prototype.
 */
export function addClassEntry(target: Target, entry: PolicyEntry): void {
  const { prototype } = target as { prototype: unknown };
  const holder = isObject(prototype) ? prototype : target;
  const entries = [...(ownEntries(holder) ?? NONE), entry];
  Reflect.defineMetadata(POLICY_METADATA, entries, holder);
  Reflect.defineMetadata(POLICY_METADATA, entries, target);
}

/**
 * Adds a decorator's entry to a member. It is stored under class and property, because other decorators may replace the function.
 * It is also stored on the function, whose metadata some libraries copy to a wrapper in a subclass.
 */
export function addMemberEntry(target: object, member: DecoratedMember, method: unknown): void {
  const members = (Reflect.getOwnMetadata(MEMBERS_METADATA, target) ?? NO_MEMBERS) as readonly DecoratedMember[];
  Reflect.defineMetadata(MEMBERS_METADATA, [...members, member], target);
  const { key, isParameter, entry } = member;
  if (isParameter || key === undefined) {
    return;
  }
  Reflect.defineMetadata(POLICY_METADATA, [...(ownEntries(target, key) ?? NONE), entry], target, key);
  // An inherited function belongs to the base class.
  if (typeof method === 'function' && Object.hasOwn(target, key)) {
    Reflect.defineMetadata(METHOD_METADATA, [...ownedEntries(method), { owner: target, entry }], method);
  }
}

/** The entries of a class, or else of the nearest base class with a decorator, as everywhere in Nest. */
export function readClassEntries(target: DecoratedClass): readonly PolicyEntry[] {
  const onTarget = ownEntries(target);
  if (onTarget !== undefined) {
    return onTarget;
  }
  for (const prototype of prototypesOf(target)) {
    const entries = ownEntries(prototype) ?? ownEntriesOfConstructor(prototype);
    if (entries !== undefined) {
      return entries;
    }
  }
  return (Reflect.getMetadata(POLICY_METADATA, target) ?? NONE) as readonly PolicyEntry[];
}

/**
 * The entries of a method. The nearest class with the property decides: an override does not inherit entries.
 * @param keys of the metadata on the function, where they are known
 */
export function readMethodEntries(
  target: DecoratedClass,
  name: string,
  keys?: readonly unknown[],
): readonly PolicyEntry[] {
  const prototypes = prototypesOf(target);
  const isOnPropertyAlone =
    prototypes.length === 1 && keys?.includes(METHOD_METADATA) === false && !keys.includes(POLICY_METADATA);
  return isOnPropertyAlone ? (ownEntries(prototypes[0]!, name) ?? NONE) : entriesInChain(prototypes, name);
}

/** The entries of the method that this class overrides. */
export function readOverriddenEntries(target: DecoratedClass, name: string): readonly PolicyEntry[] {
  const prototypes = prototypesOf(target);
  const owner = prototypes.findIndex((prototype) => Object.hasOwn(prototype, name));
  return entriesInChain(prototypes.slice(owner + 1), name);
}

/** Decorators on the members of a prototype, or on a class's static members and its constructor's parameters. */
export function readMembers(holder: object): readonly DecoratedMember[] {
  return (Reflect.getOwnMetadata(MEMBERS_METADATA, holder) ?? NO_MEMBERS) as readonly DecoratedMember[];
}

/** The prototype of a class and those of its base classes, nearest first. */
export function prototypesOf({ prototype }: DecoratedClass): object[] {
  const prototypes: object[] = [];
  for (
    let current: object | null = prototype;
    current !== null && current !== Object.prototype;
    current = Object.getPrototypeOf(current) as object | null
  ) {
    prototypes.push(current);
  }
  return prototypes;
}

function entriesInChain(prototypes: readonly object[], name: string): readonly PolicyEntry[] {
  for (const [index, prototype] of prototypes.entries()) {
    const entries = ownEntries(prototype, name) ?? entriesOfFunction(prototypes.slice(index), name);
    if (entries !== undefined) {
      return entries;
    }
    if (Object.hasOwn(prototype, name) && !isWrapper(prototype, prototypes.slice(index + 1), name)) {
      return NONE;
    }
  }
  return NONE;
}

/** The entries in the metadata of the first class's method, which may be copied from a base class to a wrapper. */
function entriesOfFunction(prototypes: readonly object[], name: string): readonly PolicyEntry[] | undefined {
  const method = methodOf(prototypes[0]!, name);
  if (method === undefined) {
    return undefined;
  }
  const owned = ownedEntries(method).filter(({ owner }) => prototypes.includes(owner));
  // Standard (TC39) decorators know the function only.
  return owned.length > 0
    ? owned.map(({ entry }) => entry)
    : (functionMetadata(POLICY_METADATA, method) as readonly PolicyEntry[] | undefined);
}

function ownedEntries(method: object): readonly OwnedEntry[] {
  return (functionMetadata(METHOD_METADATA, method) ?? NO_OWNED) as readonly OwnedEntry[];
}

/**
 * Whether code has overridden an inherited method, such as a class decorator that wraps every handler in a subclass. Such a method
 * has metadata, but TypeScript has written types for the inherited method only.
 */
function isWrapper(prototype: object, bases: readonly object[], name: string): boolean {
  const overridden = bases.find((base) => Object.hasOwn(base, name));
  return (
    overridden !== undefined && mayBeWrapper(prototype, name) && Reflect.hasOwnMetadata(TYPE_METADATA, overridden, name)
  );
}

/** Whether a class's own method may be a wrapper: without types, and not written under its name in the class body. */
function mayBeWrapper(prototype: object, name: string): boolean {
  const method = methodOf(prototype, name);
  return (
    method !== undefined &&
    Reflect.getOwnMetadataKeys(method).length > 0 &&
    !Reflect.hasOwnMetadata(TYPE_METADATA, prototype, name) &&
    !isWrittenAs(name, method)
  );
}

/** Generic wrappers are not written under the name of the method. */
function isWrittenAs(name: string, method: Target): boolean {
  const source = Function.prototype.toString.call(method).replace(/^async\s+/, '');
  return source
    .replace(/^\*\s*/, '')
    .replace(/^(['"])(.*?)\1/, '$2')
    .startsWith(`${name}(`);
}

/**
 * Whether an entry may be lost: a function without entries overrides, or is, a decorated method of another class.
 * @param keys of the metadata on the function
 */
export function mayLackEntries(target: DecoratedClass, name: string, keys: readonly unknown[]): boolean {
  const prototypes = prototypesOf(target);
  const isOnFunction = keys.includes(METHOD_METADATA);
  // Most handlers have neither, and this check is the cheapest one.
  if (prototypes.length === 1 && !isOnFunction) {
    return false;
  }
  const owner = prototypes.find((prototype) => Object.hasOwn(prototype, name));
  const method = owner && methodOf(owner, name);
  return (
    method !== undefined &&
    ((isOnFunction && ownedEntries(method).length > 0) ||
      (readOverriddenEntries(target, name).length > 0 && mayBeWrapper(owner!, name))) &&
    readMethodEntries(target, name).length === 0
  );
}

function methodOf(prototype: object, name: string): Target | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
  return typeof value === 'function' ? (value as Target) : undefined;
}

function ownEntries(holder: object, key?: MemberKey): readonly PolicyEntry[] | undefined {
  const entries =
    key === undefined
      ? Reflect.getOwnMetadata(POLICY_METADATA, holder)
      : Reflect.getOwnMetadata(POLICY_METADATA, holder, key);
  return entries as readonly PolicyEntry[] | undefined;
}

/** A class with copied metadata has the entries on itself, not on its prototype. */
function ownEntriesOfConstructor(prototype: object): readonly PolicyEntry[] | undefined {
  const owner: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof owner === 'function' ? ownEntries(owner) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
