import type { RedisCommands } from './redis-commands.js';
import type { ChannelConnection, ChannelListener } from '../stores/channel.js';

/** How many commands of one store may wait for a reply. Reading a list sends 200 at once. */
const MOST_COMMANDS = 1000;
/** While a command is abandoned, one other is sent per interval, in milliseconds: its reply shows that Redis is back. */
const TRIAL_INTERVAL = 1000;

/**
 * Bounds the number of commands that wait for a reply. Drivers keep each command until it is answered, so that without a
 * bound a silent server would let them grow without end. A command cannot be canceled.
 */
export class BoundedCommands implements RedisCommands {
  /** When each unanswered command was sent, the oldest first. */
  private readonly sentAt = new Map<symbol, number>();
  private triedAt = -Infinity;

  /** @param queryTimeout the time in milliseconds after which an unanswered command counts as abandoned */
  constructor(
    private readonly commands: RedisCommands,
    private readonly queryTimeout: number,
  ) {}

  get isCluster(): boolean {
    return this.commands.isCluster;
  }

  outage(): string | undefined {
    return this.commands.outage();
  }

  hasAny(key: string, members: readonly string[]): Promise<boolean> {
    return this.send(() => this.commands.hasAny(key, members));
  }

  scan(...parameters: Parameters<RedisCommands['scan']>): ReturnType<RedisCommands['scan']> {
    return this.send(() => this.commands.scan(...parameters));
  }

  info(section: string): Promise<string> {
    return this.send(() => this.commands.info(section));
  }

  /** Not bounded, because only the one reading of a list and the application's own writes run scripts. */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.commands.evaluate(script, keys, values);
  }

  subscriber(channel: string, listener: ChannelListener): ChannelConnection {
    return this.commands.subscriber(channel, listener);
  }

  private async send<Reply>(command: () => Promise<Reply>): Promise<Reply> {
    this.check();
    const id = Symbol('command');
    this.sentAt.set(id, performance.now());
    try {
      return await command();
    } finally {
      this.sentAt.delete(id);
    }
  }

  /** @throws Error while no command may be sent */
  private check(): void {
    const now = performance.now();
    const [oldest = now] = this.sentAt.values();
    if (this.sentAt.size >= MOST_COMMANDS) {
      throw new Error(
        `Redis has not answered ${this.sentAt.size} commands, so no other is sent. Set commandTimeout (ioredis) or socketTimeout ` +
          '(node-redis) of the client, and look what the server is busy with: redis-cli --latency, SLOWLOG GET',
      );
    }
    if (now - oldest > this.queryTimeout) {
      if (now - this.triedAt < TRIAL_INTERVAL) {
        throw new Error(
          `Redis has not answered a command for ${Math.round(now - oldest)} ms, so no other is sent. Set commandTimeout (ioredis) or ` +
            'socketTimeout (node-redis) of the client, so that it gives up such a connection',
        );
      }
      this.triedAt = now;
    }
  }
}
