import { RouterExplorer } from '@nestjs/core/router/router-explorer.js';

/** A handler that Nest registers with the adapter. */
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

/** The methods of Nest's router that call the adapter, and how to read the handler from their arguments. */
const REGISTERING: Readonly<Record<string, (...args: never[]) => NestHandler>> = {
  applyCallbackToRouter: ({ methodName }: Definition, { metatype }: Wrapper) => ({ methodName, controller: metatype }),
  // Nest 12 registers here where it sorts routes or detects conflicts.
  registerResolvedRoute: ({ methodName, instanceWrapper }: Definition & { readonly instanceWrapper: Wrapper }) => ({
    methodName,
    controller: instanceWrapper.metatype,
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
 * Watches Nest's own router, once per process: it registers all handlers of controllers, bound functions included, and
 * nothing else.
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

/** Runs the function with the handler as the one that Nest is registering. */
export function during<T>(adapter: object, handler: NestHandler, run: () => T): T {
  registering.set(adapter, handler);
  try {
    return run();
  } finally {
    registering.delete(adapter);
  }
}
