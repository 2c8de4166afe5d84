import { Controller, Get, Post, type Type } from '@nestjs/common';
import { ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { MODULE_PATH } from '../../lib/routing/nest-metadata.js';
import { readRoutes } from '../../lib/routing/route-table.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';

class Base {
  @Get('shared') shared() {}
}
@Controller('a')
class FirstController extends Base {
  @Post(['x', '{/optional}']) own() {}
}
@Controller('b')
class SecondController extends Base {}

function modulesOf(modulePath: string | undefined, ...controllers: Type[]): ModulesContainer {
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

const policyOf = (controller: Type, methodName: string) =>
  ({ label: `${controller.name}.${methodName}` }) as CompiledPolicy;

describe('the route table', () => {
  const bare: RouterAdapter = { getInstance: () => undefined, applyVersionFilter: (handler) => handler };

  it('is read for an adapter that takes paths as they are', async () => {
    const modules = modulesOf('module', FirstController, SecondController);
    const config = new ApplicationConfig();
    config.setGlobalPrefix('api');
    const routes = await readRoutes(
      { modules, config, adapter: Object.assign(bare, { get() {}, use() {} }) },
      policyOf,
    );
    expect(routes.map(({ method, path, policy, mounted }) => [method, path, policy.label, mounted])).toEqual([
      ['POST', '/api/module/a/x', 'FirstController.own', true],
      ['POST', '/api/module/a{/optional}', 'FirstController.own', true],
      ['GET', '/api/module/a/shared', 'FirstController.shared', false],
      ['GET', '/api/module/b/shared', 'SecondController.shared', false],
    ]);
  });

  it('has a row for each controller that inherits a handler', async () => {
    const routes = await readRoutes(
      {
        modules: modulesOf(undefined, SecondController, FirstController),
        config: new ApplicationConfig(),
        adapter: bare,
      },
      policyOf,
    );
    const shared = routes.filter(({ methodName }) => methodName === 'shared');
    expect(shared.map(({ controller, path }) => [controller, path])).toEqual([
      [SecondController, '/b/shared'],
      [FirstController, '/a/shared'],
    ]);
  });
});
