import { defer, merge, Observable, of, share, type Subscriber } from 'rxjs';
import type { OriginChange } from '../interfaces/index.js';
import { Backoff, pause } from './backoff.js';
import { listenOnce } from './change-connection.js';
import { ChangeLog } from './change-log.js';
import { readChange } from './change-payload.js';
import type { RedisCommands } from './redis-commands.js';

/** Everything may have changed. */
const ANYTHING: OriginChange = {};

export interface ChangeFeedSettings {
  readonly commands: RedisCommands;
  readonly channel: string;
  /** In milliseconds. */
  readonly heartbeat: number;
}

/**
 * The changes that are published on a channel. The first subscription connects, and the last unsubscription closes the
 * connection. It neither completes nor fails: a lost connection is made again, however often.
 *
 * What is published while nobody listens is gone, so `{}` follows every connection.
 */
export function changeFeed(settings: ChangeFeedSettings): Observable<OriginChange> {
  let listening = false;
  const shared = new Observable<OriginChange>((observer) => {
    const closing = new AbortController();
    void listen(settings, observer, closing.signal, (now) => (listening = now));
    return () => {
      listening = false;
      closing.abort();
    };
  }).pipe(share());
  // Who comes later did not hear that the connection was made.
  return defer(() => (listening ? merge(of(ANYTHING), shared) : shared));
}

/** Listens on one connection after the other. Never rejects. */
async function listen(
  { commands, channel, heartbeat }: ChangeFeedSettings,
  observer: Subscriber<OriginChange>,
  signal: AbortSignal,
  onListening: (listening: boolean) => void,
): Promise<void> {
  const log = new ChangeLog(channel);
  const backoff = new Backoff();
  while (!signal.aborted) {
    let since = Number.POSITIVE_INFINITY;
    const reason = await listenOnce({
      commands,
      channel,
      heartbeat,
      signal,
      onListening: () => {
        since = Date.now();
        log.onListening();
        onListening(true);
        observer.next(ANYTHING);
      },
      onMessage: (payload) => {
        const change = readChange(payload);
        if (change === undefined) {
          log.onUnreadable(payload.byteLength);
        }
        observer.next(change ?? ANYTHING);
      },
    });
    if (signal.aborted) {
      return;
    }
    onListening(false);
    log.onLost(reason);
    // A connection that is lost as soon as it is made must not have everything read anew ten times a second.
    if (Date.now() - since >= heartbeat) {
      backoff.reset();
    }
    await pause(backoff.next(), signal);
  }
}
