import type { RegisteredRoute } from '../route.js';

/** A route in the stack of Express. */
interface DispatchingRoute {
  dispatch?: Dispatch;
}
type Dispatch = (request: ExpressRequest, response: unknown, done: (...args: unknown[]) => void) => unknown;

interface ExpressRequest {
  readonly params: Readonly<Record<string, string | string[]>>;
}

/** A route of Nest's that a request is with, and the parameters that Express gave it. */
export interface ExpressDispatch {
  readonly route: RegisteredRoute;
  readonly params: Readonly<Record<string, string | string[]>>;
}

/**
 * Which route of Nest's a request of Express is with. `request.route` does not tell: a handler may give its request to another
 * application or router of Express, whose route stands there from then on, and the answer is the handler's all the same.
 * @see https://github.com/pillarjs/router/blob/v2.0.0/lib/route.js (Route.prototype.dispatch)
 */
export class ExpressDispatches {
  private readonly dispatches = new WeakMap<object, ExpressDispatch>();

  /** @param layers layers and routes of Express, with Nest's route where they are one */
  constructor(layers: ReadonlyMap<object, RegisteredRoute | undefined>) {
    layers.forEach((route, layer) => {
      if (route !== undefined) {
        this.watch(layer, route);
      }
    });
  }

  /** The route that has the request now: it was dispatched to, and has not passed the request on. */
  of(request: object): ExpressDispatch | undefined {
    return this.dispatches.get(request);
  }

  private watch(layer: DispatchingRoute, route: RegisteredRoute): void {
    const { dispatch } = layer;
    if (typeof dispatch !== 'function') {
      return;
    }
    const { dispatches } = this;
    layer.dispatch = function (this: unknown, request, response, done) {
      const before = dispatches.get(request);
      dispatches.set(request, { route, params: request.params });
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
}
