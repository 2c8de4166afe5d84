import { Redis as Redis5 } from 'ioredis';
import { Redis as Redis6 } from 'ioredis-6';
import { createClient } from 'redis';
import type { RedisClient } from '../../lib/entry-points/redis/index.js';

export const serverUrl = process.env['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379';

/** An application's client, and how the application closes it. */
export interface ConnectedClient {
  readonly client: RedisClient;
  /** Runs a command as the application would. */
  command(...words: string[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface Driver {
  readonly name: string;
  /** A client as an application makes it, connected. `reconnects: false`: its own strategy gives up at once. */
  connect(
    url: string,
    options?: { readonly reconnects?: boolean; readonly keyPrefix?: string },
  ): Promise<ConnectedClient>;
}

function overIoredis(name: string, Redis: typeof Redis5): Driver {
  return {
    name,
    async connect(url, { reconnects = true, keyPrefix = '' } = {}) {
      const client = new Redis(url, {
        connectionName: CONNECTION_NAME,
        lazyConnect: true,
        keyPrefix,
        connectTimeout: 2000,
        maxRetriesPerRequest: 1,
        retryStrategy: (attempt: number) => (reconnects ? Math.min(attempt * 50, 500) : null),
      });
      client.on('error', () => {});
      await client.connect().catch((error: unknown) => explain(url, error));
      return {
        client,
        command: (command, ...values) => client.call(command ?? '', ...values),
        close: async () => client.disconnect(),
      };
    },
  };
}

/** Both versions of ioredis and node-redis. */
export const DRIVERS: readonly Driver[] = [
  overIoredis('ioredis 5', Redis5),
  overIoredis('ioredis 6', Redis6 as unknown as typeof Redis5),
  {
    name: 'node-redis',
    async connect(url, { reconnects = true } = {}) {
      const client = createClient({
        url,
        name: CONNECTION_NAME,
        disableOfflineQueue: true,
        socket: {
          connectTimeout: 2000,
          reconnectStrategy: (attempt) => (reconnects ? Math.min(attempt * 50, 500) : false),
        },
      });
      client.on('error', () => {});
      await client.connect().catch((error: unknown) => explain(url, error));
      return {
        client,
        command: (...words) => client.sendCommand(words),
        close: async () => client.destroy(),
      };
    },
  },
];

/** How `CLIENT LIST` names the connections of one test run, those of the library included. */
export const CONNECTION_NAME = `nestjs-cors-${process.pid}`;

function explain(url: string, error: unknown): never {
  const shown = new URL(url);
  shown.password = '';
  throw new Error(
    `These tests need a Redis server, 6.2 or later, and ${shown.href} gave no connection (${String(error)}). ` +
      'Start one there, or name another in TEST_REDIS_URL.',
  );
}
