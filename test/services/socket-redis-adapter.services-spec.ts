import { describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Subject } from 'rxjs';
import { type Socket, io } from 'socket.io-client';
import type { OriginChange, OriginLookup } from '../../lib/index.js';
import { ALLOWED, STRANGER, startGateway } from '../gateways/gateway-application.js';
import { viaSocketIo } from '../gateways/socket-clients.js';
import { serverUrl } from './redis-drivers.js';

/** The part of socket.io's server that is used here. */
interface Server {
  adapter(adapter: unknown): void;
  emit(event: string, data: string): void;
}

/** The adapter of the NestJS documentation: events go through Redis to the sockets of every instance. */
class RedisIoAdapter extends IoAdapter {
  constructor(
    app: INestApplication,
    private readonly clients: readonly [Redis, Redis],
    private readonly servers: Server[],
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Parameters<IoAdapter['createIOServer']>[1]) {
    const server = super.createIOServer(port, options) as unknown as Server;
    server.adapter(createAdapter(...this.clients));
    this.servers.push(server);
    return server as unknown as ReturnType<IoAdapter['createIOServer']>;
  }
}

class Rows implements OriginLookup {
  readonly asked: string[] = [];
  readonly changes = new Subject<OriginChange>();
  isThere = true;

  isOriginAllowed(origin: string): Promise<boolean> {
    this.asked.push(origin);
    return Promise.resolve(this.isThere && origin === ALLOWED);
  }
}

function next(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve));
}

describe('gateways of two instances with the Redis adapter of socket.io', () => {
  it('two instances: decide handshakes, share events, and close the sockets of a revoked origin on both', async () => {
    const clients: Redis[] = [];
    const servers: Server[] = [];
    const startInstance = (rows: Rows) =>
      startGateway('express', 'IoAdapter', 'shared port', {
        cors: { originLookup: rows },
        socketAdapter: (app) => {
          const pair = [new Redis(serverUrl), new Redis(serverUrl)] as const;
          clients.push(...pair);
          return new RedisIoAdapter(app, pair, servers) as never;
        },
      });
    const rows = [new Rows(), new Rows()] as const;
    const instances = [await startInstance(rows[0]), await startInstance(rows[1])] as const;
    try {
      const refused = expect.objectContaining({ status: 403 });
      for (const { port, seen } of instances) {
        expect(await viaSocketIo(port, { Origin: STRANGER })).toEqual(refused);
        expect(await viaSocketIo(port, { Origin: STRANGER }, { transports: ['polling'] })).toEqual(refused);
        expect(seen.connections).toEqual([]);
        expect(await viaSocketIo(port, { Origin: ALLOWED })).toEqual({ echo: 'hello' });
      }
      const sockets = instances.map(({ port }) =>
        io(`http://127.0.0.1:${port}`, {
          transports: ['websocket'],
          extraHeaders: { Origin: ALLOWED },
          reconnection: false,
          forceNew: true,
        }),
      );
      await Promise.all(sockets.map((socket) => next(socket, 'connect')));
      const heard = Promise.all(sockets.map((socket) => next(socket, 'news')));
      servers[0]?.emit('news', 'through Redis');
      expect(await heard).toEqual(['through Redis', 'through Redis']);

      const closed = Promise.all(sockets.map((socket) => next(socket, 'disconnect')));
      for (const each of rows) {
        each.isThere = false;
        each.asked.length = 0;
        each.changes.next({ origin: ALLOWED });
      }
      await closed;
      expect(rows.map(({ asked }) => asked)).toEqual([[ALLOWED], [ALLOWED]]);
      expect(await viaSocketIo(instances[1].port, { Origin: ALLOWED })).toEqual(refused);
    } finally {
      await Promise.all(instances.map(({ close }) => close()));
      clients.forEach((client) => client.disconnect());
    }
  });
});
