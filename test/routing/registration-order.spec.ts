import { RequestMethod, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { inRegistrationOrder } from '../../lib/routing/registration-order.js';
import type { ResolvedRoute } from '../../lib/routing/registration-order.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';

class AnyController {}

function declared(methodName: string, path: string, method = RequestMethod.GET): ResolvedRoute {
  return {
    ...{ method, path, methodName, host: undefined, version: undefined },
    ...{ controller: AnyController, targetCallback: () => undefined },
  };
}

const adapter = (inOrder: boolean): RouterAdapter => ({
  getInstance: () => undefined,
  applyVersionFilter: (handler) => handler,
  isRouteOrderSensitive: () => inOrder,
});

const routes = [
  declared('any', '/pets/:id'),
  declared('fixed', '/pets/fixed'),
  declared('again', '/pets/fixed'),
  declared('posted', '/pets/fixed', RequestMethod.POST),
  declared('thrice', '/pets/fixed'),
];
const names = routes.map(({ methodName }) => methodName);

async function order(inOrder: boolean, configure: (config: ApplicationConfig) => void = () => undefined) {
  const config = new ApplicationConfig();
  configure(config);
  return namesOf(await inRegistrationOrder(routes, config, adapter(inOrder)));
}

const namesOf = (found: readonly ResolvedRoute[]) => found.map(({ methodName }) => methodName);
const tolerate = (config: ApplicationConfig) => config.setRouteConflictPolicy({ duplicate: 'off', shadow: 'off' });

describe('registration order of routes', () => {
  it('default: is the order of declaration', async () => {
    expect([await order(true), await order(false)]).toEqual([names, names]);
  });

  it('NestJS without the setting: is the order of declaration', async () => {
    for (const inOrder of [true, false]) {
      expect(namesOf(await inRegistrationOrder(routes, {} as ApplicationConfig, adapter(inOrder)))).toEqual(names);
    }
  });

  it('declaration, set by the application: is the order of declaration', async () => {
    expect(await order(true, (config) => config.setRouteResolutionStrategy('declaration'))).toEqual(names);
  });

  it('specificity, set by the application: counts where the router matches in order', async () => {
    const bySpecificity = (config: ApplicationConfig) => config.setRouteResolutionStrategy('specificity');
    expect(await order(true, bySpecificity)).toEqual(['fixed', 'again', 'posted', 'thrice', 'any']);
    expect(await order(false, bySpecificity)).toEqual(names);
  });

  it('duplicates that the router would refuse: are left out', async () => {
    expect(await order(false, tolerate)).toEqual(['any', 'fixed', 'posted']);
  });

  it('router that takes the first: keeps duplicates', async () => {
    expect(await order(true, tolerate)).toEqual(names);
  });

  it('routes that differ in version only: stay', async () => {
    const config = new ApplicationConfig();
    tolerate(config);
    config.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
    const versions = ['1', '2', '1'].map((version) => ({ ...declared(`v${version}`, '/pets'), version }));
    expect(namesOf(await inRegistrationOrder(versions, config, adapter(false)))).toEqual(['v1', 'v2']);
  });
});
