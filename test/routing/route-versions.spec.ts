import { Controller, Get, Version, VERSION_NEUTRAL, type VersioningOptions, VersioningType } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { readRoutes } from '../../lib/routing/route-table.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { policy } from '../decision/policies.js';
import { modulesOf } from './declared-controllers.js';

describe('route version', () => {
  const adapter: RouterAdapter = { getInstance: () => undefined, applyVersionFilter: (handler) => handler };

  @Controller({ path: 'a', version: '1' })
  class VersionedController {
    @Get('own') @Version(['2', '3']) own() {}
    @Get('controllers') controllers() {}
  }
  @Controller('b')
  class PlainController {
    @Get('own') @Version('4') own() {}
    @Get('none') none() {}
  }

  async function versions(versioning?: VersioningOptions) {
    const config = new ApplicationConfig();
    if (versioning !== undefined) {
      config.enableVersioning(versioning);
    }
    const modules = modulesOf(undefined, VersionedController, PlainController);
    const routes = await readRoutes({ modules, config, adapter }, () => policy());
    return routes.map(({ path, version }) => [path, version]);
  }

  it('handler, controller and default: the nearest one counts', async () => {
    const header = { type: VersioningType.HEADER, header: 'x-version' } as const;
    const own = [
      ['/a/own', ['2', '3']],
      ['/a/controllers', '1'],
      ['/b/own', '4'],
    ];
    expect(await versions(header)).toEqual([...own, ['/b/none', undefined]]);
    expect(await versions({ ...header, defaultVersion: VERSION_NEUTRAL })).toEqual([
      ...own,
      ['/b/none', VERSION_NEUTRAL],
    ]);
  });

  it('version in the path: is not a constraint', async () => {
    expect(await versions({ type: VersioningType.URI, defaultVersion: '5' })).toEqual([
      ...[
        ['/v2/a/own', undefined],
        ['/v3/a/own', undefined],
        ['/v1/a/controllers', undefined],
      ],
      ...[
        ['/v4/b/own', undefined],
        ['/v5/b/none', undefined],
      ],
    ]);
  });

  it('no versioning: is ignored', async () => {
    expect(await versions()).toEqual([
      ...[
        ['/a/own', undefined],
        ['/a/controllers', undefined],
      ],
      ...[
        ['/b/own', undefined],
        ['/b/none', undefined],
      ],
    ]);
  });
});
