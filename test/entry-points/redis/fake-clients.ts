import { EventEmitter } from 'node:events';
import type { RedisClient } from '../../../lib/entry-points/redis/index.js';

/** How a connection of a fake behaves, which a test can change between connections. */
export interface ConnectionBehaviour {
  connect: () => Promise<void>;
  subscribe: () => Promise<void>;
  ping: () => Promise<unknown>;
}

export function soundConnection(): ConnectionBehaviour {
  return {
    connect: () => Promise.resolve(),
    subscribe: () => Promise.resolve(),
    ping: () => Promise.resolve('PONG'),
  };
}

/** A connection for changes, as the tests see it whichever driver's shape it has. */
export interface FakeConnection {
  readonly closed: boolean;
  receive(payload: string): void;
  lose(error: Error): void;
}

/** A client of either driver, with sets in memory. */
export interface FakeClient {
  readonly client: RedisClient;
  readonly sets: Map<string, Set<string>>;
  /** What `INFO` returns; an error is thrown. */
  info: string | Error;
  readonly commands: string[][];
  /** Options of the duplicates, and the duplicates. */
  readonly duplicates: unknown[];
  readonly connections: FakeConnection[];
  readonly behaviour: ConnectionBehaviour;
  /** What integer replies of the client look like. */
  reply: (found: boolean) => unknown;
  /** Has the client know of an outage. */
  goOffline(): void;
}

function contents(fake: Pick<FakeClient, 'sets' | 'info' | 'commands' | 'reply'>) {
  return {
    info: async () => {
      if (fake.info instanceof Error) {
        throw fake.info;
      }
      return fake.info;
    },
    has: async (command: string, key: string, members: readonly string[]) => {
      fake.commands.push([command, key, ...members]);
      await Promise.resolve();
      return members.map((member) => fake.reply(fake.sets.get(key)?.has(member) ?? false));
    },
    scan: async (key: string, cursor: unknown, count: number) => {
      fake.commands.push(['SSCAN', key, String(cursor)]);
      const members = [...(fake.sets.get(key) ?? [])];
      const end = Number(cursor) + count;
      return { cursor: end < members.length ? end : 0, members: members.slice(Number(cursor), end) };
    },
    evaluate: async (script: string, keys: readonly string[], values: readonly string[]) => {
      if (script.includes("'EXISTS', KEYS[1]) == 0 then redis.call('SADD'")) {
        const [key = '', application = ''] = [...keys, ...values];
        fake.sets.set(key, fake.sets.get(key) ?? new Set([application]));
        return fake.reply(fake.sets.get(key)?.has(application) ?? false);
      }
      fake.commands.push(['EVAL', ...keys, ...values]);
      const holders = keys.flatMap((key, index) => (fake.sets.get(key)?.has(values[0] ?? '') ? [index + 1] : []));
      return script.includes('SISMEMBER') ? holders : fake.reply(true);
    },
  };
}

export function fakeIoredis(): FakeClient {
  const fake = bareFake((found) => Number(found));
  const { has, scan, evaluate, info } = contents(fake);
  const client = {
    status: 'ready',
    info,
    smismember: (key: string, ...members: string[]) => has('SMISMEMBER', key, members),
    sscan: async (key: string, from: string, _token: 'COUNT', count: number): Promise<[string, string[]]> => {
      const { cursor, members } = await scan(key, from, count);
      return [String(cursor), members];
    },
    eval: (script: string, count: number, ...values: string[]) =>
      evaluate(script, values.slice(0, count), values.slice(count)),
    duplicate(options: unknown) {
      fake.duplicates.push(options);
      const connection = new IoredisConnection(fake.behaviour);
      fake.connections.push(connection);
      return connection;
    },
  };
  return Object.assign(fake, { client, goOffline: () => (client.status = 'reconnecting') });
}

