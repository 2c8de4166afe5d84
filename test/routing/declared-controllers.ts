import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { MODULE_PATH } from '../../lib/routing/nest-controllers.js';

/** A container with one module, which has these controllers; `modulePath` is what `RouterModule` gave the module. */
export function modulesOf(modulePath: string | undefined, ...controllers: Type[]): ModulesContainer {
  class PlainModule {}
  if (modulePath !== undefined) {
    Reflect.defineMetadata(MODULE_PATH, modulePath, PlainModule);
  }
  const wrappers = controllers.map(
    (metatype) => [metatype, { metatype, instance: Object.create(metatype.prototype) }] as const,
  );
  const modules = new Map([['key', { metatype: PlainModule, controllers: new Map(wrappers) }]]);
  return Object.assign(modules, { applicationId: 'app' }) as unknown as ModulesContainer;
}
