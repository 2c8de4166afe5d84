import { describe, expect, it } from '@jest/globals';
import { Module, type Type } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { CorsConfigurationError, CorsInspector, type CorsModuleOptions } from '../../lib/index.js';
import {
  type ApplicationSetup,
  PLATFORMS,
  corsHeaders,
  createApplication,
  startApplication,
} from '../support/application.js';
import { viaWs } from './socket-clients.js';

const APP = 'https://app.example';
const PAGE = 'https://page.example';

/** What GraphQLModule holds: the options that were written, and those that its driver has completed. */
function graphqlModule(written: object, completed?: object): Type {
  @Module({ providers: [{ provide: 'GqlModuleOptions', useValue: written }] })
  class GraphQLModule {
    readonly completeOptions = completed;
  }
  return GraphQLModule;
}

/** What is wrong with the `paths` of an application. */
async function problemsOf(cors: CorsModuleOptions, ...imports: Type[]): Promise<readonly (readonly string[])[]> {
  const app = await createApplication('express', 'NestFactory', { cors, imports });
  try {
    await app.init();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(CorsConfigurationError);
    return (error as CorsConfigurationError).problems.map(({ code, path, message, hint }) => [
      code,
      path,
      `${message} ${hint}`,
    ]);
  } finally {
    await app.close();
  }
}

const policy = { origin: [PAGE], credentials: true };
const graphql: CorsModuleOptions = { origin: [APP], logging: 'off', paths: [{ graphql: true, policy }] };

describe.each(PLATFORMS)('`paths` entry `graphql: true` on %s', (platform) => {
  it.each([
    ['of the option', graphqlModule({ path: 'api/graph' }), '/api/graph', ''],
    ['by default', graphqlModule({}), '/graphql', ''],
    ['below the global prefix', graphqlModule({ useGlobalPrefix: true }), '/v1/graphql', 'v1'],
    ['of the option below the prefix', graphqlModule({ useGlobalPrefix: true, path: '/api' }), '/v1/api', '/v1/'],
    ['beside the global prefix', graphqlModule({}), '/graphql', 'v1'],
    ['that the driver completed', graphqlModule({ path: '/x' }, { path: '/y/graphql/' }), '/y/graphql', 'v1'],
  ])('path %s: is governed by the entry', async (_, module, path, prefix) => {
    const configure: ApplicationSetup['configure'] = (app) => void (prefix && app.setGlobalPrefix(prefix));
    const { preflight, app, close } = await startApplication(platform, 'NestFactory', {
      cors: graphql,
      imports: [module],
      configure,
    });
    const granted = await preflight(PAGE, 'POST', path, 'content-type');
    expect(corsHeaders(granted)['access-control-allow-origin']).toBe(PAGE);
    expect((await preflight(APP, 'POST', path, 'content-type')).status).toBe(403);
    expect((await preflight(APP, 'POST', '/elsewhere', 'content-type')).status).toBe(204);
    const { paths } = app.get(CorsInspector, { strict: false }).manifest();
    expect(paths).toMatchObject({ [path]: { origin: [PAGE], credentials: true } });
    await close();
  });

  it.each([
    { 'graphql-ws': { path: '/live' } },
    { 'graphql-ws': true, 'subscriptions-transport-ws': { path: 'live/' } },
    { 'graphql-ws': { path: '/live' }, 'subscriptions-transport-ws': { path: '/live' } },
  ])('subscriptions, also under a path of their own: are governed by the entry: %j', async (subscriptions) => {
    const { port, close } = await startApplication(platform, 'NestFactory', {
      cors: graphql,
      imports: [graphqlModule({ subscriptions })],
      configure: (app) => {
        const server = new WebSocketServer({ server: app.getHttpServer() as never });
        server.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())));
      },
    });
    for (const path of ['/live', '/graphql']) {
      expect(await viaWs(port, { Origin: PAGE }, path)).toEqual({ echo: 'hello' });
      expect(await viaWs(port, { Origin: APP }, path)).toMatchObject({ status: 403 });
    }
    await close();
  });

  it('entry with the path of one endpoint: wins there', async () => {
    const paths = [...(graphql.paths ?? []), { path: '/admin', policy: { origin: [APP] } }];
    const { preflight, close } = await startApplication(platform, 'NestFactory', {
      cors: { ...graphql, paths },
      imports: [graphqlModule({ path: '/admin' }), graphqlModule({ path: '/graphql' })],
    });
    expect((await preflight(PAGE, 'POST', '/admin')).status).toBe(403);
    expect((await preflight(PAGE, 'POST', '/graphql')).status).toBe(204);
    await close();
  });

  it('external: leaves the endpoints to the application', async () => {
    const { app, close } = await startApplication(platform, 'NestFactory', {
      cors: { logging: 'off', paths: [{ graphql: true, external: true }] },
      imports: [graphqlModule({})],
    });
    const inspector = app.get(CorsInspector, { strict: false });
    expect(inspector.routes()).toMatchObject([{ path: '/graphql', handler: 'paths[0]', policy: { external: true } }]);
    await close();
  });
});

describe('boot with the `paths` entry `graphql: true`: problem', () => {
  it('no endpoint: is reported', async () => {
    expect(await problemsOf(graphql)).toEqual([
      [
        'invalid-value',
        'paths[0].graphql',
        '`paths[0].graphql` must be left out where the application has no endpoint of @nestjs/graphql; got true. ' +
          "Import GraphQLModule, or write the path of the endpoint: { path: '/graphql', policy: { … } }.",
      ],
    ]);
    const empty = graphqlModule({});
    Reflect.defineMetadata('providers', [{ provide: 'GqlModuleOptions', useValue: null }], empty);
    expect(await problemsOf(graphql, empty)).toHaveLength(1);
  });

  it('endpoint whose path has parameters: is reported', async () => {
    expect(await problemsOf(graphql, graphqlModule({ path: '/:tenant/graphql' }))).toEqual([
      ['invalid-path', 'paths[0].graphql', expect.stringContaining('without wildcards and parameters')],
    ]);
  });
});
