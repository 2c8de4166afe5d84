import { valueOf } from '../../support/memo.js';
import { expressPathname } from '../request-target.js';
import type { RegisteredRoute, RouteMatch } from '../route.js';
import { joinedParams } from './path-index.js';

/** The members of an Express request that show how it was routed. */
interface ExpressRequest {
  readonly params: Readonly<Record<string, string | string[]>>;
}

type Dispatch = (
  this: object,
  request: ExpressRequest,
  response: unknown,
  done: (...args: unknown[]) => void,
) => unknown;

/** A route in the stack of Express. */
interface DispatchingRoute {
  dispatch?: Dispatch;
}

/**
 * The route of Nest that handles a request now. It must not refer to the request, which is its key in a WeakMap. V8 would keep both
 * until it collects the old generation.
 */
export class ExpressDispatch implements RouteMatch {
  /** @param given the parameters that Express gave the route */
  constructor(
    readonly route: RegisteredRoute,
    private readonly given: ExpressRequest['params'],
  ) {}

  /** Joined on demand, because few requests need them. */
  get params(): RouteMatch['params'] {
    return joinedParams(this.given);
  }
}

/**
 * Records which route of Nest handles a request. `request.route` does not suffice: a handler may give its request to another
 * application or router of Express, whose route is there from then on, although the handler responds.
 * @param layers layers and routes of Express, with Nest's route where they are one
 * @returns the route that has a request now: it was dispatched to, and has not passed the request on
 * @see https://github.com/pillarjs/router/blob/v2.0.0/lib/route.js (Route.prototype.dispatch)
 */
export function watchDispatches(
  layers: ReadonlyMap<object, RegisteredRoute | undefined>,
): WeakMap<object, ExpressDispatch> {
  const dispatches = new WeakMap<object, ExpressDispatch>();
  /** One function serves all routes with the same `dispatch`, which all of them have: an application may have 10,000. */
  const watched = new Map<unknown, Dispatch>();
  layers.forEach((route, layer: DispatchingRoute) => {
    const { dispatch } = layer;
    if (route !== undefined && typeof dispatch === 'function') {
      layer.dispatch = valueOf(watched, dispatch, () => watchedDispatch(dispatch, layers, dispatches));
    }
  });
  return dispatches;
}

function watchedDispatch(
  dispatch: Dispatch,
  layers: ReadonlyMap<object, RegisteredRoute | undefined>,
  dispatches: WeakMap<object, ExpressDispatch>,
): Dispatch {
  return function dispatchWatched(this: object, request, response, done) {
    const route = layers.get(this) as RegisteredRoute;
    const before = dispatches.get(request);
    dispatches.set(request, new ExpressDispatch(route, request.params));
    return dispatch.call(this, request, response, (...args) => {
      if (before === undefined) {
        dispatches.delete(request);
      } else {
        dispatches.set(request, before);
      }
      done(...args);
    });
  };
}

/** The function of Express that every request to an application passes. */
type Handle = (request: unknown, response: object, callback?: (...args: unknown[]) => void) => unknown;

/** A layer in the stack of Express. */
export interface MatchingLayer {
  match(path: string): unknown;
}

/**
 * An application of Express that another one may call as its middleware. With a callback, it may pass a request on, and the
 * response is not its own then.
 * @see https://github.com/expressjs/express/blob/v5.0.0/lib/application.js (app.handle, app.use)
 */
export class MountedApplication {
  /** Whether a request has come from an application around this one. */
  hasOuter = false;
  /** Responses to requests that the application may pass on. */
  private readonly responses = new WeakSet<object>();

  private constructor(private readonly notFound: readonly MatchingLayer[]) {}

  /**
   * Watches an application of Express.
   * @param notFound the layers by which Nest answers what it does not route
   * @param enter called when a request comes from an application around it; returns what to call when it is passed on
   * @returns `undefined` for an application of another framework
   */
  static watch(
    instance: unknown,
    notFound: readonly MatchingLayer[],
    enter: (response: object) => () => void,
  ): MountedApplication | undefined {
    const application = (instance ?? {}) as { handle?: Handle; readonly router?: { readonly stack?: unknown } };
    const { handle } = application;
    if (typeof handle !== 'function' || !Array.isArray(application.router?.stack)) {
      return undefined;
    }
    const mounted = new MountedApplication(notFound);
    const { responses } = mounted;
    application.handle = function handleWatched(this: unknown, request, response, callback) {
      if (callback === undefined) {
        return handle.call(this, request, response);
      }
      mounted.hasOuter = true;
      const leave = enter(response);
      responses.add(response);
      return handle.call(this, request, response, (...args) => {
        responses.delete(response);
        leave();
        callback(...args);
      });
    };
    return mounted;
  }

  /**
   * Whether Nest passes a request without a route on to the application around this one, because it is outside of the global
   * prefix.
   */
  passesOn(response: object, url: string): boolean {
    if (!this.responses.has(response) || this.notFound.length === 0) {
      return false;
    }
    const pathname = expressPathname(url);
    return pathname !== undefined && !this.notFound.some((layer) => isMatch(layer, pathname));
  }
}

/** A path that Express cannot decode is an error, and Nest responds to it. */
function isMatch(layer: MatchingLayer, pathname: string): boolean {
  try {
    return Boolean(layer.match(pathname));
  } catch {
    return true;
  }
}
