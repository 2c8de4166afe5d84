import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningApplication } from '../support/application.js';
import { startMercurius } from './graphql-mercurius.application.js';
import { APP, STRANGER, SUBSCRIPTION, cors, graphqlFindings, inspectorOf } from './graphql-entry.js';
import { AnvilResolver } from './graphql.resolver.js';
import { firstOfSubscription } from './graphql.subscription.js';

const JSON_BODY = { 'Content-Type': 'application/json' };
/** What a form of any page sends without a preflight. */
const FORM_BODY = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('the entry `graphql: true` with Mercurius', () => {
  let application: RunningApplication;

  afterEach(() => application.close());
  beforeEach(() => {
    AnvilResolver.ordered = 0;
  });

  it('path of Mercurius: finds the endpoint', async () => {
    application = await startMercurius({ cors });
    expect((await application.preflight(APP, 'POST', '/graphql', 'content-type')).status).toBe(204);
    expect((await application.preflight(STRANGER, 'POST', '/graphql', 'content-type')).status).toBe(403);
    expect(await firstOfSubscription(application.port, APP, SUBSCRIPTION)).toEqual({ data: { prices: 90 } });
    expect(await firstOfSubscription(application.port, STRANGER, SUBSCRIPTION)).toBe(403);
    expect(inspectorOf(application).sockets()[0]).toMatchObject({
      kind: 'graphql',
      path: '/graphql',
      policy: { label: 'graphql endpoints' },
    });
  });

  it('CSRF prevention, which refuses the subscriptions of browsers: the audit finds nothing', async () => {
    application = await startMercurius({ cors, csrfPrevention: true });
    expect(graphqlFindings(application)).toEqual([]);
    expect(await firstOfSubscription(application.port, APP, SUBSCRIPTION)).toBe(400);
  });

  it('no CSRF prevention: runs what a form sends, and the audit finds it', async () => {
    application = await startMercurius({ cors });
    expect(graphqlFindings(application)).toEqual([['graphql-without-csrf-prevention', 'GraphQL /graphql']]);
    const body = new URLSearchParams({ query: 'mutation { order }' }).toString();
    await application.from(STRANGER, '/graphql', { method: 'POST', headers: FORM_BODY, body });
    expect(AnvilResolver.ordered).toBe(1);
  });

  it('policy that rejects: runs nothing that a form sends, and the audit finds nothing', async () => {
    const policy = { origin: APP, rejectDisallowed: true };
    application = await startMercurius({ cors: { ...cors, paths: [{ graphql: true, policy }] } });
    expect(graphqlFindings(application)).toEqual([]);
    const body = new URLSearchParams({ query: 'mutation { order }' }).toString();
    const refused = await application.from(STRANGER, '/graphql', { method: 'POST', headers: FORM_BODY, body });
    expect([refused.status, AnvilResolver.ordered]).toEqual([403, 0]);
    const allowed = { method: 'POST', headers: JSON_BODY, body: '{"query":"mutation { order }"}' };
    expect((await application.from(APP, '/graphql', allowed)).status).toBe(200);
  });
});
