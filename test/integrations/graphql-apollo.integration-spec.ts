import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import {
  PLATFORMS,
  type Platform,
  type RunningApplication,
  corsHeaders,
  startApplication,
  varyOf,
} from '../support/application.js';
import { AnvilResolver, OrdersController } from './graphql.resolver.js';
import { firstOfSubscription } from './graphql.subscription.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const JSON_BODY = { 'Content-Type': 'application/json' };
const READABLE = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

function start(platform: Platform, rejectDisallowed = false): Promise<RunningApplication> {
  const options = { autoSchemaFile: true, subscriptions: { 'graphql-ws': true } };
  const policy = { origin: APP, credentials: true, maxAge: 600, rejectDisallowed };
  return startApplication(platform, 'NestFactory', {
    imports: [GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, ...options })],
    providers: [AnvilResolver],
    controllers: [OrdersController],
    cors: { origin: 'https://elsewhere.example', logging: 'off', paths: [{ path: '/graphql', policy }] },
  });
}

describe.each(PLATFORMS)('Apollo on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await start(platform);
  });

  afterAll(() => application.close());

  const post = (origin: string, query: string, headers: Record<string, string> = JSON_BODY) =>
    application.from(origin, '/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });

  it('preflights: are answered by the policy of its path', async () => {
    const granted = await application.preflight(APP, 'POST', '/graphql', 'content-type');
    expect([granted.status, granted.body]).toEqual([204, '']);
    expect(corsHeaders(granted)).toEqual({
      ...READABLE,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '600',
    });
    for (const origin of [STRANGER, 'https://elsewhere.example']) {
      const refused = await application.preflight(origin, 'POST', '/graphql', 'content-type');
      expect([refused.status, refused.body, corsHeaders(refused)]).toEqual([403, '', {}]);
    }
  });

  it('queries: are answered with one set of headers', async () => {
    const response = await post(APP, '{ price }');
    expect([response.status, JSON.parse(response.body)]).toEqual([200, { data: { price: 90 } }]);
    expect(corsHeaders(response)).toEqual(READABLE);
    expect(varyOf(response)).toContain('origin');
  });

  it('refused origin: has nothing to read', async () => {
    const response = await post(STRANGER, '{ price }');
    expect([response.status, corsHeaders(response)]).toEqual([200, {}]);
    expect(varyOf(response)).toContain('origin');
  });

  it.each([
    ['a resolver throws', '{ secret }', 200, 'Who are you?'],
    ['the query is wrong', '{ prise }', 400, 'prise'],
    ['the query is none', '{', 400, 'Syntax Error'],
  ])('allowed origin: can read what happened when %s', async (_, query, status, message) => {
    const response = await post(APP, query);
    expect([response.status, corsHeaders(response)]).toEqual([status, READABLE]);
    expect(JSON.parse(response.body).errors[0].message).toContain(message);
  });

  it('refusal of the body parser: is readable to an allowed origin', async () => {
    for (const [body, status] of [
      ['{', 400],
      [JSON.stringify({ query: '#'.repeat(1_200_000) }), 413],
    ] as const) {
      const response = await application.from(APP, '/graphql', { method: 'POST', headers: JSON_BODY, body });
      expect([response.status, corsHeaders(response)]).toEqual([status, READABLE]);
    }
  });

  it('its own CSRF prevention: is readable to an allowed origin', async () => {
    AnvilResolver.ordered = 0;
    const simple = { 'Content-Type': 'text/plain' };
    const mutation = 'mutation { order }';
    const refused = [await post(APP, mutation, simple), await application.from(APP, '/graphql?query=%7Bprice%7D')];
    for (const response of refused) {
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(corsHeaders(response)).toEqual(READABLE);
    }
    expect(corsHeaders(await post(STRANGER, mutation, simple))).toEqual({});
    expect(AnvilResolver.ordered).toBe(0);
    expect(JSON.parse((await post(APP, mutation)).body)).toEqual({ data: { order: 1 } });
  });

  it('its page, and OPTIONS requests that are no preflights: are answered by itself', async () => {
    const page = await application.from(APP, '/graphql', { headers: { Accept: 'text/html' } });
    expect([page.status, corsHeaders(page)]).toEqual([200, READABLE]);
    expect(page.body).toContain('<html');
    const options = await application.from(APP, '/graphql', { method: 'OPTIONS' });
    expect(options.status).toBeGreaterThanOrEqual(400);
    expect(corsHeaders(options)).toEqual(READABLE);
  });

  it('subscriptions: are served to the origins that the policy of its path allows', async () => {
    const subscription = 'subscription { prices }';
    expect(await firstOfSubscription(application.port, APP, subscription)).toEqual({ data: { prices: 90 } });
    expect(await firstOfSubscription(application.port, STRANGER, subscription)).toBe(403);
  });

  it('other routes: have their own policy', async () => {
    expect((await application.from(STRANGER, '/orders')).status).toBe(403);
    expect((await application.from('https://elsewhere.example', '/orders')).status).toBe(200);
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});

describe.each(PLATFORMS)('Apollo on %s, where the policy rejects', (platform) => {
  it('refused origin: runs nothing, subscriptions included', async () => {
    const application = await start(platform, true);
    AnvilResolver.ordered = 0;
    const order = { method: 'POST', headers: JSON_BODY, body: '{"query":"mutation { order }"}' };
    const refused = await application.from(STRANGER, '/graphql', order);
    expect([refused.status, corsHeaders(refused), AnvilResolver.ordered]).toEqual([403, {}, 0]);
    expect(JSON.parse((await application.from(APP, '/graphql', order)).body)).toEqual({ data: { order: 1 } });
    expect(await firstOfSubscription(application.port, STRANGER, 'subscription { prices }')).toBe(403);
    await application.close();
  });
});
