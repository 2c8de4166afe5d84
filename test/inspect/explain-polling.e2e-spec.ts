import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import type { CorsExplainedHandshake, CorsHandshakeExplanation } from '../../lib/entry-points/diagnostics/index.js';
import { CorsInspector, type CorsModuleOptions, CorsPolicy, DisableCors } from '../../lib/index.js';
import { ALLOWED, STRANGER, echoGateway, startGateway } from '../gateways/gateway-application.js';
import { PLATFORMS, type RunningApplication, corsHeaders, varyOf } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import type { Received } from '../support/http-client.js';

const OPEN = '/socket.io/?EIO=4&transport=polling';

/** A session of socket.io, opened by a client that is no browser. */
async function openSession({ send }: RunningApplication): Promise<string> {
  const { body } = await send(OPEN);
  return (JSON.parse(body.slice(1)) as { sid: string }).sid;
}

function headersOf({ origin, site, credentials, headers }: CorsExplainedHandshake): Record<string, string> {
  return {
    ...headers,
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(site === undefined ? {} : { 'Sec-Fetch-Site': site }),
    ...(credentials ? { Cookie: 'session=1' } : {}),
  };
}

/** The status that an upgrade is answered with; 101 where it is accepted. */
function upgrade(port: number, path: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  }).finally(() => {
    socket.on('error', () => undefined);
    socket.terminate();
  }) as Promise<number>;
}

const header = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name === 'Vary' ? [] : [[name.toLowerCase(), value]])),
  );

/** Compares the answer to an explained request with the real one. */
function expectAnswer(
  { status, headers }: { readonly status: number | undefined; readonly headers: Readonly<Record<string, string>> },
  received: Received,
): void {
  expect(status ?? 200).toBe(received.status);
  expect(header(headers)).toEqual(corsHeaders(received));
  const vary = (headers['Vary'] ?? '').split(',').flatMap((name) => name.trim().toLowerCase() || []);
  expect(varyOf(received)).toEqual(expect.arrayContaining(vary));
}

/** What a page of socket.io sends by polling, and in which transport it goes on. */
const REQUESTS = {
  'the first poll': { path: OPEN },
  'a message by POST': { path: OPEN, method: 'POST' },
  'a later poll': { path: OPEN },
  'the upgrade': { path: '/socket.io/?EIO=4&transport=websocket' },
  'a later poll by JSONP': { path: `${OPEN}&j=0` },
} as const;

const ORIGINS = [ALLOWED, STRANGER, 'null', undefined] as const;
const POLICIES: readonly [string, CorsModuleOptions][] = [
  ['a list with credentials', { origin: [ALLOWED], credentials: true, allowedHeaders: ['x-token'], maxAge: 60 }],
  ['every origin', { origin: '*', exposedHeaders: ['x-seen'] }],
  ['GET alone', { origin: [ALLOWED], methods: ['GET'] }],
];

