import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { readClassEntries, readMethodEntries } from '../decorators/policy-metadata.js';
import { PATH_METADATA } from '../routing/nest-metadata.js';

/** Classes and methods that have a CORS decorator, and that no HTTP request is routed to: `OrdersResolver.list`. */
export function straySubjects(modules: ModulesContainer): string[] {
  const scanner = new MetadataScanner();
  const subjects = new Set<string>();
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      if (isClass(metatype)) {
        decoratedMethods(metatype, scanner, false).forEach((subject) => subjects.add(subject));
      }
    }
    for (const { metatype } of module.providers.values()) {
      if (isClass(metatype) && !module.controllers.has(metatype)) {
        if (readClassEntries(metatype).length > 0) {
          subjects.add(metatype.name);
        }
        decoratedMethods(metatype, scanner, true).forEach((subject) => subjects.add(subject));
      }
    }
  }
  return [...subjects];
}

type Class = new (...args: never[]) => unknown;

/** A factory provider has a function in the place of its class; only a class has methods to decorate. */
function isClass(metatype: unknown): metatype is Class {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null;
}

function decoratedMethods(owner: Class, scanner: MetadataScanner, routedToo: boolean): string[] {
  const prototype = owner.prototype as Record<string, object>;
  return scanner
    .getAllMethodNames(prototype)
    .filter((name) => {
      const method = prototype[name] as () => unknown;
      return readMethodEntries(owner, name).length > 0 && (routedToo || !Reflect.hasMetadata(PATH_METADATA, method));
    })
    .map((name) => `${owner.name}.${name}`);
}
