import type { ModulesContainer } from '@nestjs/core';
import type { CorsConfigurationProblem } from '../options/problem.js';
import { type DecoratedPlace, problemAt } from '../policy/problems.js';
import { type DecoratedClass, type DecoratedMember, prototypesOf, readMembers } from './policy-metadata.js';

/**
 * Finds decorators on members that can never be a handler, in every class that Nest knows and in its base classes. The state
 * at boot counts: another decorator may have made an accessor of the method.
 */
export function misplacedDecorators(modules: ModulesContainer): readonly CorsConfigurationProblem[] {
  const seen = new Set<object>();
  const problems: CorsConfigurationProblem[] = [];
  for (const holder of [...classesOf(modules)].flatMap((known) => holdersOf(known))) {
    if (!seen.has(holder)) {
      seen.add(holder);
      problems.push(...problemsOf(holder));
    }
  }
  return problems;
}

function classesOf(modules: ModulesContainer): ReadonlySet<DecoratedClass> {
  const known = [...modules.values()].flatMap(({ metatype, controllers, providers, injectables }) => [
    metatype,
    ...[controllers, providers, injectables].flatMap((wrappers) => [...wrappers.values()].map((each) => each.metatype)),
  ]);
  // A factory provider has a function in the place of its class.
  return new Set((known as readonly unknown[]).filter(isClass));
}

function isClass(metatype: unknown): metatype is DecoratedClass {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null;
}

/** The holders of a class's members: prototypes hold instance members, classes hold static members and parameters. */
function holdersOf(known: DecoratedClass): object[] {
  const classes = prototypesOf(known).map(
    (prototype) => (prototype as { constructor: unknown }).constructor,
  ) as object[];
  return [known, ...classes, ...prototypesOf(known)];
}

function problemsOf(holder: object): CorsConfigurationProblem[] {
  return readMembers(holder).flatMap((member) => {
    const place = placeOf(holder, member);
    return place === undefined
      ? []
      : [problemAt('misplaced-decorator', memberPath(holder, member), decoratorOf(member), place)];
  });
}

/** `undefined` for an instance method, where a decorator belongs. */
function placeOf(holder: object, { key, isParameter }: DecoratedMember): DecoratedPlace | undefined {
  if (isParameter || key === undefined) {
    return 'parameter';
  }
  if (typeof holder === 'function') {
    return 'static';
  }
  const descriptor = descriptorOf(holder, key);
  if (descriptor?.get !== undefined || descriptor?.set !== undefined) {
    return 'accessor';
  }
  if (typeof descriptor?.value !== 'function') {
    return 'property';
  }
  return typeof key === 'symbol' ? 'symbol' : undefined;
}

function descriptorOf(holder: object, key: string | symbol): PropertyDescriptor | undefined {
  const owner = prototypesOf({ name: '', prototype: holder }).find((prototype) => Object.hasOwn(prototype, key));
  return owner && Object.getOwnPropertyDescriptor(owner, key);
}

function memberPath(holder: object, { key }: DecoratedMember): string {
  const { name } = typeof holder === 'function' ? holder : (holder as { constructor: { name: string } }).constructor;
  return key === undefined ? name : typeof key === 'symbol' ? `${name}[${String(key)}]` : `${name}.${key}`;
}

function decoratorOf({ entry }: DecoratedMember): unknown {
  return entry.kind === 'policy' ? entry.definition : '@DisableCors()';
}
