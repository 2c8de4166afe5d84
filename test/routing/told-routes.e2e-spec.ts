import { Controller, Get, Module, type Type, VERSION_NEUTRAL, Version, VersioningType } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { CorsModule } from '../../lib/index.js';
import { RunningEvaluator } from '../../lib/request/running-evaluator.js';
import { CorsPolicyRegistry } from '../../lib/routing/policy-registry.js';
import { RegisteredRoutes } from '../../lib/routing/registered-routes.js';
import type { RegisteredRoute } from '../../lib/routing/route.js';
import { readRoutes } from '../../lib/routing/route-table.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { kitchenSink } from './kitchen-sink.js';

const hasStrategies = 'getRouteResolutionStrategy' in ApplicationConfig.prototype;

@Controller({ path: 'versions', version: '2' })
class VersionsController {
  @Get() ofController() {}
  @Version(['3', VERSION_NEUTRAL]) @Get('own') own() {}
  @RouteConstraints({ host: 'one.example' }) @Get('constrained') constrained() {}
}
@Controller('plain')
class PlainController {
  bound = () => undefined;
  @Get(['one', 'two']) several() {}
}

const versioned = { controllers: [VersionsController, PlainController] };
const versioning = { defaultVersion: '1' };

/** Boots an application with the library: its routes, those of the route table, and whether the table had to be read. */
async function boot(
  adapter: ExpressAdapter | FastifyAdapter,
  module: { readonly imports?: Type[]; readonly controllers?: Type[] },
  configure: (app: Awaited<ReturnType<typeof NestFactory.create>>) => unknown = () => undefined,
  options: object = {},
): Promise<{ routes: readonly RegisteredRoute[]; table: readonly RegisteredRoute[]; isTableRead: boolean }> {
  @Module({ ...module, imports: [CorsModule.forRoot({ logging: 'off' }), ...(module.imports ?? [])] })
  class RootModule {}
  const close = jest.spyOn(RegisteredRoutes.prototype, 'close');
  const app = await NestFactory.create(RootModule, adapter, { logger: false, abortOnError: false, ...options });
  try {
    configure(app);
    await app.init();
    const get = <T>(token: Type<T>): T => app.get(token, { strict: false });
    const registry = get(CorsPolicyRegistry);
    const table = await readRoutes(
      {
        modules: get(ModulesContainer),
        config: get(ApplicationConfig),
        adapter: adapter as unknown as RouterAdapter,
      },
      (controller, methodName) => registry.policyOf(controller as never, methodName),
    );
    return { routes: get(RunningEvaluator).evaluator.router.routes, table, isTableRead: close.mock.calls.length > 0 };
  } finally {
    await app.close();
  }
}

describe.each(['express', 'fastify'] as const)('routes that the registrations on %s tell', (name) => {
  afterEach(() => void jest.restoreAllMocks());

  const adapter = () => (name === 'express' ? new ExpressAdapter() : new FastifyAdapter());
  // Express has no constraints.
  const comparable = (routes: readonly RegisteredRoute[]) =>
    name === 'fastify' ? routes : routes.map((route) => ({ ...route, constraints: undefined }));

  it.each([
    ['an application with everything', { imports: [kitchenSink(name)] }, (app) => app.setGlobalPrefix('api')],
    [
      'versions in headers',
      versioned,
      (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'v', ...versioning }),
    ],
    ['versions in paths', versioned, (app) => app.enableVersioning({ type: VersioningType.URI, ...versioning })],
    ['versions that are off', versioned, () => undefined],
  ] as [string, Parameters<typeof boot>[1], Parameters<typeof boot>[2]][])(
    'all handlers registered: equal the route table, which is not read: %s',
    async (_what, module, configure) => {
      const { routes, table, isTableRead } = await boot(adapter(), module, configure);
      expect(routes.length).toBeGreaterThan(3);
      expect(comparable(routes)).toEqual(comparable(table));
      expect(isTableRead).toBe(false);
    },
  );

  // Settings of NestJS 12.
  if (hasStrategies) {
    it('sorted by Nest: equal the route table', async () => {
      const { routes, table, isTableRead } = await boot(adapter(), { imports: [kitchenSink(name)] }, undefined, {
        routeResolutionStrategy: 'specificity',
        routeConflictPolicy: { duplicate: 'off', shadow: 'off' },
      });
      expect(comparable(routes)).toEqual(comparable(table));
      expect(isTableRead).toBe(false);
    });
  }

  it('handler that was not registered: are compared with the route table', async () => {
    class OtherController {
      @Get() other() {}
    }
    @Controller('replaced')
    class ReplacedController {
      constructor() {
        return new OtherController() as unknown as ReplacedController;
      }
      @Get() lost() {}
    }
    const { routes, table, isTableRead } = await boot(adapter(), { controllers: [ReplacedController] });
    expect(routes.map(({ methodName }) => methodName)).toEqual(['other']);
    expect(comparable(routes)).toEqual(comparable(table));
    expect(isTableRead).toBe(true);
  });
});
