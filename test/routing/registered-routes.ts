import { fastifyRegistrations } from '../../lib/routing/fastify/registrations.js';
import { storedPath } from '../../lib/routing/fastify/paths.js';
import { routerOptionsOf } from '../../lib/routing/fastify/router-options.js';
import { fastifyRouterOf } from '../../lib/routing/router-adapter.js';
import type { ObservedApplication } from './observed-application.js';

interface Layer {
  readonly route?: { readonly path: string; readonly stack: { readonly method: string }[] };
}

/** The routes of Nest in the router of Express, read from its stack. */
export function expressRegistrations({ adapter, routes }: ObservedApplication): string[] {
  const { router } = adapter.getInstance() as { router: { stack: Layer[] } };
  const registered = router.stack.flatMap(({ route }) =>
    route === undefined ? [] : [`${route.stack.length > 1 ? '*' : route.stack[0]!.method.toUpperCase()} ${route.path}`],
  );
  // Behind them are the 404 handlers of the paths that have no global prefix.
  expect404Handlers(registered.slice(routes.length));
  return registered.slice(0, routes.length);
}

function expect404Handlers(rest: readonly string[]): void {
  const others = rest.filter((each) => !each.startsWith('* '));
  if (others.length > 0) {
    throw new Error(`The table lacks ${others.join(', ')}`);
  }
}

/** Writes down what Fastify registers. */
export function fastifyRegistrationLog() {
  const log: string[] = [];
  return {
    listen(adapter: { getInstance(): unknown }): void {
      log.length = 0;
      const instance = adapter.getInstance() as { addHook?(name: string, hook: (route: RouteOptions) => void): void };
      instance.addHook?.('onRoute', ({ method, url, constraints }) =>
        log.push(...[method].flat().map((each) => described(each, url, constraints))),
      );
    },
    all: () => [...log].sort(),
  };
}

interface RouteOptions {
  readonly method: string | string[];
  readonly url: string;
  readonly constraints?: Readonly<Record<string, unknown>>;
}

/** The table in the words of the functions above. */
export function tableAsRegistered({ adapter, routes }: ObservedApplication): string[] {
  const router = fastifyRouterOf(adapter);
  if (router === undefined) {
    return routes.map(({ method, path }) => `${method} ${path}`);
  }
  const options = routerOptionsOf(router);
  return fastifyRegistrations(routes, router, (path) => storedPath(path, options))
    .map(({ method, path, constraints }) => described(method, path, constraints))
    .sort();
}

function described(method: string, url: string, constraints: Readonly<Record<string, unknown>> = {}): string {
  const values = Object.entries(constraints).map(([name, value]) => `${name}=${[value].flat().map(String).join('|')}`);
  return [method, url, ...values.sort()].join(' ');
}
