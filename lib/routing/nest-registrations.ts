import { RouterExplorer } from '@nestjs/core/router/router-explorer.js';

/** The handler for which Nest calls a route method of the adapter. */
export interface NestHandler {
  readonly controller: abstract new (...args: never[]) => unknown;
  readonly methodName: string;
}

interface Wrapper {
  readonly metatype: NestHandler['controller'];
}
interface Definition {
  readonly methodName: string;
}
type Member = (this: unknown, adapter: object, ...args: never[]) => unknown;

/** The methods of Nest's router that call the adapter, and what they say of the handler. */
const REGISTERING: Readonly<Record<string, (...args: never[]) => NestHandler>> = {
  applyCallbackToRouter: ({ methodName }: Definition, { metatype }: Wrapper) => ({ methodName, controller: metatype }),
  // Nest 12 registers here where it sorts routes, or looks for conflicts.
  registerResolvedRoute: ({ methodName, instanceWrapper }: Definition & { readonly instanceWrapper: Wrapper }) => ({
    methodName,
    controller: instanceWrapper.metatype,
  }),
};

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
  const explorer = RouterExplorer.prototype as unknown as Record<string, Member>;
  for (const name of Object.keys(REGISTERING).filter((each) => each in explorer)) {
    const original = explorer[name]!;
    const handlerOf = REGISTERING[name]!;
    explorer[name] = function (this: unknown, adapter, ...args) {
      return during(adapter, handlerOf(...args), () => original.call(this, adapter, ...args));
    };
  }
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
