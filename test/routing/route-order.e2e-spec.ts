import { Controller, Get, Module, type Type } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { disagreements } from './agreement.js';
import { controllerOf, kitchenSink } from './kitchen-sink.js';
import { nastyTargets } from './nasty-targets.js';
import { type AdapterName, closeApplications, labelOf, observe } from './observed-application.js';
import { expressRegistrations, fastifyRegistrationLog, tableAsRegistered } from './registered-routes.js';

const hasStrategies = 'getRouteResolutionStrategy' in ApplicationConfig.prototype;

function moduleOf(...controllers: Type[]): Type {
  @Module({ controllers })
  class AdHocModule {}
  return AdHocModule;
}

@Controller('pets')
class GeneralController {
  @Get(':id') any() {}
  @Get('fixed') fixed() {}
}
@Controller('pets')
class DuplicateController {
  @Get('fixed') again() {}
  @Get(':name') renamed() {}
}

describe.each<AdapterName>(['express', 'fastify'])('the order of routes on %s', (name) => {
  afterEach(closeApplications);

  // Settings of NestJS 12: older versions have nothing to observe.
  if (hasStrategies) {
    it('specificity, as the application asks: is that of the router', async () => {
      const registered = fastifyRegistrationLog();
      const observed = await observe(name, kitchenSink(name), {
        appOptions: { routeResolutionStrategy: 'specificity' },
        instance: (adapter) => registered.listen(adapter),
      });
      expect(tableAsRegistered(observed)).toEqual(
        name === 'express' ? expressRegistrations(observed) : registered.all(),
      );
      const requests = nastyTargets.map((target) => ['GET', target] as const);
      expect(await disagreements(observed, requests)).toEqual([]);
      expect((await observed.request('GET', '/cats/late')).candidates).toEqual(['CatsController.shadowedByParameter']);
    });

    it('duplicates that the application allows: are there only where the router has them', async () => {
      const observed = await observe(name, moduleOf(GeneralController, DuplicateController), {
        appOptions: {
          routeConflictPolicy: { duplicate: 'off', shadow: 'off' },
          routeResolutionStrategy: 'declaration',
        },
      }).catch(async () => {
        // `/pets/:name` is no duplicate of `/pets/:id` for Nest, but is for Fastify
        @Controller('pets')
        class SameController {
          @Get('fixed') again() {}
        }
        return observe(name, moduleOf(GeneralController, SameController), {
          appOptions: { routeConflictPolicy: { duplicate: 'off', shadow: 'off' } },
        });
      });
      const requests = ['/pets/fixed', '/pets/1', '/pets'].map((target) => ['GET', target] as const);
      expect(await disagreements(observed, requests)).toEqual([]);
      const fixed = observed.routes.filter(({ path }) => path === '/pets/fixed').map(labelOf);
      expect(fixed).toEqual(
        name === 'express' ? ['GeneralController.fixed', 'DuplicateController.again'] : ['GeneralController.fixed'],
      );
    });
  }

  it('thousands of routes: is that of the router', async () => {
    const controllers = Array.from({ length: 100 }, (_, i) =>
      controllerOf(`C${i}Controller`, `group-${i % 50}/c${i}`, {
        ...Object.fromEntries(Array.from({ length: 20 }, (_value, j) => [`fixed${j}`, { path: `fixed-${j}` }])),
        ...Object.fromEntries(Array.from({ length: 10 }, (_value, j) => [`param${j}`, { path: `p${j}/:id/x` }])),
        last: { path: ':any' },
      }),
    );
    const observed = await observe(name, moduleOf(...controllers));
    expect(observed.routes.length).toBeGreaterThan(3000);
    const groups = [0, 49, 50, 99, 100].map((i) => `/group-${i % 50}/c${i}`);
    const paths = ['', '/fixed-0', '/fixed-19', '/fixed-20', '/FIXED-3', '/p0/1/x', '/p9/%20/x', '/p9//x', '/p10/1/x'];
    const requests = groups.flatMap((group) => paths.map((path) => ['GET', `${group}${path}`] as const));
    expect(await disagreements(observed, requests)).toEqual([]);
  }, 30_000);
});
