import { describe, expect, it } from '@jest/globals';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS, corsHeaders, varyOf } from '../support/application.js';
import { ALLOWED, STRANGER, startGateway } from './gateway-application.js';
import { viaSocketIo, viaWs } from './socket-clients.js';

const OPEN = '/socket.io/?EIO=4&transport=polling';

describe.each(PLATFORMS)('polling of a gateway on %s', (platform) => {
  const start = closedAfterEach(startGateway);
  const startWith = (cors: object, gatewayOptions = {}) =>
    start(platform, 'IoAdapter', 'shared port', { cors, gatewayOptions });

  it('allowed origin: is answered with its CORS headers', async () => {
    const { from } = await startWith({ origin: [ALLOWED], credentials: true });
    const received = await from(ALLOWED, OPEN);
    expect(received.status).toBe(200);
    expect(corsHeaders(received)).toEqual({
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-credentials': 'true',
    });
    expect(varyOf(received)).toContain('origin');
  });

  it('refused origin: is answered with 403, and opens no session', async () => {
    const { from, seen } = await startWith({ origin: [ALLOWED] });
    const received = await from(STRANGER, OPEN);
    expect(received.status).toBe(403);
    expect(JSON.parse(received.body)).toMatchObject({ message: 'Refused by the CORS policy: origin-not-listed' });
    expect(corsHeaders(received)).toEqual({});
    expect(received.headers['cache-control']).toBe('no-store');
    expect(seen.connections).toEqual([]);
  });

  it("policy of every origin: is answered with '*'", async () => {
    const { from } = await startWith({ origin: '*' });
    expect(corsHeaders(await from(STRANGER, OPEN))).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('own origin, or no Origin: is answered without CORS headers', async () => {
    const { from, send: sendHere, port } = await startWith({ origin: [ALLOWED] });
    for (const received of [await from(`http://127.0.0.1:${port}`, OPEN), await sendHere(OPEN)]) {
      expect(received.status).toBe(200);
      expect(corsHeaders(received)).toEqual({});
    }
  });

  it('preflight: is answered by the policy', async () => {
    const { preflight } = await startWith({ origin: [ALLOWED], credentials: true, maxAge: 60 });
    const granted = await preflight(ALLOWED, 'POST', OPEN, 'x-token');
    expect(granted.status).toBe(204);
    expect(corsHeaders(granted)).toEqual({
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'x-token',
      'access-control-max-age': '60',
    });
    const refused = await preflight(STRANGER, 'POST', OPEN, 'x-token');
    expect(refused.status).toBe(403);
    expect(corsHeaders(refused)).toEqual({});
    const malformed = await preflight(ALLOWED, 'POST', OPEN, 'a b');
    expect(malformed.status).toBe(403);
  });

  it('refused origin in an open session: is answered with 403', async () => {
    const { from } = await startWith({ origin: [ALLOWED] });
    const { body } = await from(ALLOWED, OPEN);
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    const poll = `${OPEN}&sid=${sid}`;
    expect((await from(STRANGER, poll, { method: 'POST', body: '40' })).status).toBe(403);
    expect((await from(ALLOWED, poll, { method: 'POST', body: '40' })).status).toBe(200);
    expect((await from(STRANGER, poll)).status).toBe(403);
    expect((await from(ALLOWED, poll)).status).toBe(200);
  });

  it.each(['', '&EIO=3'])('JSONP: is open to the own origin alone (%j)', async (revision) => {
    const { send: sendHere } = await startWith({ origin: [ALLOWED] }, { allowEIO3: true });
    const jsonp = `/socket.io/?transport=polling&j=0${revision === '' ? '&EIO=4' : revision}`;
    const stranger = await sendHere(jsonp);
    expect(stranger.status).toBe(403);
    expect(stranger.body).not.toContain('___eio');
    expect((await sendHere(jsonp, { headers: { 'Sec-Fetch-Site': 'none' } })).status).toBe(403);
    const own = await sendHere(jsonp, { headers: { 'Sec-Fetch-Site': 'same-origin' } });
    expect(own.status).toBe(200);
    expect(own.body).toContain('___eio');
  });

  it('both transports, and the upgrade between them: work', async () => {
    const { port } = await startWith({ origin: [ALLOWED] });
    const headers = { Origin: ALLOWED };
    expect(await viaSocketIo(port, headers, { transports: ['polling'] })).toEqual({ echo: 'hello' });
    expect(await viaSocketIo(port, headers, { transports: ['polling', 'websocket'] })).toEqual({ echo: 'hello' });
    expect(await viaSocketIo(port, { Origin: STRANGER }, { transports: ['polling'] })).toMatchObject({ status: 403 });
  });

  it('malformed request target: is answered, and the process lives', async () => {
    const { sendRaw, from } = await startWith({ origin: [ALLOWED] }, { path: '/' });
    expect(await sendRaw('GET //[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect((await from(ALLOWED, '/?EIO=4&transport=polling')).status).toBe(200);
  });
});

describe('cookies and HTTP authentication of a handshake', () => {
  const start = closedAfterEach(startGateway);
  const CREDENTIALS = { Cookie: 'session=1', Authorization: 'Basic eDp5' };

  it.each([
    ['an allowed origin without `credentials`', { Origin: ALLOWED }, {}, false],
    ['an allowed origin with `credentials`', { Origin: ALLOWED }, { credentials: true }, true],
    ['no browser', {}, {}, true],
  ])(
    'handshake from %s: they stay only if the policy allows them, or no browser sends them',
    async (_, headers, fields, isKept) => {
      const { gatewayPort, seen, logger } = await start('express', 'WsAdapter', 'shared port', {
        cors: { origin: [ALLOWED], ...fields },
      });
      await viaWs(gatewayPort, { ...headers, ...CREDENTIALS } as Record<string, string>);
      await viaWs(gatewayPort, { ...headers, ...CREDENTIALS } as Record<string, string>);
      expect(seen.connections).toHaveLength(2);
      for (const { cookie, authorization } of seen.connections) {
        expect([cookie, authorization]).toEqual(
          isKept ? [CREDENTIALS.Cookie, CREDENTIALS.Authorization] : [undefined, undefined],
        );
      }
      const said = logger.warnings.filter((line) => line.includes('they were removed'));
      expect(said).toHaveLength(isKept ? 0 : 1);
    },
  );

  it('own origin: stay', async () => {
    const { port, seen } = await start('fastify', 'IoAdapter', 'shared port', { cors: { origin: [ALLOWED] } });
    await viaSocketIo(port, { Origin: `http://127.0.0.1:${port}`, ...CREDENTIALS });
    expect(seen.connections).toEqual([expect.objectContaining({ cookie: 'session=1' })]);
  });

  it('polling without `credentials`: are removed', async () => {
    const { port, seen } = await start('fastify', 'IoAdapter', 'shared port', { cors: { origin: [ALLOWED] } });
    await viaSocketIo(port, { Origin: ALLOWED, ...CREDENTIALS }, { transports: ['polling'] });
    expect(seen.connections).toEqual([expect.not.objectContaining({ cookie: 'session=1' })]);
  });
});
