import { describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { AbstractWsAdapter, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { CorsConfigurationError, CorsPolicy, DisableCors } from '../../lib/index.js';
import { type ApplicationSetup, RecordingLogger, createApplication, startApplication } from '../support/application.js';
import { ALLOWED, echoGateway } from './gateway-application.js';

async function problemsOf(setup: ApplicationSetup): Promise<readonly (readonly [string, string, string])[]> {
  const app = await createApplication('express', 'NestFactory', setup);
  try {
    await app.init();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(CorsConfigurationError);
    return (error as CorsConfigurationError).problems.map(({ code, path, hint }) => [code, path, hint]);
  } finally {
    await app.close();
  }
}

const cors = { origin: [ALLOWED] };

/** A class under the metadata that `@Resolver()` of @nestjs/graphql leaves. */
function resolver(...decorators: ClassDecorator[]): Type {
  class OrdersResolver {
    @CorsPolicy({ origin: '*' })
    orders(): void {}
  }
  Reflect.defineMetadata('graphql:resolver_name', undefined, OrdersResolver);
  decorators.forEach((decorator) => decorator(OrdersResolver));
  return OrdersResolver;
}

describe('boot with gateways: problem', () => {
  it.each([{ origin: '*' }, true])('`cors` option of a gateway: is reported: %j', async (option) => {
    const { gateway } = echoGateway({ cors: option });
    expect(await problemsOf({ cors, providers: [gateway] })).toEqual([
      ['gateway-cors-option', 'EchoGateway: cors', expect.stringContaining('@CorsPolicy()')],
    ]);
    expect(await problemsOf({ cors: { ...cors, gateways: false }, providers: [gateway] })).toEqual([]);
  });

  it('policy on a handler of messages: names the handler', async () => {
    class OrdersGateway {
      @SubscribeMessage('list')
      @CorsPolicy({ origin: '*' })
      list(): void {}

      @DisableCors()
      handleConnection(): void {}
    }
    WebSocketGateway()(OrdersGateway);
    expect(await problemsOf({ cors, providers: [OrdersGateway] })).toEqual([
      ['misplaced-decorator', 'OrdersGateway.list', 'Move it above the class of the gateway.'],
      ['misplaced-decorator', 'OrdersGateway.handleConnection', 'Move it above the class of the gateway.'],
    ]);
  });

  it('policy on a resolver: names the path of the endpoint', async () => {
    const providers = [resolver(DisableCors()), { provide: 'GqlModuleOptions', useValue: { path: 'api/graph' } }];
    const hint = "Write an entry of `paths` for the endpoint: { path: '/api/graph', policy: { … } }.";
    expect(await problemsOf({ cors, providers })).toEqual([
      ['misplaced-decorator', 'OrdersResolver', hint],
      ['misplaced-decorator', 'OrdersResolver.orders', hint],
    ]);
  });

  it('policy on a resolver below the global prefix: names the whole path', async () => {
    const app = await createApplication('express', 'NestFactory', {
      cors,
      providers: [resolver(), { provide: 'GqlModuleOptions', useValue: { useGlobalPrefix: true } }],
      configure: (configured) => void configured.setGlobalPrefix('v1'),
    });
    await expect(app.init()).rejects.toMatchObject({
      problems: [{ hint: expect.stringContaining("'/v1/graphql'") }],
    });
    await app.close();
  });

  it('gateways of one server with different credentials: is reported', async () => {
    const first = echoGateway({ namespace: 'a' }, 0, CorsPolicy({ credentials: true })).gateway;
    const second = echoGateway({ namespace: 'b' }, 0, CorsPolicy({ origin: '*' })).gateway;
    const elsewhere = echoGateway({ path: '/c' }, 0, CorsPolicy({ origin: '*' })).gateway;
    expect(await problemsOf({ cors, providers: [first, second, elsewhere] })).toEqual([
      ['gateway-credentials-differ', 'EchoGateway: credentials', expect.stringContaining('`path`')],
    ]);
  });

  it('adapter that cannot be guarded: is listed with the other problems', async () => {
    class OtherAdapter extends AbstractWsAdapter {
      create(): unknown {
        return { on: () => undefined, close: (done: () => void) => done() };
      }
      bindMessageHandlers(): void {}
    }
    const configure: ApplicationSetup['configure'] = (app) => void app.useWebSocketAdapter(new OtherAdapter(app));
    const { gateway } = echoGateway();
    const setup = { cors: { ...cors, maxAge: -1 }, providers: [gateway], configure };
    expect(await problemsOf(setup)).toEqual([
      ['out-of-range', 'maxAge', expect.any(String)],
      ['gateway-not-guarded', 'EchoGateway', expect.stringContaining('gateways: false')],
    ]);
    expect(await problemsOf({ ...setup, cors: { gateways: false } })).toEqual([]);
  });

  it.each(['on', true, 7])(
    '`gateways` option that is neither a policy nor false: is reported: %j',
    async (gateways) => {
      const [problem] = await problemsOf({ cors: { ...cors, gateways: gateways as never } });
      expect(problem).toEqual([gateways === 'on' ? 'unknown-policy' : 'invalid-value', 'gateways', expect.any(String)]);
    },
  );
});

describe('boot with gateways: warning', () => {
  it('gateway that offers WebTransport: warns', async () => {
    const logger = new RecordingLogger();
    const { gateway } = echoGateway({ transports: ['websocket', 'webtransport'] });
    const app = await createApplication('express', 'NestFactory', { cors, providers: [gateway] }, logger);
    await app.init();
    expect(logger.warnings).toEqual([expect.stringContaining('offer WebTransport: EchoGateway')]);
    await app.close();
  });

  it('gateways that have policies alone: no warning', async () => {
    const { gateway } = echoGateway({ cors: false }, 0, CorsPolicy({ credentials: true }));
    const { logger, close } = await startApplication('express', 'NestFactory', { cors, providers: [gateway] });
    expect([...logger.warnings, ...logger.errors]).toEqual([]);
    await close();
  });
});
