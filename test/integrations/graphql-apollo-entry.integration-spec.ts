import { describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { PLATFORMS, startApplication } from '../support/application.js';
import { APP, STRANGER, SUBSCRIPTION, cors, graphqlFindings, inspectorOf } from './graphql-entry.js';
import { AnvilResolver } from './graphql.resolver.js';
import { firstOfSubscription } from './graphql.subscription.js';

describe.each(PLATFORMS)('the entry `graphql: true` with Apollo on %s', (platform) => {
  it.each([
    ['forRoot', { useGlobalPrefix: true }, '/v1/graphql'],
    ['forRoot', { path: 'api/graph' }, '/api/graph'],
    ['forRootAsync', { useGlobalPrefix: true, csrfPrevention: false }, '/v1/graphql'],
  ] as const)('%s with %j: finds the endpoint', async (method, given, path) => {
    const options: ApolloDriverConfig = { autoSchemaFile: true, subscriptions: { 'graphql-ws': true }, ...given };
    const application = await startApplication(platform, 'NestFactory', {
      imports: [
        method === 'forRoot'
          ? GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, ...options })
          : GraphQLModule.forRootAsync<ApolloDriverConfig>({ driver: ApolloDriver, useFactory: () => options }),
      ],
      providers: [AnvilResolver],
      cors,
      configure: (app) => void app.setGlobalPrefix('v1'),
    });
    expect((await application.preflight(APP, 'POST', path, 'content-type')).status).toBe(204);
    expect((await application.preflight(STRANGER, 'POST', path, 'content-type')).status).toBe(403);
    expect(await firstOfSubscription(application.port, APP, SUBSCRIPTION, path)).toEqual({ data: { prices: 90 } });
    expect(await firstOfSubscription(application.port, STRANGER, SUBSCRIPTION, path)).toBe(403);
    expect(inspectorOf(application).sockets()).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'graphql', path })]),
    );
    expect(graphqlFindings(application)).toEqual(
      method === 'forRoot' ? [] : [['graphql-without-csrf-prevention', `GraphQL ${path}`]],
    );
    await application.close();
  });
});
