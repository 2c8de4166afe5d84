import {
  All,
  Controller,
  Get,
  Head,
  Module,
  Options,
  Post,
  Put,
  RequestMapping,
  RequestMethod,
  Scope,
  type Type,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import type { AdapterName } from './observed-application.js';

/** The methods that the installed Nest has decorators for. */
export const nestMethods = Object.values(RequestMethod).filter(
  (method): method is keyof typeof RequestMethod => typeof method === 'string' && method !== 'ALL',
);

/** A controller made at run time: method name -> method and path. */
export function controllerOf(
  name: string,
  options: Parameters<typeof Controller>[0] | string | string[],
  handlers: Readonly<
    Record<string, { method?: RequestMethod; path: string | string[]; decorators?: MethodDecorator[] }>
  >,
): Type {
  const controller = { [name]: class {} }[name] as Type;
  for (const [methodName, { method = RequestMethod.GET, path, decorators = [] }] of Object.entries(handlers)) {
    const handler = { [methodName]: () => methodName }[methodName]!;
    const descriptor = { value: handler, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(controller.prototype, methodName, descriptor);
    for (const decorate of [RequestMapping({ method, path }), ...decorators]) {
      decorate(controller.prototype, methodName, descriptor);
    }
  }
  Controller(options as never)(controller);
  return controller;
}

@Controller('cats')
class CatsController {
  @Get() findAll() {}
  @Get('special') special() {}
  @Get(':id') findOne() {}
  @Get('late') shadowedByParameter() {}
  @Post() create() {}
  @Put(':id') replace() {}
  @Get(':id/kittens/:kitten') kitten() {}
  @Get(':from-:to') range() {}
  @Get('photo/:name.:ext') photo() {}
}

@Controller('cats')
class MoreCatsController {
  @Options() describe() {}
  @All('any') any() {}
  @Get('any/:id') anyOne() {}
}

@Controller('all')
class AllController {
  @All(':id') all() {}
  @Get(':id/details') details() {}
}

@Controller(['dogs', 'hounds'])
class DogsController {
  @Get(['', 'list', 'l/:page']) list() {}
  @Head('headed') headFirst() {}
  @Get('headed') headed() {}
  @Get('Mixed/Case') mixedCase() {}
  @Get('caf\u00e9') accented() {}
  @Get('a%20b') encoded() {}
}

class Inherited {
  @Get('shared') shared() {}
  @Get('shared/:id') sharedOne() {}
}
@Controller('left')
class LeftController extends Inherited {}
@Controller('right')
class RightController extends Inherited {
  @Get('own') own() {}
  override sharedOne() {}
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  @Get(':id') one() {}
}

@Controller({ path: 'hosted', host: 'one.example' })
class OneHostController {
  @Get() get() {}
  @Get('only-one') only() {}
}
@Controller({ path: 'named-host', host: [':tenant.example', /^t\d+\.test$/] })
class TenantHostController {
  @Get() get() {}
}

@Controller()
class RootController {
  @Get() root() {}
  @Get('healthz') healthz() {}
  @Get('x/y/z/:a/:b/:c/:d/:e') deep() {}
}

const EveryMethodController = controllerOf(
  'EveryMethodController',
  'methods',
  Object.fromEntries(
    nestMethods.map((method) => [method.toLowerCase(), { method: RequestMethod[method], path: method.toLowerCase() }]),
  ),
);

@Controller('nested')
class NestedController {
  @Get(':id') one() {}
}
@Module({ controllers: [NestedController] })
class NestedModule {}
@Controller('deeper')
class DeeperController {
  @Get() get() {}
}
@Module({ controllers: [DeeperController] })
class DeeperModule {}

/** Paths that only one of the routers can take. */
function ownPaths(adapter: AdapterName): Type[] {
  if (adapter === 'fastify') {
    return [
      controllerOf('WildController', 'wild', { star: { path: '*' }, fixed: { path: 'fixed' } }),
      controllerOf('OptionalController', 'optional', { one: { path: ':id?' } }),
      controllerOf('PatternController', 'pattern', {
        digits: { path: ':id(^\\d+$)' },
        at: { path: 'at/:user@:place' },
      }),
    ];
  }
  return [
    controllerOf('WildController', 'wild', {
      named: { path: 'n/*path' },
      legacy: { path: 'legacy/*' },
      optional: { path: 'o/{*path}' },
      fixed: { path: 'o/fixed' },
    }),
    controllerOf('OptionalController', 'optional', { one: { path: 'users{/:id}' }, suffix: { path: 'file{.:ext}' } }),
    controllerOf('EarlyParameterController', '', { any: { path: 'early-:id/b' }, fixed: { path: 'early-1/b' } }),
    controllerOf('CatchAllController', '', { rest: { path: 'rest/*path' } }),
    controllerOf('HostedFallbackController', 'hosted', { get: { path: '' }, other: { path: ':other' } }),
  ];
}

/** An application with everything in it that decides where a request goes, save versions. */
export function kitchenSink(adapter: AdapterName): Type {
  const controllers = [
    CatsController,
    MoreCatsController,
    AllController,
    DogsController,
    LeftController,
    RightController,
    ScopedController,
    OneHostController,
    TenantHostController,
    RootController,
    EveryMethodController,
    ...ownPaths(adapter),
  ];
  @Module({
    imports: [
      NestedModule,
      DeeperModule,
      RouterModule.register([
        { path: 'outer/:tenant', module: NestedModule, children: [{ path: 'inner', module: DeeperModule }] },
      ]),
    ],
    controllers,
  })
  class KitchenSinkModule {}
  return KitchenSinkModule;
}