class IoredisConnection extends EventEmitter implements FakeConnection {
  closed = false;
  readonly connect: ConnectionBehaviour['connect'];
  readonly subscribe: ConnectionBehaviour['subscribe'];
  readonly ping: ConnectionBehaviour['ping'];

  constructor({ connect, subscribe, ping }: ConnectionBehaviour) {
    super();
    this.connect = connect;
    this.subscribe = subscribe;
    this.ping = ping;
  }
  disconnect(): void {
    if (this.closed) {
      throw new Error('This keeps the process alive for two seconds');
    }
    this.closed = true;
    this.emit('end');
  }
  receive(payload: string): void {
    this.emit('messageBuffer', Buffer.from('channel'), Buffer.from(payload));
  }
  lose(error: Error): void {
    this.closed = true;
    this.emit('error', error);
    this.emit('end');
  }
}

/** @param version the shape of 4 has numbers for cursors, booleans for integers, `disconnect()` for `destroy()`, and no ping */
export function fakeNodeRedis(version: 4 | 5 | 6): FakeClient {
  const fake = bareFake(version === 4 ? (found) => found : (found) => Number(found));
  const { has, scan, evaluate, info } = contents(fake);
  const client = {
    info,
    isOpen: true,
    isReady: true,
    options: { socket: { host: 'redis.example', reconnectStrategy: () => 1000 } },
    smIsMember: (key: string, members: string[]) => has('SMISMEMBER', key, members),
    sScan: async (key: string, from: unknown, { COUNT }: { COUNT: number }) => {
      const { cursor, members } = await scan(key, from, COUNT);
      return { cursor: version === 4 ? cursor : String(cursor), members };
    },
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      evaluate(script, options.keys, options.arguments),
    duplicate(options: unknown) {
      fake.duplicates.push(options);
      const connection = new NodeRedisConnection(fake.behaviour, version);
      fake.connections.push(connection);
      return connection;
    },
  };
  return Object.assign(fake, { client, goOffline: () => (client.isReady = false) });
}

class NodeRedisConnection extends EventEmitter implements FakeConnection {
  closed = false;
  readonly connect: ConnectionBehaviour['connect'];
  readonly ping: ConnectionBehaviour['ping'];
  readonly destroy: (() => void) | undefined;
  private listener: ((payload: Uint8Array) => void) | undefined;

  constructor(
    private readonly behaviour: ConnectionBehaviour,
    version: 4 | 5 | 6,
  ) {
    super();
    this.connect = behaviour.connect;
    this.ping = version === 4 ? () => Promise.reject(new Error('Cannot send commands in PubSub mode')) : behaviour.ping;
    this.destroy = version === 4 ? undefined : () => this.close();
  }
  async subscribe(_channel: string, listener: (payload: Uint8Array) => void): Promise<void> {
    this.listener = listener;
    await this.behaviour.subscribe();
  }
  unsubscribe(): Promise<unknown> {
    return this.behaviour.ping();
  }
  async disconnect(): Promise<void> {
    this.close();
  }
  receive(payload: string): void {
    this.listener?.(Buffer.from(payload));
  }
  lose(error: Error): void {
    this.emit('error', error);
  }
  private close(): void {
    if (this.closed) {
      throw new Error('The client is closed');
    }
    this.closed = true;
    this.emit('end');
  }
}

function bareFake(reply: FakeClient['reply']): Omit<FakeClient, 'client' | 'goOffline'> {
  return {
    sets: new Map(),

    info: '',
    commands: [],
    duplicates: [],
    connections: [],
    behaviour: soundConnection(),
    reply,
  };
}

/** Each shape that a client can have. */
export const SHAPES: readonly (readonly [string, () => FakeClient])[] = [
  ['ioredis', fakeIoredis],
  ['node-redis 4', () => fakeNodeRedis(4)],
  ['node-redis 5', () => fakeNodeRedis(5)],
  ['node-redis 6', () => fakeNodeRedis(6)],
];