describe.each(PLATFORMS)('explainHandshake() of polling on %s', (platform) => {
  const start = closedAfterEach(startGateway);
  const startWith = async (cors: CorsModuleOptions, ...decorators: ClassDecorator[]) => {
    const application = await start(platform, 'IoAdapter', 'shared port', {
      cors: { ...cors, logging: 'off' },
      decorators,
    });
    return { application, inspector: application.app.get(CorsInspector, { strict: false }) };
  };

  it.each(POLICIES)('requests of a session under %s: end as the real ones do', async (_name, cors) => {
    const { application, inspector } = await startWith(cors);
    const host = `127.0.0.1:${application.port}`;
    for (const origin of [...ORIGINS, `http://${host}`]) {
      for (const [name, { path, ...rest }] of Object.entries(REQUESTS)) {
        const sid = name === 'the first poll' ? undefined : await openSession(application);
        const url = sid === undefined ? path : `${path}&sid=${sid}`;
        const site = origin === undefined ? 'cross-site' : undefined;
        for (const sent of [{ origin }, { origin, site, credentials: true } as const]) {
          const request: CorsExplainedHandshake = { path: url, host, ...rest, ...sent };
          const explanation = await inspector.explainHandshake(request);
          const { handshake } = explanation;
          expect(explanation.request).toMatchObject({ sid, method: request.method ?? 'GET' });
          if (name === 'the upgrade') {
            expect([sent, handshake.status ?? 101]).toEqual([
              sent,
              await upgrade(application.port, url, headersOf(sent)),
            ]);
            // A client may upgrade its session once.
            if (handshake.accepted) {
              break;
            }
            continue;
          }
          const body = request.method === 'POST' ? { body: name.includes('JSONP') ? 'd=40' : '40' } : {};
          if (name.startsWith('a later poll') && handshake.accepted) {
            // There is something to answer it with.
            await application.send(`${OPEN}&sid=${sid}`, { method: 'POST', body: '40' });
          }
          expectAnswer(
            handshake,
            await application.send(url, { method: request.method ?? 'GET', headers: headersOf(sent), ...body }),
          );
        }
      }
    }
  });

  it.each(POLICIES)('preflights of polls under %s: are answered as the real ones are', async (_name, cors) => {
    const { application, inspector } = await startWith(cors);
    for (const origin of [ALLOWED, STRANGER, 'null']) {
      for (const method of ['GET', 'POST'] as const) {
        for (const headers of [{}, { 'x-token': '1' }, { 'x-token': '1', authorization: 'Bearer 1' }]) {
          const request = { path: OPEN, sid: 'any', transport: 'polling', origin, method, headers } as const;
          const { preflight } = await inspector.explainHandshake(request);
          const names = Object.keys(headers).sort().join(',') || undefined;
          const received = await application.preflight(origin, method, `${OPEN}&sid=any`, names);
          expect([request, preflight?.sent]).toEqual([request, names !== undefined]);
          expectAnswer(preflight as NonNullable<typeof preflight>, received);
          expect(preflight?.granted).toBe(received.status === 204);
        }
      }
    }
  });

  it('refused preflight: is the conclusion, and names the header', async () => {
    const { inspector } = await startWith({ origin: [ALLOWED], allowedHeaders: ['x-token'] });
    const headers = { Authorization: 'Bearer 1' };
    const explanation = await inspector.explainHandshake({ path: OPEN, origin: ALLOWED, headers });
    expect(explanation).toMatchObject({
      request: { transport: 'polling', sid: undefined, headers },
      preflight: { sent: true, granted: false, reason: 'header-not-allowed', header: 'authorization', status: 403 },
      handshake: { accepted: true },
      accepted: false,
      conclusion: expect.stringMatching(/^Refused by the preflight: .*authorization/),
    });
    const { preflight, conclusion } = await inspector.explainHandshake({ path: OPEN, origin: STRANGER, headers });
    expect([preflight?.reason, conclusion]).toEqual([
      'origin-not-listed',
      expect.stringMatching(/^Refused by the preflight: .*origin/),
    ]);
  });

  it('polling with credentials that the policy does not allow: is hidden from the page by the browser', async () => {
    const { application, inspector } = await startWith({ origin: [ALLOWED] });
    const request = { path: OPEN, origin: ALLOWED, credentials: true } as const;
    const { handshake, accepted, conclusion } = await inspector.explainHandshake(request);
    expect([handshake.accepted, handshake.cookies, accepted]).toEqual([true, 'removed', false]);
    expect(conclusion).toBe(
      'Refused by the browser: polling carries credentials, and the policy does not allow them. Set `credentials: true`.',
    );
    const received = await application.from(ALLOWED, OPEN);
    expect([received.status, corsHeaders(received)]).toEqual([200, { 'access-control-allow-origin': ALLOWED }]);
    // A WebSocket has cookies whatever a policy says, and nothing hides its messages.
    expect((await inspector.explainHandshake({ ...request, transport: 'websocket' })).accepted).toBe(true);
  });

  it('defaults: come from the query that a client sends', async () => {
    const { inspector } = await startWith({ origin: [ALLOWED] });
    const requestOf = async (given: CorsExplainedHandshake) => {
      const { request } = await inspector.explainHandshake({ origin: ALLOWED, ...given });
      return [request.method, request.transport, request.sid];
    };
    expect(await requestOf({ path: `${OPEN}&sid=one&sid=two` })).toEqual(['GET', 'polling', 'two']);
    expect(await requestOf({ path: `${OPEN}&j=0` })).toEqual(['GET', 'jsonp', undefined]);
    expect(await requestOf({ path: '/socket.io/?transport=websocket&sid=' })).toEqual(['GET', 'websocket', undefined]);
    expect(await requestOf({ gateway: 'EchoGateway', sid: 'a&b', method: 'POST' })).toEqual(['POST', 'polling', 'a&b']);
  });

  it('JSONP: is told from polling as the guard tells it, whatever the transport is called', async () => {
    const { application, inspector } = await startWith({ origin: [ALLOWED] });
    for (const [path, transport] of [
      [`${OPEN}&j=0`, 'polling'],
      [OPEN, 'jsonp'],
    ] as const) {
      const { handshake } = await inspector.explainHandshake({ path, transport });
      expect([handshake.reason, handshake.status]).toEqual(['jsonp-refused', 403]);
    }
    expect((await application.send(`${OPEN}&j=0`)).status).toBe(403);
  });

  it('gateway that is left to the application: has no decision about polls and their preflights', async () => {
    const { inspector } = await startWith({ origin: [ALLOWED], gateways: false });
    const headers = { 'x-token': '1' };
    expect(await inspector.explainHandshake({ path: OPEN, sid: 'any', origin: STRANGER, headers })).toMatchObject({
      accepted: true,
      preflight: { sent: true, reason: 'left-to-application' },
      handshake: { reason: 'left-to-application', status: undefined, headers: {} },
      conclusion: expect.stringMatching(/^Not decided here: /),
    });
  });

  it('authorization that the page sets: is removed like cookies where the policy has no credentials', async () => {
    for (const [credentials, cookies] of [
      [false, 'removed'],
      [true, 'kept'],
    ] as const) {
      const { inspector } = await startWith({ origin: [ALLOWED], credentials });
      const headers = { Authorization: 'Bearer 1' };
      const { handshake, preflight, accepted } = await inspector.explainHandshake({
        path: OPEN,
        origin: ALLOWED,
        headers,
      });
      expect([preflight?.granted, handshake.cookies, accepted]).toEqual([true, cookies, true]);
    }
  });

  it.each(['polling', 'websocket'] as const)(
    'malformed URL, %s: is the error of the explanation',
    async (transport) => {
      const { inspector } = await startWith({ origin: [ALLOWED] });
      const explained = inspector.explainHandshake({ path: '//', gateway: 'EchoGateway', transport });
      await expect(explained).rejects.toThrow('// is malformed: such a request is answered with 400.');
    },
  );
});

