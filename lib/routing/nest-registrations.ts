import { RouterExplorer } from '@nestjs/core/router/router-explorer.js';

/** The handler for which Nest calls a route method of the adapter. */
export interface NestHandler {
  readonly controller: abstract new (...args: never[]) => unknown;
  readonly methodName: string;
}

interface Wrapper {
  readonly metatype: unknown;
}
interface Definition {
  readonly methodName: string;
}
type Member = (this: unknown, adapter: object, ...args: never[]) => unknown;

/** The handler that Nest registers with each adapter at the moment. */
const underWay = new WeakMap<object, NestHandler>();
let isWatched = false;

/** The handler that Nest registers with the adapter right now; `undefined` where something else calls the adapter. */
export function handlerUnderWay(adapter: object): NestHandler | undefined {
  return underWay.get(adapter);
}

/**
 * Watches Nest's own router, once per process: whatever it registers is a handler of a controller, also a bound function, and
 * nothing else is.
 * @see https://github.com/nestjs/nest/blob/master/packages/core/router/router-explorer.ts
 */
export function watchNestRouter(): void {
  if (isWatched) {
    return;
  }
  isWatched = true;
  watch('applyCallbackToRouter', ((definition: Definition, wrapper: Wrapper) => ({
    methodName: definition.methodName,
    controller: wrapper.metatype,
  })) as never);
  // Nest 12 registers here where it sorts routes, or looks for conflicts.
  watch('registerResolvedRoute', ((route: Definition & { instanceWrapper: Wrapper }) => ({
    methodName: route.methodName,
    controller: route.instanceWrapper.metatype,
  })) as never);
}

function watch(name: string, handlerOf: (...args: never[]) => NestHandler): void {
  const explorer = RouterExplorer.prototype as unknown as Record<string, Member | undefined>;
  const original = explorer[name];
  if (original === undefined) {
    return;
  }
  explorer[name] = function (this: unknown, adapter, ...args) {
    return during(adapter, handlerOf(...args), () => original.call(this, adapter, ...args));
  };
}

/** Calls the function while Nest registers the handler. */
export function during<T>(adapter: object, handler: NestHandler, run: () => T): T {
  underWay.set(adapter, handler);
  try {
    return run();
  } finally {
    underWay.delete(adapter);
  }
}
