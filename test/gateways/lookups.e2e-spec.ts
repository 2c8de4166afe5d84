import { type Socket, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { OriginLookup } from '../../lib/index.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS } from '../support/application.js';
import { ALLOWED, GATEWAY_CASES, PLACES, STRANGER, startGateway } from './gateway-application.js';
import { handshake } from './socket-clients.js';

/** A lookup that answers when it is told to. */
class StagedLookup implements OriginLookup {
  readonly asked: string[] = [];
  private release: ((allowed: boolean) => void)[] = [];
  private waiting: (() => void)[] = [];

  isOriginAllowed(origin: string): Promise<boolean> {
    this.asked.push(origin);
    this.waiting.forEach((resolve) => resolve());
    return new Promise((resolve) => this.release.push(resolve));
  }

  async untilAsked(): Promise<void> {
    if (this.asked.length === 0) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  answer(allowed: boolean): void {
    this.release.splice(0).forEach((resolve) => resolve(allowed));
  }
}

/** Where an adapter takes WebSockets. */
const TARGETS = { WsAdapter: '/', IoAdapter: '/socket.io/?EIO=4&transport=websocket' } as const;

/** A WebSocket handshake. */
function upgradeRequest(origin: string, target: string = TARGETS.WsAdapter): Buffer {
  const lines = [
    `GET ${target} HTTP/1.1`,
    'Host: gateway.example',
    `Origin: ${origin}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** A masked text frame with a message for the echo. */
function frame(data: string): Buffer {
  return textFrame(JSON.stringify({ event: 'echo', data }));
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  // With a mask of zeros, the payload stays as it is.
  return Buffer.concat([Buffer.from([0x81, 0x80 + payload.length, 0, 0, 0, 0]), payload]);
}

describe.each(GATEWAY_CASES)('handshake under a lookup, on %s with %s on the %s', (platform, adapter, place) => {
  const start = closedAfterEach(startGateway);

  it.each([
    ['allowed', true, { echo: 'hello' }],
    ['refused', false, expect.objectContaining({ status: 403 })],
    ['not looked up in time', undefined, expect.objectContaining({ status: 403 })],
    ['looked up in vain', new Error('The store is down'), expect.objectContaining({ status: 403 })],
  ])('origin that is %s by the lookup: connects or gets a 403, as the policy says', async (_, answer, expected) => {
    const isOriginAllowed = (): Promise<boolean> =>
      answer instanceof Error
        ? Promise.reject(answer)
        : new Promise((resolve) => {
            if (answer !== undefined) {
              setImmediate(() => resolve(answer));
            }
          });
    const { gatewayPort, seen } = await start(platform, adapter, place, {
      cors: { originLookup: { isOriginAllowed }, lookupTimeout: 50 },
    });
    expect(await handshake(adapter, gatewayPort, { Origin: STRANGER })).toEqual(expected);
    expect(seen.connections).toHaveLength(answer === true ? 1 : 0);
  });
});

/** Resolves with everything that came when some text is among it. */
function receivedWith(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (received.includes(text)) {
        resolve(received);
      }
    });
  });
}

const PLATFORMS_AND_PLACES = PLATFORMS.flatMap((platform) => PLACES.map((place) => [platform, place] as const));

describe.each(PLATFORMS_AND_PLACES)(
  'packet that comes with a handshake under a lookup, on %s with IoAdapter on the %s',
  (on, place) => {
    const start = closedAfterEach(startGateway);

    it('lookup that answers later: reaches socket.io afterwards', async () => {
      const lookup = new StagedLookup();
      const { gatewayPort, seen } = await start(on, 'IoAdapter', place, { cors: { originLookup: lookup } });
      const socket = connect(gatewayPort, '127.0.0.1');
      const joined = receivedWith(socket, '40{"sid"');
      socket.write(Buffer.concat([upgradeRequest(ALLOWED, TARGETS.IoAdapter), textFrame('40')]));
      await lookup.untilAsked();
      lookup.answer(true);
      expect(await joined).toMatch(/^HTTP\/1\.1 101 [^]*0\{"sid"/);
      const echoed = receivedWith(socket, '42["echo","first"]');
      socket.write(textFrame('42["echo","first"]'));
      await echoed;
      expect(seen.connections).toHaveLength(1);
      socket.destroy();
    });
  },
);

describe.each(PLATFORMS_AND_PLACES)('frames sent before a lookup has answered, on %s on the %s', (on, place) => {
  const start = closedAfterEach(startGateway);

  it('allowed origin: reach the gateway in order, with those that came with the handshake', async () => {
    const lookup = new StagedLookup();
    const { gatewayPort } = await start(on, 'WsAdapter', place, { cors: { originLookup: lookup } });
    const socket = connect(gatewayPort, '127.0.0.1');
    const echoed = receivedWith(socket, 'third');
    socket.write(Buffer.concat([upgradeRequest(ALLOWED), frame('first')]));
    await lookup.untilAsked();
    await new Promise((resolve) => socket.write(frame('second'), resolve));
    await new Promise(setImmediate);
    lookup.answer(true);
    socket.write(frame('third'));
    expect(await echoed).toMatch(/^HTTP\/1\.1 101 [^]*first[^]*second[^]*third/);
    socket.destroy();
  });

  it('refused origin: the client gets its answer', async () => {
    const lookup = new StagedLookup();
    const { gatewayPort, seen } = await start(on, 'WsAdapter', place, { cors: { originLookup: lookup } });
    const socket = connect(gatewayPort, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(Buffer.concat([upgradeRequest(STRANGER), frame('first')]));
    await lookup.untilAsked();
    socket.write(frame('second'));
    lookup.answer(false);
    await closed;
    expect(received).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(received).toContain('Refused by the CORS policy: lookup-refused');
    expect(seen.connections).toEqual([]);
  });

  it('client that resets the connection: the process lives', async () => {
    const lookup = new StagedLookup();
    const { gatewayPort, seen } = await start(on, 'WsAdapter', place, { cors: { originLookup: lookup } });
    const socket = connect(gatewayPort, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(upgradeRequest(ALLOWED));
    await lookup.untilAsked();
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.resetAndDestroy();
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    lookup.answer(true);
    await new Promise(setImmediate);
    expect(seen.connections).toEqual([]);
    expect(await handshake('WsAdapter', gatewayPort, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
  });
});

describe('lookup results of handshakes', () => {
  const start = closedAfterEach(startGateway);

  it('route and handshake under one policy: share them', async () => {
    const asked: string[] = [];
    const { port, from } = await start('express', 'WsAdapter', 'shared port', {
      cors: { originLookup: { isOriginAllowed: (origin) => Promise.resolve(Boolean(asked.push(origin))) } },
    });
    await handshake('WsAdapter', port, { Origin: ALLOWED });
    await handshake('WsAdapter', port, { Origin: ALLOWED });
    await from(ALLOWED, '/');
    expect(asked).toEqual([ALLOWED]);
  });

  it('own origin: no lookup call', async () => {
    const lookup = new StagedLookup();
    const { port } = await start('fastify', 'WsAdapter', 'shared port', { cors: { originLookup: lookup } });
    expect(await handshake('WsAdapter', port, { Origin: `http://127.0.0.1:${port}` })).toEqual({ echo: 'hello' });
    expect(lookup.asked).toEqual([]);
  });
});
