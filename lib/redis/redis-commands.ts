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
  /** `EVAL` */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** A connection of its own that listens to one channel; nothing happens before {@link RedisSubscriber.start}. */
  subscriber(listener: ChannelListener): RedisSubscriber;
}

export interface SetPage {
  readonly cursor: string;
  readonly members: readonly string[];
}

/** Who is told of a channel. */
export interface ChannelListener {
  readonly channel: string;
  onMessage(payload: Uint8Array): void;
  /** The connection is lost, and is not made again. May be called more than once. */
  onLost(reason: unknown): void;
}

/** One connection for one channel. It does not reconnect: whoever is told of the loss makes another. */
export interface RedisSubscriber {
  /** Connects and subscribes. Rejects with the reason when either fails. */
  start(): Promise<void>;
  ping(): Promise<unknown>;
  /** Closes the connection at once, in whatever state it is. Never throws. */
  close(): void;
}

/** An integer reply, as drivers give it: a number, a boolean, or text (ioredis with `stringNumbers`). Only these are 1. */
export function isOne(reply: unknown): boolean {
  return reply === 1 || reply === true || reply === '1';
}
