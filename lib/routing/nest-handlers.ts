import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { PATH_METADATA } from './nest-metadata.js';

/** A controller class. */
export interface Controller {
  readonly name: string;
  readonly prototype: Record<string, unknown>;
  new (...args: never[]): unknown;
}

/** The handler methods of every controller of the application, inherited ones included, as Nest's PathsExplorer sees them. */
export function handlersOf(
  modules: ModulesContainer,
): { readonly controller: Controller; readonly methodName: string }[] {
  const scanner = new MetadataScanner();
  return [...modules.values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => {
      const controller = metatype as unknown as Controller;
      return scanner
        .getAllMethodNames(controller.prototype)
        .filter((methodName) => Reflect.hasMetadata(PATH_METADATA, controller.prototype[methodName] as object))
        .map((methodName) => ({ controller, methodName }));
    }),
  );
}
