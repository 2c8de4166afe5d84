import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApplication, corsHeaders, varyOf } from '../support/application.js';
import { startMercurius } from './graphql-mercurius.application.js';
import { AnvilResolver } from './graphql.resolver.js';
import { firstOfSubscription } from './graphql.subscription.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';
const JSON_BODY = { 'Content-Type': 'application/json' };
const READABLE = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

const post = (application: RunningApplication, origin: string, query: string, headers = JSON_BODY) =>
  application.from(origin, '/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });

/** The driver exists for Fastify alone. */
describe('mercurius on fastify', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startMercurius();
  });

  afterAll(() => application.close());

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

  it('queries: are answered with one set of headers for an allowed origin, and none for others', async () => {
    const response = await post(application, APP, '{ price }');
    expect([response.status, JSON.parse(response.body)]).toEqual([200, { data: { price: 90 } }]);
    expect(corsHeaders(response)).toEqual(READABLE);
    const refused = await post(application, STRANGER, '{ price }');
    expect([refused.status, corsHeaders(refused)]).toEqual([200, {}]);
    expect([varyOf(response), varyOf(refused)]).toEqual([['origin'], ['origin']]);
  });

  it.each([
    ['a resolver throws', '{ secret }', 'Who are you?'],
    ['the query is wrong', '{ prise }', 'Cannot query field'],
    ['the query is none', '{', 'Syntax Error'],
  ])('allowed origin: can read what happened when %s', async (_, query, message) => {
    const response = await post(application, APP, query);
    expect(corsHeaders(response)).toEqual(READABLE);
    expect(response.body).toContain(message);
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

  it('its page under a path of its own: is shown', async () => {
    const page = await application.from('https://elsewhere.example', '/graphiql');
    expect(page.status).toBe(200);
    expect(corsHeaders(page)).toEqual({ 'access-control-allow-origin': 'https://elsewhere.example' });
    expect(corsHeaders(await application.from(APP, '/graphiql'))).toEqual({});
  });

  it('subscriptions: are served to the origins that the policy of its path allows', async () => {
    const subscription = 'subscription { prices }';
    expect(await firstOfSubscription(application.port, APP, subscription)).toEqual({ data: { prices: 90 } });
    expect(await firstOfSubscription(application.port, STRANGER, subscription)).toBe(403);
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});

describe('mercurius where the policy rejects', () => {
  it('refused origin: runs nothing', async () => {
    const application = await startMercurius({ rejectDisallowed: true, csrfPrevention: true });
    AnvilResolver.ordered = 0;
    const refused = await post(application, STRANGER, 'mutation { order }');
    expect([refused.status, corsHeaders(refused), AnvilResolver.ordered]).toEqual([403, {}, 0]);
    expect(JSON.parse((await post(application, APP, 'mutation { order }')).body)).toEqual({ data: { order: 1 } });
    const simple = await post(application, APP, 'mutation { order }', { 'Content-Type': 'text/plain' });
    expect(simple.body).toContain('CSRF');
    expect(corsHeaders(simple)).toEqual(READABLE);
    await application.close();
  });
});
