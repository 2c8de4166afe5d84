import type { ChannelConnection, ChannelListener } from '../stores/channel.js';
import { isOne, type RedisCommands, type SetPage } from './redis-commands.js';

/** The members of a client or a cluster of `redis` (node-redis) 4, 5 and 6 that are used. */
export interface NodeRedisClient {
  readonly isOpen?: boolean;
  readonly isReady?: boolean;
  smIsMember(key: string, members: string[]): Promise<unknown>;
  sScan(key: string, cursor: never, options: { COUNT: number }): Promise<{ cursor: unknown; members: unknown[] }>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  duplicate(options?: never): unknown;
}

/** The members of a client of one node that are used. */
interface NodeRedisNode {
  info(section: string): Promise<unknown>;
  readonly options?: { readonly socket?: object };
  duplicate(options: { readonly socket: object }): NodeRedisConnection;
}

interface NodeRedisConnection {
  on(event: string, listener: (...values: never[]) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (payload: Uint8Array) => void, buffers: true): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  /** Since 5; `disconnect()` before. */
  destroy?(): void;
  disconnect(): Promise<unknown>;
}

/** The members of a cluster that are used. */
interface NodeRedisCluster {
  readonly masters: readonly object[];
  nodeClient(master: object): NodeRedisNode | Promise<NodeRedisNode>;
}

export function isNodeRedisClient(client: object): client is NodeRedisClient {
  const { smIsMember, sScan, eval: evaluate, duplicate } = client as Partial<NodeRedisClient>;
  return [smIsMember, sScan, evaluate, duplicate].every((method) => typeof method === 'function');
}

export class NodeRedisCommands implements RedisCommands {
  readonly isCluster: boolean;

  constructor(private readonly client: NodeRedisClient) {
    this.isCluster = isCluster(client);
  }

  outage(): string | undefined {
    if (this.client.isOpen === false) {
      return 'The node-redis client is not connected: call `await client.connect()`, or find out why it has given up';
    }
    return this.client.isReady === false ? 'The node-redis client is not connected at the moment' : undefined;
  }

  async hasAny(key: string, members: readonly string[]): Promise<boolean> {
    const replies = await this.client.smIsMember(key, [...members]);
    return Array.isArray(replies) && replies.some(isOne);
  }

  async scan(key: string, from: string, count: number): Promise<SetPage> {
    // A cursor is a number in 4 and a string since 5. It has up to 64 bits.
    const { cursor, members } = await this.client.sScan(key, from as never, { COUNT: count });
    return { cursor: String(cursor), members: members.map(String) };
  }

  async info(section: string): Promise<string> {
    return String(await (await nodeOf(this.client)).info(section));
  }

  async evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return await this.client.eval(script, { keys: [...keys], arguments: [...values] });
  }

  subscriber(channel: string, listener: ChannelListener): ChannelConnection {
    return new NodeRedisSubscriber(this.client, channel, listener);
  }
}

class NodeRedisSubscriber implements ChannelConnection {
  private connection: NodeRedisConnection | undefined;
  private closed = false;

  constructor(
    private readonly client: NodeRedisClient,
    private readonly channel: string,
    private readonly listener: ChannelListener,
  ) {}

  async open(): Promise<void> {
    const { onPayload, onLost } = this.listener;
    const node = await nodeOf(this.client);
    if (this.closed) {
      return;
    }
    // An override replaces all options of the socket.
    const connection = node.duplicate({ socket: { ...node.options?.socket, reconnectStrategy: false } });
    this.connection = connection;
    // An 'error' event without a listener ends the process.
    connection.on('error', onLost);
    connection.on('end', () => onLost(new Error('The connection was closed')));
    await connection.connect();
    await connection.subscribe(this.channel, onPayload, true);
  }

  async ping(): Promise<unknown> {
    // On a connection that listens, 4 sends only (un)subscriptions. The server answers them for any channel.
    return this.connection?.destroy === undefined
      ? await this.connection?.unsubscribe(`${this.channel}:ping`)
      : await this.connection.ping();
  }

  close(): void {
    this.closed = true;
    try {
      if (this.connection?.destroy === undefined) {
        this.connection?.disconnect().catch(() => {});
      } else {
        this.connection.destroy();
      }
    } catch {
      // 5 throws where the connection is already closed.
    }
  }
}

function isCluster(client: object): boolean {
  return typeof (client as Partial<NodeRedisCluster>).nodeClient === 'function';
}

/** The client itself, or any node of a cluster: a cluster passes messages on to all its nodes. */
async function nodeOf(client: NodeRedisClient): Promise<NodeRedisNode> {
  if (!isCluster(client)) {
    return client as unknown as NodeRedisNode;
  }
  const cluster = client as unknown as NodeRedisCluster;
  const master = cluster.masters[Math.floor(Math.random() * cluster.masters.length)];
  if (master === undefined) {
    throw new Error('The cluster has no node that is known yet');
  }
  return await cluster.nodeClient(master);
}
