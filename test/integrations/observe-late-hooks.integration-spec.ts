import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CorsModule } from '../../lib/index.js';
import {
  type ApplicationSetup,
  PLATFORMS,
  type RunningApplication,
  corsHeaders,
  startApplication,
} from '../support/application.js';

const APP = 'https://app.example.com';

type Hook = (request: { method: string }, response: unknown, done: (error?: unknown) => void) => void;

const seen: string[] = [];
const observe: Hook = ({ method }, _response, done) => {
  seen.push(method);
  done();
};

function takeSlot(app: { httpAdapter: unknown } | INestApplication): void {
  const adapter = 'httpAdapter' in app ? app.httpAdapter : app.getHttpAdapter();
  (adapter as { setOnRequestHook(hook: Hook): void }).setOnRequestHook(observe);
}

@Injectable()
class TakesInConstructor {
  constructor(host: HttpAdapterHost) {
    takeSlot(host);
  }
}

@Injectable()
class TakesInModuleInit implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}
  onModuleInit() {
    takeSlot(this.host);
  }
}

@Injectable()
class TakesInBootstrap implements OnApplicationBootstrap {
  constructor(private readonly host: HttpAdapterHost) {}
  onApplicationBootstrap() {
    takeSlot(this.host);
  }
}

@Module({ providers: [TakesInBootstrap] })
class AgentModule {}

@Controller()
class RootController {
  @Get()
  read() {
    return 'read';
  }
}

const cors: DynamicModule = CorsModule.forRoot({ origin: APP });
const setup: ApplicationSetup = { cors: false, controllers: [RootController] };

describe.each(PLATFORMS)("other owners of the request hook's only slot, on %s", (platform) => {
  let application: RunningApplication | undefined;

  afterEach(async () => {
    await application?.close();
    application = undefined;
    seen.length = 0;
  });

  async function start(more: Partial<ApplicationSetup>) {
    application = await startApplication(platform, 'NestFactory', { ...setup, ...more });
    return application;
  }

  it.each<[string, Partial<ApplicationSetup>]>([
    ['in a constructor', { imports: [cors], providers: [TakesInConstructor] }],
    ['in onModuleInit', { imports: [cors], providers: [TakesInModuleInit] }],
    [
      'in onModuleInit, of a module before',
      { imports: [{ module: AgentModule, providers: [TakesInModuleInit] }, cors] },
    ],
    ['in main.ts, before listen()', { imports: [cors], configure: takeSlot }],
    ['in onApplicationBootstrap, of a module before', { imports: [AgentModule, cors] }],
    ['in onApplicationBootstrap, of a module after', { imports: [cors, AgentModule] }],
    ['in onApplicationBootstrap, of the root module', { imports: [cors], providers: [TakesInBootstrap] }],
  ])('taken %s: works together with CORS', async (_, more) => {
    const { from, preflight, logger } = await start(more);
    expect(corsHeaders(await from(APP, '/'))).toEqual({ 'access-control-allow-origin': APP });
    expect((await preflight(APP, 'GET', '/')).status).toBe(204);
    expect((await preflight('https://stranger.example', 'GET', '/')).status).toBe(403);
    expect(seen).toEqual(['GET', 'OPTIONS', 'OPTIONS']);
    expect(logger.errors).toEqual([]);
  });

  it('taken when the application listens: works together with CORS', async () => {
    const { app, from, preflight } = await start({ imports: [cors] });
    takeSlot(app);
    expect(corsHeaders(await from(APP, '/'))).toEqual({ 'access-control-allow-origin': APP });
    expect((await preflight(APP, 'GET', '/')).status).toBe(204);
    expect((await preflight('https://stranger.example', 'GET', '/')).status).toBe(403);
    expect(seen).toEqual(['GET', 'OPTIONS', 'OPTIONS']);
  });
});
