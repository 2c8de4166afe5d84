import type { CorsRequestHook, RequestHook } from './request-hook.js';
import { isThenable } from '../support/thenable.js';

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
