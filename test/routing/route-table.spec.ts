import { All, Controller, Get, Post, type Type } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import { MODULE_PATH } from '../../lib/routing/nest-controllers.js';
import { readRoutes } from '../../lib/routing/route-table.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { modulesOf } from './declared-controllers.js';

class Base {
  @Get('shared') shared() {}
}
@Controller('a')
class FirstController extends Base {
  @Post(['x', '{/optional}']) own() {}
}
@Controller('b')
class SecondController extends Base {}

const policyOf = (controller: Type, methodName: string) =>
  ({ label: `${controller.name}.${methodName}` }) as CompiledPolicy;

describe('route table', () => {
  const bare: RouterAdapter = { getInstance: () => undefined, applyVersionFilter: (handler) => handler };

  it('adapter that takes paths as they are: is read', async () => {
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

  it('inherited handler: has a row for each controller', async () => {
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

  it('paths with and without a slash: are read as Nest reads them', async () => {
    @Controller(['', '/', 'one', '/two', '{/three}', 'four/'])
    class WrittenController {
      @All() all() {}
    }
    const table = async (globalPrefix: string) => {
      const config = new ApplicationConfig();
      config.setGlobalPrefix(globalPrefix);
      const routes = await readRoutes(
        { modules: modulesOf(undefined, WrittenController), config, adapter: bare },
        policyOf,
      );
      expect(new Set(routes.map(({ method }) => method))).toEqual(new Set(['*']));
      return routes.map(({ path }) => path);
    };
    expect(await table('')).toEqual(['/', '/', '/one', '/two', '{/three}', '/four']);
    for (const prefix of ['api', '/api', '/api/']) {
      expect(await table(prefix)).toEqual(['/api', '/api', '/api/one', '/api/two', '/api{/three}', '/api/four']);
    }
    expect(await table('{/api}')).toContain('{/api}/one');
  });

  it('module in several applications: has the path of this one', async () => {
    const modules = modulesOf('everywhere', SecondController);
    const paths = async () => {
      const routes = await readRoutes({ modules, config: new ApplicationConfig(), adapter: bare }, policyOf);
      return routes.map(({ path }) => path);
    };
    expect(await paths()).toEqual(['/everywhere/b/shared']);
    for (const { metatype } of modules.values()) {
      Reflect.defineMetadata(`${MODULE_PATH}app`, 'here', metatype);
      Reflect.defineMetadata(`${MODULE_PATH}other`, 'there', metatype);
    }
    expect(await paths()).toEqual(['/here/b/shared']);
  });
});
