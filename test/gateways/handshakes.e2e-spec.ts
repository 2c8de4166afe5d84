import { describe, expect, it } from '@jest/globals';
import { closedAfterEach } from '../support/closed-after-each.js';
import { ALLOWED, GATEWAY_CASES, STRANGER, startGateway } from './gateway-application.js';
import { handshake } from './socket-clients.js';

describe.each(GATEWAY_CASES)('handshake on %s with %s on the %s', (platform, adapter, place) => {
  const start = closedAfterEach(startGateway);

  it.each([
    ['an allowed origin', { Origin: ALLOWED }, true],
    ['an origin that is not listed', { Origin: STRANGER }, false],
    ['an opaque origin', { Origin: 'null' }, false],
    ['a local file', { Origin: 'file://' }, false],
    ['no browser', {}, true],
    ['another site without Origin', { 'Sec-Fetch-Site': 'cross-site' }, false],
    ['a sibling site without Origin', { 'Sec-Fetch-Site': 'same-site' }, false],
    ['its own page without Origin', { 'Sec-Fetch-Site': 'same-origin' }, true],
  ])('from %s: is decided by the policy', async (_, headers, isAccepted) => {
    const { gatewayPort, seen } = await start(platform, adapter, place, { cors: { origin: [ALLOWED] } });
    const outcome = await handshake(adapter, gatewayPort, headers as Record<string, string>);
    expect(outcome).toEqual(isAccepted ? { echo: 'hello' } : expect.objectContaining({ status: 403 }));
    expect(seen.connections).toHaveLength(isAccepted ? 1 : 0);
  });

  it.each([
    ['an origin that the policy lists', { Origin: ALLOWED }, true],
    ['an origin that only the lookup knows', { Origin: STRANGER }, false],
    ['an opaque origin', { Origin: 'null' }, false],
    ['no browser', {}, true],
  ])('from %s, lookup down: is decided by the policy', async (_, headers, isAccepted) => {
    const down = { isOriginAllowed: () => Promise.reject(new Error('The store is down')) };
    const cors = { origin: [ALLOWED], originLookup: down };
    const { gatewayPort, seen } = await start(platform, adapter, place, { cors });
    const outcome = await handshake(adapter, gatewayPort, headers as Record<string, string>);
    expect(outcome).toEqual(isAccepted ? { echo: 'hello' } : expect.objectContaining({ status: 403 }));
    expect(seen.connections).toHaveLength(isAccepted ? 1 : 0);
  });

  it('from the own origin, lookup down: is accepted', async () => {
    const originLookup = { isOriginAllowed: () => Promise.reject(new Error('The store is down')) };
    const { gatewayPort, seen } = await start(platform, adapter, place, { cors: { originLookup } });
    const own = { Origin: `http://127.0.0.1:${gatewayPort}` };
    expect(await handshake(adapter, gatewayPort, own)).toEqual({ echo: 'hello' });
    expect(seen.connections).toHaveLength(1);
  });

  it('from the own origin: is accepted', async () => {
    const { gatewayPort, port } = await start(platform, adapter, place, { cors: { origin: [ALLOWED] } });
    expect(await handshake(adapter, gatewayPort, { Origin: `http://127.0.0.1:${gatewayPort}` })).toEqual({
      echo: 'hello',
    });
    const applications = await handshake(adapter, gatewayPort, { Origin: `http://127.0.0.1:${port}` });
    expect(applications).toEqual(port === gatewayPort ? { echo: 'hello' } : expect.objectContaining({ status: 403 }));
  });
});
