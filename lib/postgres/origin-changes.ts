import { Observable, share } from 'rxjs';
import type { OriginChange } from '../interfaces/index.js';
import { reconnectDelay, STABLE_AFTER } from './backoff.js';
import type { OpenListening } from './listening.js';
import type { ListeningLog } from './listening-log.js';
import { readOriginChange } from './origin-change-payload.js';

/**
 * The changes that are notified of. Listening begins with the first subscription and ends with the last; in between it is
 * taken up again whenever it was lost. Emits `{}` each time that it has begun, because nobody knows what went unheard
 * before. Neither errs nor completes.
 */
export function originChanges(open: OpenListening, log: ListeningLog): Observable<OriginChange> {
  return new Observable<OriginChange>((subscriber) => {
    const stop = new AbortController();
    void keepListening(open, log, (change) => subscriber.next(change), stop.signal);
    return () => stop.abort();
  }).pipe(share());
}

async function keepListening(
  open: OpenListening,
  log: ListeningLog,
  emit: (change: OriginChange) => void,
  stop: AbortSignal,
): Promise<void> {
  const onPayload = (payload: string) => {
    const { change, understood } = readOriginChange(payload);
    if (!understood) {
      log.strangePayload();
    }
    emit(change);
  };
  for (let failures = 0; !stop.aborted; failures++) {
    let since = Infinity;
    const cause = await listenOnce(open, onPayload, stop, () => {
      since = performance.now();
      log.listens();
      emit({});
    });
    if (stop.aborted) {
      return;
    }
    log.lost(cause);
    // A server that accepts connections and drops them would otherwise have everything read ten times a second.
    failures = performance.now() - since >= STABLE_AFTER ? 0 : failures;
    await pause(reconnectDelay(failures), stop);
  }
}

/** Resolves to what ended it, be it that it never began. */
async function listenOnce(
  open: OpenListening,
  onPayload: (payload: string) => void,
  stop: AbortSignal,
  onListening: () => void,
): Promise<unknown> {
  try {
    const { lost } = await open(onPayload, stop);
    if (!stop.aborted) {
      onListening();
    }
    return await lost;
  } catch (error) {
    return error;
  }
}

function pause(delay: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, delay).unref();
    stop.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    }
  });
}
