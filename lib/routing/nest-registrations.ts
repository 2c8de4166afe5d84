import type { RequestMethod } from '@nestjs/common';
import { RouterExplorer } from '@nestjs/core/router/router-explorer.js';
import type { RouteVersion } from './route.js';

/** A handler that Nest registers with the adapter. */
export interface NestHandler {
  readonly controller: abstract new (...args: never[]) => unknown;
  readonly methodName: string;
  /** The method as Nest read it from the decorators; `undefined` where Nest does not pass it on. */
  readonly requestMethod?: RequestMethod | undefined;
  /** The version of `@Version()` on the handler itself. */
  readonly version?: RouteVersion | undefined;
  /** The function on the controller's instance. */
  readonly targetCallback?: object | undefined;
  /** The minimum number of its routes. */
  readonly pathCount?: number;
}

interface Wrapper {
  readonly metatype: NestHandler['controller'];
}
/** The RouteDefinition of Nest's PathsExplorer. */
interface Definition extends Omit<NestHandler, 'controller' | 'pathCount'> {
  readonly path: readonly string[];
}
/** The ResolvedRoute of Nest 12. */
interface Resolved {
  readonly method: RequestMethod;
  readonly methodVersion: RouteVersion | undefined;
  readonly methodName: string;
  readonly targetCallback: object;
  readonly instanceWrapper: Wrapper;
}
type Member = (this: unknown, adapter: object, ...args: never[]) => unknown;

/** The methods of Nest's router that call the adapter, with functions that read the handler from their arguments. */
const REGISTERING: Readonly<Record<string, (...args: never[]) => NestHandler>> = {
  applyCallbackToRouter: (
    { methodName, requestMethod, version, targetCallback, path }: Definition,
    { metatype: controller }: Wrapper,
  ) => ({ controller, methodName, requestMethod, version, targetCallback, pathCount: path.length }),
  // Nest 12 calls this when it sorts routes or detects conflicts.
  registerResolvedRoute: ({ methodName, method, methodVersion, targetCallback, instanceWrapper }: Resolved) => ({
    controller: instanceWrapper.metatype,
    methodName,
    requestMethod: method,
    version: methodVersion,
    targetCallback,
    pathCount: 1,
  }),
};

/** The handler that Nest is registering with each adapter. */
const registering = new WeakMap<object, NestHandler>();
let isWatched = false;

/** The handler that Nest is registering with the adapter; `undefined` where other code calls the adapter. */
export function handlerBeingRegistered(adapter: object): NestHandler | undefined {
  return registering.get(adapter);
}

/**
 * Watches Nest's own router, once per process. It registers all handlers of controllers, bound functions included, and nothing
 * else.
 * @see https://github.com/nestjs/nest/blob/master/packages/core/router/router-explorer.ts
 */
export function watchNestRouter(): void {
  if (isWatched) {
    return;
  }
  isWatched = true;
  const explorer = RouterExplorer.prototype as unknown as Record<string, Member>;
  for (const name of Object.keys(REGISTERING).filter((each) => each in explorer)) {
    const original = explorer[name]!;
    const handlerOf = REGISTERING[name]!;
    explorer[name] = function (this: unknown, adapter, ...args) {
      return during(adapter, handlerOf(...args), () => original.call(this, adapter, ...args));
    };
  }
}

/** Runs the function while the handler counts as the one that Nest is registering. */
export function during<T>(adapter: object, handler: NestHandler, run: () => T): T {
  registering.set(adapter, handler);
  try {
    return run();
  } finally {
    registering.delete(adapter);
  }
}

/** Passes the calls of an adapter's method, if it exists, through the function, until the returned function is called. */
export function wrapMember(
  adapter: { [member: string]: unknown },
  name: string,
  around: (run: () => unknown, args: readonly unknown[]) => unknown,
): () => void {
  const original = adapter[name];
  if (typeof original !== 'function') {
    return () => undefined;
  }
  const isOwn = Object.hasOwn(adapter, name);
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    const run = (): unknown => original.apply(this, args);
    return isOpen ? around(run, args) : run();
  };
  let isOpen = true;
  adapter[name] = wrapper;
  return () => {
    isOpen = false;
    // If another library has wrapped the wrapper, it stays there and only passes calls on.
    if (adapter[name] === wrapper && isOwn) {
      adapter[name] = original;
    } else if (adapter[name] === wrapper) {
      delete adapter[name];
    }
  };
}
