/** A channel that the changes of a store are sent over, and how to listen to it with whichever driver. */
export interface Channel {
  /** The store's name, as the log has it. */
  readonly store: string;
  readonly name: string;
  /** `undefined` where no network lies between that could be lost. */
  readonly timing: ChannelTiming | undefined;
  /** Makes a connection of its own that listens. Nothing is opened before {@link ChannelConnection.open}. */
  connect(listener: ChannelListener): ChannelConnection;
}

/** In milliseconds. */
export interface ChannelTiming {
  /** Deadline for connecting and subscribing together. */
  readonly opening: number;
  /** How often the connection is asked for a sign of life, and how long that may take. */
  readonly heartbeat: number;
  readonly answer: number;
}

/** Who is told of what happens on a connection. Neither throws. */
export interface ChannelListener {
  onPayload(payload: string | Uint8Array): void;
  /** The connection is lost. May be called more than once. */
  onLost(reason: unknown): void;
}

/** One connection for one channel. It does not reconnect: whoever is told of the loss makes another. */
export interface ChannelConnection {
  /** Connects and subscribes. Rejects with the reason when either fails. */
  open(): Promise<unknown>;
  /** Asks for a sign of life. Rejects when there is none. */
  ping(): Promise<unknown>;
  /** Closes the connection, in whatever state it is. Never throws. */
  close(): void;
}

/**
 * Listens on one connection until that is lost or the signal, which is not aborted yet, is, and leaves nothing of it behind.
 *
 * A connection that a firewall has forgotten stays open and silent, so it is asked for a sign of life. No timer keeps the
 * process alive.
 *
 * @param onListening the channel is subscribed
 * @returns why the connection is gone, be it that it never was. Never rejects.
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
      // It may have ended while it was being asked.
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
