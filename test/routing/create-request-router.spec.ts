import { Controller, Get } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { describe, expect, it } from '@jest/globals';
import { createRequestRouter } from '../../lib/routing/create-request-router.js';
import { policy } from '../decision/policies.js';
import { modulesOf } from './declared-controllers.js';

@Controller('cats')
class CatsController {
  @Get(':id') one() {}
  @Get('all/of/them') all() {}
}
@Controller({ path: 'hosted', host: 'one.example' })
class HostedController {
  @Get() get() {}
}

const defaults = policy({ label: 'defaults' });
const files = policy({ label: 'files' });

function router(adapter = new ExpressAdapter()) {
  const config = new ApplicationConfig();
  config.setGlobalPrefix('api');
  return createRequestRouter(adapter, modulesOf(undefined, CatsController, HostedController), config, {
    defaults,
    handlers: [],
    paths: [{ path: '/files', policy: files }],
    policyOf: (controller, methodName) => policy({ label: `${controller.name}.${methodName}` }),
  });
}

describe('request router of an application', () => {
  it('routes of the application: have their policies', async () => {
    const { routes } = await router();
    expect(routes.map(({ method, path, policy: { label } }) => [method, path, label])).toEqual([
      ['GET', '/api/cats/:id', 'CatsController.one'],
      ['GET', '/api/cats/all/of/them', 'CatsController.all'],
      ['GET', '/api/hosted', 'HostedController.get'],
    ]);
  });

  it('request, by its host too: finds the route', async () => {
    const found = await router();
    const labels = (url: string, hostname: string) =>
      found.dispatched('GET', url, { hostname }).map(({ route }) => route.policy.label);
    expect(labels('/api/cats/1', 'one.example')).toEqual(['CatsController.one']);
    expect(labels('/api/hosted', 'one.example')).toEqual(['HostedController.get']);
    expect(labels('/api/hosted', 'two.example')).toEqual([]);
  });

  it('unrouted request: has the policy of the `paths` entry, or the default policy', async () => {
    const found = await router();
    expect([found.governing.fallback('/files/a'), found.governing.fallback('/cats/1')]).toEqual([files, defaults]);
  });

  it('host name: is read as the adapter does, and a missing one as empty', async () => {
    class ProxiedAdapter extends ExpressAdapter {
      override getRequestHostname(request: { headers: Record<string, string | undefined> }): string {
        return request.headers['x-forwarded-host'] as string;
      }
    }
    const { hostOf } = await router(new ProxiedAdapter());
    expect(hostOf({ headers: { 'x-forwarded-host': 'one.example' } })).toBe('one.example');
    expect([hostOf({ headers: {} }), hostOf({ headers: { 'x-forwarded-host': '' } })]).toEqual(['', '']);
  });
});
