import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { closedAfterEach } from '../support/closed-after-each.js';
import { send } from '../support/http-client.js';
import { ALLOWED, SOCKET_ADAPTERS, startGateway } from './gateway-application.js';
import { type Handshake, handshake } from './socket-clients.js';

describe.each(SOCKET_ADAPTERS)(
  'gateway with %s on a port of its own, before the application has bootstrapped',
  (adapter) => {
    const start = closedAfterEach(startGateway);

    it('allowed origin: is answered with 503, and may connect afterwards', async () => {
      const early: Promise<Handshake>[] = [];
      let port = 0;

      @Injectable()
      class ConnectsEarly {
        async onModuleInit(): Promise<void> {
          early.push(handshake(adapter, port, { Origin: ALLOWED }));
          await Promise.all(early);
        }
      }
      const { gatewayPort, seen } = await start('express', adapter, 'own port', {
        cors: { origin: [ALLOWED] },
        providers: [ConnectsEarly],
        atPort: (given) => (port = given),
      });
      expect(await Promise.all(early)).toEqual([expect.objectContaining({ status: 503 })]);
      expect(seen.connections).toEqual([]);
      expect(await handshake(adapter, gatewayPort, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
    });
  },
);

describe('polling of a gateway before the application has bootstrapped', () => {
  const start = closedAfterEach(startGateway);

  it('any request: is answered with 503 and without CORS headers', async () => {
    const early: Promise<Awaited<ReturnType<typeof send>>>[] = [];
    let port = 0;

    @Injectable()
    class PollsEarly {
      async onModuleInit(): Promise<void> {
        const headers = { Origin: ALLOWED };
        early.push(send(port, '/socket.io/?EIO=4&transport=polling', { headers }));
        early.push(
          send(port, '/socket.io/', {
            method: 'OPTIONS',
            headers: { ...headers, 'Access-Control-Request-Method': 'GET' },
          }),
        );
        await Promise.all(early);
      }
    }
    await start('express', 'IoAdapter', 'own port', {
      cors: { origin: [ALLOWED] },
      providers: [PollsEarly],
      atPort: (given) => (port = given),
    });
    for (const { status, headers } of await Promise.all(early)) {
      expect(status).toBe(503);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});
