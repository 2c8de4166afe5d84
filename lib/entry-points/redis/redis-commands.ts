import type { ChannelConnection, ChannelListener } from '../stores/channel.js';

/** The few commands that the sets are read and written with, over whichever driver. */
export interface RedisCommands {
  /** Whether it is a cluster, where keys that are written together have to share a hash tag. */
  readonly isCluster: boolean;
  /**
   * Why no command would be answered now; `undefined` when one may be. Drivers keep what is asked during an outage until it
   * is over, which is no answer for a request that waits.
   */
  outage(): string | undefined;
  /** `SMISMEMBER`: whether any of these is in the set. */
  hasAny(key: string, members: readonly string[]): Promise<boolean>;
  /** `SSCAN`: one page of a set; the cursor `'0'` is the first page's, and what the last page returns. */
  scan(key: string, cursor: string, count: number): Promise<SetPage>;
  /** `INFO` of the server, or of any node of a cluster. */
  info(section: string): Promise<string>;
  /** `EVAL` */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** A connection of its own that listens to one channel; nothing happens before its `open()`. */
  subscriber(channel: string, listener: ChannelListener): ChannelConnection;
}

export interface SetPage {
  readonly cursor: string;
  readonly members: readonly string[];
}

/** An integer reply, as drivers give it: a number, a boolean, or text (ioredis with `stringNumbers`). Only these are 1. */
export function isOne(reply: unknown): boolean {
  return reply === 1 || reply === true || reply === '1';
}
