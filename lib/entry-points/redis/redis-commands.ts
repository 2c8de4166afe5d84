import type { ChannelConnection, ChannelListener } from '../stores/channel.js';

/** The commands that read and write the sets, for any driver. */
export interface RedisCommands {
  /** Whether it is a cluster, where keys that are written together have to share a hash tag. */
  readonly isCluster: boolean;
  /**
   * Why commands get no reply now; `undefined` where they may. Drivers keep commands until an outage is over, which is too
   * late for a waiting request.
   */
  outage(): string | undefined;
  /** `SMISMEMBER`: whether any of the members is in the set. */
  hasAny(key: string, members: readonly string[]): Promise<boolean>;
  /** `SSCAN`: one page of a set. The first page has the cursor `'0'`, and the last page returns it. */
  scan(key: string, cursor: string, count: number): Promise<SetPage>;
  /** `INFO` of the server, or of any node of a cluster. */
  info(section: string): Promise<string>;
  /** `EVAL` */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** A new connection that listens to one channel, not opened yet. */
  subscriber(channel: string, listener: ChannelListener): ChannelConnection;
}

export interface SetPage {
  readonly cursor: string;
  readonly members: readonly string[];
}

/** Whether an integer reply is 1. Drivers return a number, a boolean, or a string (ioredis with `stringNumbers`). */
export function isOne(reply: unknown): boolean {
  return reply === 1 || reply === true || reply === '1';
}
