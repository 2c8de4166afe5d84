import type { ChannelConnection, ChannelListener } from '../stores/channel.js';
import { isOne, type RedisCommands, type SetPage } from './redis-commands.js';

/** The members of a client or a cluster of `ioredis` 5 and 6 that are used. */
export interface IoredisClient {
  readonly status: string;
  readonly isCluster?: boolean;
  smismember(key: string, ...members: string[]): Promise<unknown>;
  sscan(key: string, cursor: string, countToken: 'COUNT', count: number): Promise<[string, string[]]>;
  eval(script: string, keyCount: number, ...keysAndValues: string[]): Promise<unknown>;
  /** Only used of a node: a cluster's method takes other arguments. */
  duplicate(...options: never[]): unknown;
}

/** The members of a client of one node that are used. */
interface IoredisNode {
  info(section: string): Promise<unknown>;
  duplicate(options: Readonly<Record<string, unknown>>): IoredisConnection;
}

interface IoredisConnection {
  on(event: string, listener: (...values: never[]) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(): void;
}

/** Statuses in which a command waits. A new client may have `wait` or `connecting`. */
const OUTAGES: ReadonlySet<string> = new Set(['close', 'reconnecting', 'disconnecting', 'end']);

export function isIoredisClient(client: object): client is IoredisClient {
  const { status, smismember, eval: evaluate, duplicate } = client as Partial<IoredisClient>;
  return (
    [smismember, evaluate, duplicate].every((method) => typeof method === 'function') && typeof status === 'string'
  );
}

export class IoredisCommands implements RedisCommands {
  readonly isCluster: boolean;

  constructor(private readonly client: IoredisClient) {
    this.isCluster = client.isCluster === true;
  }

  outage(): string | undefined {
    const { status } = this.client;
    return OUTAGES.has(status) ? `The ioredis client is not connected (its status is "${status}")` : undefined;
  }

  async hasAny(key: string, members: readonly string[]): Promise<boolean> {
    const replies = await this.client.smismember(key, ...members);
    return Array.isArray(replies) && replies.some(isOne);
  }

  async scan(key: string, from: string, count: number): Promise<SetPage> {
    const [cursor, members] = await this.client.sscan(key, from, 'COUNT', count);
    return { cursor: String(cursor), members };
  }

  async info(section: string): Promise<string> {
    return String(await nodeOf(this.client).info(section));
  }

  async evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return await this.client.eval(script, keys.length, ...keys, ...values);
  }

  subscriber(channel: string, listener: ChannelListener): ChannelConnection {
    return new IoredisSubscriber(this.client, channel, listener);
  }
}

class IoredisSubscriber implements ChannelConnection {
  private connection: IoredisConnection | undefined;
  private ended = false;
  private lastError: unknown;

  constructor(
    private readonly client: IoredisClient,
    private readonly channel: string,
    private readonly listener: ChannelListener,
  ) {}

  async open(): Promise<void> {
    const { onPayload, onLost } = this.listener;
    // Overrides the application's `retryStrategy`, so that a lost connection ends.
    const connection = nodeOf(this.client).duplicate({
      lazyConnect: true,
      retryStrategy: () => null,
      autoResubscribe: false,
      enableOfflineQueue: true,
      commandTimeout: undefined,
    });
    this.connection = connection;
    connection.on('error', (error: unknown) => (this.lastError = error));
    connection.on('end', () => {
      this.ended = true;
      onLost(this.lastError ?? new Error('The connection was closed'));
    });
    // For 'message', ioredis would decode every payload to a string, whatever its length.
    connection.on('messageBuffer', (_channel: Uint8Array, payload: Uint8Array) => onPayload(payload));
    try {
      await connection.connect();
      await connection.subscribe(this.channel);
    } catch (error) {
      // connect() rejects without the cause.
      throw this.lastError ?? error;
    }
  }

  async ping(): Promise<unknown> {
    return await this.connection?.ping();
  }

  close(): void {
    // After the end, disconnect() would keep the process alive for two seconds.
    if (!this.ended) {
      this.connection?.disconnect();
    }
  }
}

/** The client itself, or any node of a cluster: a cluster passes messages on to all its nodes. */
function nodeOf(client: IoredisClient): IoredisNode {
  if (client.isCluster !== true) {
    return client as unknown as IoredisNode;
  }
  const nodes = (client as unknown as { nodes(role: 'master'): readonly IoredisNode[] }).nodes('master');
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) {
    throw new Error('The cluster has no node that is known yet');
  }
  return node;
}
