import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { ModuleRef, REQUEST } from '@nestjs/core';
import { CorsConfigurationError, type OriginLookup } from '../../lib/index.js';
import {
  PLATFORMS,
  RecordingLogger,
  corsHeaders,
  createApplication,
  startApplication,
} from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

let visits = 0;

@Injectable({ scope: Scope.REQUEST })
class Visit {
  readonly number = ++visits;
  constructor(@Inject(REQUEST) readonly request: unknown) {}
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class TenantData {
  readonly number = ++visits;
}

const lookup = { isOriginAllowed: () => true } satisfies OriginLookup;

@Injectable({ scope: Scope.REQUEST })
class RequestScoped implements OriginLookup {
  isOriginAllowed = lookup.isOriginAllowed;
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient implements OriginLookup {
  isOriginAllowed = lookup.isOriginAllowed;
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Durable implements OriginLookup {
  isOriginAllowed = lookup.isOriginAllowed;
}

@Injectable()
class DependsOnRequest implements OriginLookup {
  constructor(readonly visit: Visit) {}
  isOriginAllowed = lookup.isOriginAllowed;
}

@Injectable()
class DependsOnDurable implements OriginLookup {
  constructor(readonly data: TenantData) {}
  isOriginAllowed = lookup.isOriginAllowed;
}

/** A singleton: it resolves what is request-scoped itself. */
@Injectable()
class Resolving implements OriginLookup {
  constructor(private readonly modules: ModuleRef) {}
  async isOriginAllowed(origin: string) {
    const data = await this.modules.resolve(TenantData, undefined, { strict: false });
    return origin === APP && data.number > 0;
  }
}

describe.each(PLATFORMS)('lookups that are not the same for every request, on %s', (platform) => {
  it.each([
    ['request-scoped', RequestScoped, []],
    ['transient', Transient, []],
    ['durable', Durable, []],
    ['one that depends on a request-scoped provider', DependsOnRequest, [Visit]],
    ['one that depends on a durable provider', DependsOnDurable, [TenantData]],
    [
      'one behind a symbol',
      Symbol.for('lookup'),
      [{ provide: Symbol.for('lookup'), useClass: RequestScoped, scope: Scope.REQUEST }],
    ],
    [
      'one that a factory makes for each request',
      'lookup',
      [{ provide: 'lookup', useFactory: () => lookup, scope: Scope.REQUEST }],
    ],
  ])('boot: are refused: %s', async (_, originLookup, providers) => {
    const app = await createApplication(
      platform,
      'NestFactory',
      {
        cors: { originLookup },
        providers: [...providers, ...(typeof originLookup === 'function' ? [originLookup] : [])],
      },
      new RecordingLogger(),
    );
    const error: unknown = await app.init().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CorsConfigurationError);
    expect((error as CorsConfigurationError).problems.map(({ code }) => code)).toEqual(['lookup-not-singleton']);
    await app.close();
  });

  it('singletons that resolve request-scoped providers themselves: are accepted', async () => {
    const application = await startApplication(platform, 'NestFactory', {
      providers: [Resolving, TenantData],
      cors: { originLookup: Resolving },
    });
    const { from, preflight } = application;
    expect((await preflight(APP, 'GET', '/nowhere')).status).toBe(204);
    expect((await preflight(STRANGER, 'GET', '/nowhere')).status).toBe(403);
    expect(corsHeaders(await from(APP, '/nowhere'))).toEqual({ 'access-control-allow-origin': APP });
    await application.close();
  });
});
