import { describe, expect, it, jest } from '@jest/globals';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  type INestApplication,
  type NestInterceptor,
  VersioningType,
} from '@nestjs/common';
import { GuardsContextCreator } from '@nestjs/core/guards/guards-context-creator.js';
import { InterceptorsContextCreator } from '@nestjs/core/interceptors/interceptors-context-creator.js';
import { CorsPolicy } from '../../lib/index.js';
import { type ApplicationSetup, PLATFORMS, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';

@Controller('plain')
class PlainController {
  @Get()
  read() {
    return 'plain';
  }
}

@Controller('partners')
@CorsPolicy({ origin: 'https://partner.example' })
class PartnersController {
  @Get()
  read() {
    return 'partners';
  }
}

@Controller({ path: 'versioned', version: '1' })
@CorsPolicy({ origin: '*' })
class VersionedController {
  @Get()
  read() {
    return 'versioned';
  }
}

@Controller('strict')
@CorsPolicy({ rejectDisallowed: true })
class StrictController {
  @Get()
  read() {
    return 'strict';
  }
}

@Controller('vary')
class VaryController {
  @Get()
  @Header('Vary', 'Accept')
  read() {
    return 'vary';
  }
}

@Controller('all')
@CorsPolicy({ origin: '*', exposedHeaders: 'all' })
class AllController {
  @Get()
  read() {
    return 'all';
  }
}

class PassingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

const uri = (app: INestApplication) => void app.enableVersioning({ type: VersioningType.URI });
const header = (app: INestApplication) => void app.enableVersioning({ type: VersioningType.HEADER, header: 'v' });
const intercepted = (app: INestApplication) => void app.useGlobalInterceptors(new PassingInterceptor());

/** What runs on some route: what Nest keeps of the enhancers when it registers one. */
async function activeEnhancers(platform: 'express' | 'fastify', setup: ApplicationSetup) {
  const guards = jest.spyOn(GuardsContextCreator.prototype, 'create');
  const interceptors = jest.spyOn(InterceptorsContextCreator.prototype, 'create');
  try {
    const { close } = await startApplication(platform, 'NestFactory', { cors: { origin: APP }, ...setup });
    await close();
    const kept = [...guards.mock.results, ...interceptors.mock.results].flatMap(({ value }) => value as object[]);
    return [...new Set(kept.map((enhancer) => enhancer.constructor.name))];
  } finally {
    guards.mockRestore();
    interceptors.mockRestore();
  }
}

describe.each(PLATFORMS)('global guard and interceptor on %s', (platform) => {
  it('hook that can do everything: both are absent', async () => {
    expect(await activeEnhancers(platform, { controllers: [PlainController, PartnersController] })).toEqual([]);
  });

  it('versions in the path: both are absent', async () => {
    const controllers = [PlainController, VersionedController];
    expect(await activeEnhancers(platform, { controllers, configure: uri })).toEqual([]);
  });

  it('versions that a preflight does not carry: the guard is there', async () => {
    const controllers = [PlainController, VersionedController];
    expect(await activeEnhancers(platform, { controllers, configure: header })).toEqual(['CorsGuard']);
  });

  it('one policy for all versions: no guard', async () => {
    @Controller({ path: 'same', version: '1' })
    class SamePolicyController {
      @Get()
      read() {}
    }

    const controllers = [PlainController, SamePolicyController];
    expect(await activeEnhancers(platform, { controllers, configure: header })).toEqual([]);
  });

  it('policy with rejectDisallowed: the guard is there', async () => {
    expect(await activeEnhancers(platform, { controllers: [StrictController] })).toEqual(['CorsGuard']);
  });

  it('Vary overwritten by a handler or interceptor: no interceptor, the hook completes it', async () => {
    expect(await activeEnhancers(platform, { controllers: [VaryController] })).toEqual([]);
    const active = await activeEnhancers(platform, { controllers: [PlainController], configure: intercepted });
    expect(active).toEqual(['PassingInterceptor']);
  });

  it('exposedHeaders for all headers: no interceptor, the hook completes them', async () => {
    expect(await activeEnhancers(platform, { controllers: [AllController] })).toEqual([]);
  });

  it('exposedHeaders for all headers, and a path that the hook leaves alone: the interceptor is there', async () => {
    const cors = { origin: APP, paths: [{ path: '/legacy', external: true as const }] };
    expect(await activeEnhancers(platform, { controllers: [AllController], cors })).toEqual(['CorsInterceptor']);
  });
});
