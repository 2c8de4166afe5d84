import type { CorsRequestHook, RequestHook } from './request-hook.js';
import { isThenable } from '../support/thenable.js';

/** An HTTP adapter, as far as its only slot for a request hook is concerned. */
export interface HookedAdapter {
  setOnRequestHook(hook: RequestHook): void;
  onRequestHook?: RequestHook;
}

/**
 * Takes the slot together with the hook that is there, and with those that are set later: global modules, of which `CorsModule` is
 * one, bootstrap first. A later hook may call the one that it found in the slot, which then runs without ours, so that no request
 * is evaluated twice.
 */
export function shareRequestHook(adapter: HookedAdapter, ours: CorsRequestHook['receive']): void {
  const setOnRequestHook = adapter.setOnRequestHook.bind(adapter);
  let shares = 0;
  const share = (theirs: RequestHook | undefined): void => {
    const own = ++shares;
    const latest: CorsRequestHook['receive'] = (request, response, proceed) =>
      own === shares ? ours(request, response, proceed) : proceed();
    setOnRequestHook(composeHooks(latest, theirs, adapter));
  };
  share(adapter.onRequestHook);
  adapter.setOnRequestHook = share;
}

/**
 * One hook out of ours and the one that holds the adapter's only slot already (telemetry agents take it). Ours decides
 * and writes headers first, so that they are there whatever the other does; the other still sees every request,
 * preflights included, and what it starts (spans, AsyncLocalStorage) goes on around everything that follows.
 */
export function composeHooks(
  ours: CorsRequestHook['receive'],
  theirs: RequestHook | undefined,
  adapter: object,
): RequestHook {
  return (request, response, done) => {
    ours(request, response, (answer) => {
      const proceed = answer ?? done;
      if (theirs === undefined) {
        proceed();
        return;
      }
      let completed = false;
      const completeOnce = (error?: unknown): void => {
        if (completed) {
          return;
        }
        completed = true;
        if (error === undefined || error === null) {
          proceed();
        } else {
          done(error);
        }
      };
      try {
        const result = theirs.call(adapter, request, response, completeOnce);
        if (isThenable(result)) {
          // Where the adapter takes a resolved promise for completion (FastifyAdapter.runLifecycleHook), so do we.
          const onResolved = 'runLifecycleHook' in adapter ? () => completeOnce() : undefined;
          result.then(onResolved, (error: unknown) => completeOnce(error ?? new Error('Request hook failed')));
        }
      } catch (error) {
        completeOnce(error ?? new Error('Request hook failed'));
      }
    });
  };
}
