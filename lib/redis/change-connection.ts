import type { RedisCommands, RedisSubscriber } from './redis-commands.js';

export interface ChangeConnectionSettings {
  readonly commands: RedisCommands;
  readonly channel: string;
  /** How often the connection is checked, and how long an answer may take, in milliseconds. */
  readonly heartbeat: number;
  /** Closes the connection. */
  readonly signal: AbortSignal;
  /** The channel is subscribed. */
  onListening(): void;
  onMessage(payload: Uint8Array): void;
}

/**
 * Listens on one connection until that is lost or the signal is aborted, and leaves nothing of it behind.
 *
 * A connection that a firewall has forgotten stays open and silent, so it is asked for a sign of life. Connecting and
 * subscribing have the same time.
 *
 * @returns why the connection is gone. Never rejects.
 */
export function listenOnce(settings: ChangeConnectionSettings): Promise<unknown> {
  const { commands, channel, heartbeat, signal, onListening, onMessage } = settings;
  return new Promise((resolve) => {
    let over = false;
    let awaitsAnswer = true;
    let subscriber: RedisSubscriber | undefined;

    const end = (reason: unknown): void => {
      if (!over) {
        over = true;
        clearInterval(timer);
        signal.removeEventListener('abort', close);
        subscriber?.close();
        resolve(reason);
      }
    };
    const close = (): void => end(undefined);
    const check = (): void => {
      if (awaitsAnswer) {
        end(new Error(`No answer within ${heartbeat} ms`));
        return;
      }
      awaitsAnswer = true;
      subscriber?.ping().then(() => (awaitsAnswer = false), end);
    };

    const timer = setInterval(check, heartbeat).unref();
    signal.addEventListener('abort', close);
    subscriber = commands.subscriber({
      channel,
      onMessage: (payload) => {
        if (!over) {
          onMessage(payload);
        }
      },
      onLost: end,
    });
    subscriber.start().then(() => {
      awaitsAnswer = false;
      if (!over) {
        onListening();
      }
    }, end);
  });
}
