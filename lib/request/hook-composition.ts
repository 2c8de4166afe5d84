import type { CorsRequestHook, RequestHook, RunOthers } from './request-hook.js';
import { isThenable } from '../support/thenable.js';

/** The adapter's only slot for a request hook. */
export interface HookedAdapter {
  setOnRequestHook(hook: RequestHook): void;
  onRequestHook?: RequestHook;
}

/**
 * Shares the slot with the hook that is there, and with hooks that modules set later. A later hook may call the one that it
 * replaced. That one then runs without ours, so that no request is evaluated twice.
 * @returns whether ours is the only hook, now
 */
export function shareRequestHook(adapter: HookedAdapter, ours: CorsRequestHook): () => boolean {
  const setOnRequestHook = adapter.setOnRequestHook.bind(adapter);
  let shares = 0;
  const share = (theirs: RequestHook | undefined): void => {
    const own = ++shares;
    ours.isShared = theirs !== undefined;
    if (theirs === undefined) {
      setOnRequestHook(ours.receive);
      return;
    }
    setOnRequestHook((request, response, done) => {
      const runOthers: RunOthers = (proceed) => runBefore(proceed, theirs, adapter, [request, response, done]);
      if (own === shares) {
        ours.receive(request, response, done, runOthers);
      } else {
        runOthers(done);
      }
    });
  };
  share(adapter.onRequestHook);
  adapter.setOnRequestHook = share;
  return () => adapter.onRequestHook === ours.receive;
}

/**
 * Runs the other hook of the slot, which telemetry agents take, and then proceeds. Ours has decided before, so its headers are
 * there whatever the other hook does. The other hook still sees every request, preflights included. What it starts, such as a span
 * or an AsyncLocalStorage, includes everything that follows.
 */
function runBefore(
  proceed: () => void,
  theirs: RequestHook,
  adapter: object,
  [request, response, done]: Parameters<RequestHook>,
): void {
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
}
