import type { Logger } from '@nestjs/common';
import { defer, merge, Observable, of, share, type Subscriber } from 'rxjs';
import type { OriginChange } from '../../options/index.js';
import { Backoff, pause } from '../../support/backoff.js';
import { ChangeFeedLog } from './change-feed-log.js';
import { type Channel, listenOnce } from './channel.js';
import { ANY_CHANGE, readPayload } from './origin-change.js';

/**
 * The changes that are sent over a channel. The first subscription connects, and the last unsubscription closes the
 * connection. It neither completes nor fails: a lost connection is always replaced.
 *
 * Changes that are sent without a connection are lost, so every connection emits `{}`.
 *
 * @param onListening called when listening begins and ends; must not throw
 */
export function changeFeed(
  channel: Channel,
  logger?: Pick<Logger, 'log' | 'warn'>,
  onListening: (now: boolean) => void = () => {},
): Observable<OriginChange> {
  let listening = false;
  const tell = (now: boolean): void => {
    listening = now;
    onListening(now);
  };
  const shared = new Observable<OriginChange>((observer) => {
    const stop = new AbortController();
    const log = new ChangeFeedLog(channel, logger);
    void keepListening(channel, observer, log, stop.signal, tell);
    return () => {
      tell(false);
      stop.abort();
    };
  }).pipe(share());
  // A later subscriber has missed the `{}` of the connection.
  return defer(() => (listening ? merge(of(ANY_CHANGE), shared) : shared));
}

/** Listens on one connection after another. Never rejects. */
async function keepListening(
  channel: Channel,
  observer: Subscriber<OriginChange>,
  log: ChangeFeedLog,
  signal: AbortSignal,
  tell: (listening: boolean) => void,
): Promise<void> {
  const backoff = new Backoff();
  let since = Infinity;
  const onListening = (): void => {
    since = performance.now();
    log.listens();
    tell(true);
    observer.next(ANY_CHANGE);
  };
  const onPayload = (payload: string | Uint8Array): void => {
    const change = readPayload(payload);
    if (change === undefined) {
      log.unreadable(payload);
    }
    observer.next(change ?? ANY_CHANGE);
  };
  while (!signal.aborted) {
    since = Infinity;
    const reason = await listenOnce(channel, signal, onListening, onPayload);
    // A new subscription may listen by now, on another connection.
    if (signal.aborted) {
      return;
    }
    tell(false);
    log.lost(reason);
    await pause(backoff.delayAfter(performance.now() - since), signal);
  }
}
