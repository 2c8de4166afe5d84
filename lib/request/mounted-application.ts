import type { ServerResponse } from 'node:http';
import { expressPathname } from '../routing/request-target.js';
import { completeOnWrite, completionOf } from './header-interception.js';
import { AppliedDecision } from './applied-decision.js';

/** The function of Express that every request to an application comes through. */
type Handle = (request: unknown, response: ServerResponse, callback?: (...args: unknown[]) => void) => unknown;

/** What is read of an application of Express. */
interface ExpressApplication {
  handle?: Handle;
  readonly router?: { readonly stack?: unknown };
}

/** A layer in the stack of Express. */
export interface MatchingLayer {
  match(path: string): unknown;
}

/**
 * An application of Express that another one may call as its middleware. With a callback, it may pass a request on: the
 * response is not its own then, and the decision that stood before counts again.
 * @see https://github.com/expressjs/express/blob/v5.0.0/lib/application.js (app.handle, app.use)
 */
export class MountedApplication {
  /** Responses to requests that the application may pass on. */
  private readonly responses = new WeakSet<object>();

  /** @param notFound the layers by which Nest answers what it does not route */
  constructor(private readonly notFound: readonly MatchingLayer[]) {}

  /** Has the application of Express give up the decisions about requests that it passes on. Does nothing for others. */
  watch(instance: unknown): void {
    const application = (instance ?? {}) as ExpressApplication;
    const { handle } = application;
    if (typeof handle !== 'function' || !Array.isArray(application.router?.stack)) {
      return;
    }
    const { responses } = this;
    application.handle = function (this: unknown, request, response, callback) {
      if (callback === undefined) {
        return handle.call(this, request, response);
      }
      const before = completionOf(response);
      responses.add(response);
      return handle.call(this, request, response, (...args) => {
        responses.delete(response);
        const own = completionOf(response);
        if (own !== before) {
          if (own instanceof AppliedDecision) {
            own.withdraw();
          }
          completeOnWrite(response, before);
        }
        callback(...args);
      });
    };
  }

  /** Whether Nest passes a request without a route on to the application around this one: it is outside of the global prefix. */
  passesOn(response: ServerResponse, url: string): boolean {
    if (!this.responses.has(response) || this.notFound.length === 0) {
      return false;
    }
    const pathname = expressPathname(url);
    return pathname !== undefined && !this.notFound.some((layer) => isMatch(layer, pathname));
  }
}

/** A path that Express cannot decode is an error, which Nest answers. */
function isMatch(layer: MatchingLayer, pathname: string): boolean {
  try {
    return Boolean(layer.match(pathname));
  } catch {
    return true;
  }
}