describe('explainHandshake() of polling beside namespaces', () => {
  const start = closedAfterEach(startGateway);

  it('request in an open session: is decided by all gateways, and no namespace decides again', async () => {
    const { gateway: board } = echoGateway({ namespace: '/board' }, 0, DisableCors());
    const { app } = await start('express', 'IoAdapter', 'shared port', {
      cors: { origin: [ALLOWED] },
      providers: [board],
      decorators: [CorsPolicy({ origin: [STRANGER] })],
    });
    const inspector = app.get(CorsInspector, { strict: false });
    const request = { path: OPEN, namespace: '/board', origin: STRANGER };
    expect(await inspector.explainHandshake(request)).toMatchObject({
      accepted: false,
      handshake: { accepted: true },
      namespace: { accepted: false, reason: 'cors-disabled' },
    });
    const later = await inspector.explainHandshake({ ...request, sid: 'any' });
    expect([later.namespace, later.accepted, later.conclusion]).toEqual([
      undefined,
      true,
      expect.stringMatching(/^Accepted: .* Each namespace decided when the session began\.$/),
    ]);
  });
});

describe('explainHandshake() of polling, where nothing polls', () => {
  const start = closedAfterEach(startGateway);

  it.each([
    [{ gateway: 'EchoGateway', transport: 'polling' }, 'EchoGateway takes WebSockets only: '],
    [{ gateway: 'EchoGateway', sid: 'any' }, 'EchoGateway takes WebSockets only: '],
    [{ path: '/elsewhere', method: 'POST', transport: 'jsonp' }, 'What takes /elsewhere takes WebSockets only: '],
    [{ gateway: 'EchoGateway', method: 'POST' }, 'A WebSocket begins with GET, and a `POST` is a request of polling.'],
  ] as const)('%j: says so', async (request, message) => {
    const { app } = await start('express', 'WsAdapter', 'shared port', { cors: { origin: [ALLOWED] } });
    const explanation: Promise<CorsHandshakeExplanation> = app
      .get(CorsInspector, { strict: false })
      .explainHandshake(request);
    await expect(explanation).rejects.toThrow(message);
  });
});
