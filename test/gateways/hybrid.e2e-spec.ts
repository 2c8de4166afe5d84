import { describe, expect, it } from '@jest/globals';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS } from '../support/application.js';
import { ALLOWED, SOCKET_ADAPTERS, STRANGER, startGateway } from './gateway-application.js';
import { handshake } from './socket-clients.js';

/** A transport without a network, which tells whether it was started. */
class SilentTransport extends Server implements CustomTransportStrategy {
  isListening = false;

  listen(callback: () => void): void {
    this.isListening = true;
    callback();
  }

  close(): void {
    this.isListening = false;
  }

  on(): void {}

  unwrap<T>(): T {
    return undefined as T;
  }
}

const CASES = PLATFORMS.flatMap((platform) =>
  SOCKET_ADAPTERS.flatMap((adapter) => [true, false].map((inherits) => [platform, adapter, inherits] as const)),
);

describe.each(CASES)(
  'a hybrid application on %s with %s, where inheritAppConfig is %s',
  (platform, adapter, inherits) => {
    const start = closedAfterEach(startGateway);

    it('microservices started later: handshakes are decided by the policy before and after', async () => {
      const strategy = new SilentTransport();
      const { app, gatewayPort, seen } = await start(platform, adapter, 'shared port', {
        cors: { origin: [ALLOWED] },
        configure: (configured) => void configured.connectMicroservice({ strategy }, { inheritAppConfig: inherits }),
      });
      const outcomes = async (): Promise<unknown> => [
        await handshake(adapter, gatewayPort, { Origin: ALLOWED }),
        await handshake(adapter, gatewayPort, { Origin: STRANGER }),
        await handshake(adapter, gatewayPort, { Origin: 'null' }),
      ];
      const refused = expect.objectContaining({ status: 403 });
      expect(await outcomes()).toEqual([{ echo: 'hello' }, refused, refused]);
      await app.startAllMicroservices();
      expect(strategy.isListening).toBe(true);
      expect(await outcomes()).toEqual([{ echo: 'hello' }, refused, refused]);
      expect(seen.connections).toHaveLength(2);
    });

    it('microservices started first: handshakes are decided by the policy', async () => {
      const strategy = new SilentTransport();
      let started: Promise<unknown> | undefined;
      const { gatewayPort, seen } = await start(platform, adapter, 'own port', {
        cors: { origin: [ALLOWED] },
        configure: (configured) => {
          configured.connectMicroservice({ strategy }, { inheritAppConfig: inherits });
          started = configured.startAllMicroservices();
        },
      });
      await started;
      expect(await handshake(adapter, gatewayPort, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
      expect(await handshake(adapter, gatewayPort, { Origin: STRANGER })).toMatchObject({ status: 403 });
      expect(seen.connections).toHaveLength(1);
    });
  },
);
