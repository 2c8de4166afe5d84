import type { RedisCommands } from './redis-commands.js';
import type { ChannelConnection, ChannelListener } from '../stores/channel.js';

/** How many commands of one store may wait for a reply: a reading of a list sends 200 at once. */
const MOST_COMMANDS = 1000;
/** After so long, no caller waits for the reply any more, in milliseconds. */
const ABANDONED_AFTER = 5000;
/** While a command is abandoned, one other is sent in this time, in milliseconds: its reply would show that Redis is back. */
const TRIAL_INTERVAL = 1000;

/**
 * Commands of which only so many wait for a reply. Drivers send commands on one connection and keep each until it is
 * answered, so that a server that answers nothing would have them collected without end. A command cannot be taken back.
 */
export class BoundedCommands implements RedisCommands {
  /** When the commands that are not answered were sent, the oldest first. */
  private readonly sentAt = new Map<symbol, number>();
  private triedAt = -Infinity;

  constructor(private readonly commands: RedisCommands) {}

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

  /** Not bounded: scripts are of a list's only reading, or of the application's own writes. */
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

  /** @throws Error when no command may be sent now */
  private check(): void {
    const now = performance.now();
    const [oldest = now] = this.sentAt.values();
    if (this.sentAt.size >= MOST_COMMANDS) {
      throw new Error(
        `Redis has not answered ${this.sentAt.size} commands, so no other is sent. Set commandTimeout (ioredis) or socketTimeout ` +
          '(node-redis) of the client, and look what the server is busy with: redis-cli --latency, SLOWLOG GET',
      );
    }
    if (now - oldest > ABANDONED_AFTER) {
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
