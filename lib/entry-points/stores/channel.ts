/** The channel of a store's changes, for any driver. */
export interface Channel {
  /** The store's name for the log. */
  readonly store: string;
  readonly name: string;
  /** `undefined` without a network. */
  readonly timing: ChannelTiming | undefined;
  /** Makes a connection of its own that listens. Nothing is opened before {@link ChannelConnection.open}. */
  connect(listener: ChannelListener): ChannelConnection;
}

/** In milliseconds. */
export interface ChannelTiming {
  /** Deadline for connecting and subscribing together. */
  readonly opening: number;
  /** How often the connection is checked, and how long the answer may take. */
  readonly heartbeat: number;
  readonly answer: number;
}

/** Receives the events of a connection. Its methods must not throw. */
export interface ChannelListener {
  onPayload(payload: string | Uint8Array): void;
  /** The connection is lost. May be called more than once. */
  onLost(reason: unknown): void;
}

/** One connection for one channel. It does not reconnect: the listener makes a new one. */
export interface ChannelConnection {
  /** Connects and subscribes. Rejects with the reason when either fails. */
  open(): Promise<unknown>;
  /** Checks that the connection is alive. Rejects where it is not. */
  ping(): Promise<unknown>;
  /** Closes the connection in any state. Never throws. */
  close(): void;
}

/**
 * Listens on one connection until it is lost or the signal, not aborted yet, is aborted. It then closes the connection and all
 * timers. No timer keeps the process alive.
 *
 * A connection that a firewall has dropped stays open and silent, so it is checked by heartbeats.
 *
 * @param onListening called when the channel is subscribed
 * @returns why the connection failed or ended. Never rejects.
 */
export function listenOnce(
  channel: Channel,
  signal: AbortSignal,
  onListening: () => void,
  onPayload: ChannelListener['onPayload'],
): Promise<unknown> {
  return new Promise((resolve) => {
    const { timing } = channel;
    let over = false;
    let timer: NodeJS.Timeout | undefined;
    let connection: ChannelConnection | undefined;

    const end = (reason: unknown): void => {
      if (!over) {
        over = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        connection?.close();
        resolve(reason);
      }
    };
    const stop = (): void => end(signal.reason);
    const endAfter = (time: number, what: string): void => {
      timer = setTimeout(() => end(new Error(`${what} took longer than ${time} ms`)), time).unref();
    };
    const check = ({ answer }: ChannelTiming): void => {
      endAfter(answer, 'The answer to a heartbeat');
      connection?.ping().then(waitToCheck, end);
    };
    const waitToCheck = (): void => {
      clearTimeout(timer);
      // The connection may have ended during the check.
      if (!over && timing !== undefined) {
        timer = setTimeout(check, timing.heartbeat, timing).unref();
      }
    };
    const open = async (): Promise<unknown> => {
      connection = channel.connect({
        onPayload: (payload) => {
          if (!over) {
            onPayload(payload);
          }
        },
        onLost: end,
      });
      return connection.open();
    };

    signal.addEventListener('abort', stop);
    if (timing !== undefined) {
      endAfter(timing.opening, 'Connecting');
    }
    open().then(() => {
      if (!over) {
        onListening();
      }
      waitToCheck();
    }, end);
  });
}
