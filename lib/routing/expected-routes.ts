import { valueOf } from '../support/memo.js';
import type { PolicyOf, RegisteredRoute } from './route.js';
import type { ToldRegistration } from './told-routes.js';

/** A route as Nest registered it. */
export interface RegisteredAs {
  readonly controller: RegisteredRoute['controller'];
  readonly methodName: string;
  /** Name of the adapter's method. */
  readonly method: string;
  readonly path: string;
}

/** The routes of a table whose registration was not seen. A search visits the routes of one controller. */
export class ExpectedRoutes {
  readonly #byController = new Map<RegisteredRoute['controller'], RegisteredRoute[]>();

  /** @param table in the order of registration */
  constructor(private readonly table: readonly RegisteredRoute[]) {
    for (const route of table) {
      valueOf(this.#byController, route.controller, () => []).push(route);
    }
  }

  /** Removes and returns the first route that the registration can be. */
  take({ controller, methodName, method, path }: RegisteredAs): RegisteredRoute | undefined {
    const routes = this.#byController.get(controller) ?? [];
    const index = routes.findIndex(
      (route) => methodName === route.methodName && path === route.path && method === adapterMethodOf(route),
    );
    return index === -1 ? undefined : routes.splice(index, 1)[0];
  }

  /** The routes that were not taken, in the order of the table. */
  rest(): readonly RegisteredRoute[] {
    return this.table.filter((route) => this.#byController.get(route.controller)!.includes(route));
  }
}

function adapterMethodOf({ mounted, method }: RegisteredRoute): string {
  return mounted ? 'use' : method === '*' ? 'all' : method.toLowerCase();
}

/** A route that is missing in the table. Its policy is certain, because the handler is known. */
export function unexpectedRoute(
  { handler: { controller, methodName }, method, path }: ToldRegistration,
  policyOf: PolicyOf,
): RegisteredRoute {
  return {
    method: method === 'all' ? '*' : method.toUpperCase(),
    path,
    hosts: undefined,
    controller,
    methodName,
    policy: policyOf(controller, methodName),
    version: undefined,
    constraints: undefined,
    mounted: method === 'use',
  };
}
