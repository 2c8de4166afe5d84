import { Controller, Get } from '@nestjs/common';
import { CorsModule, CorsPolicy } from 'nestjs-cors';
import { decorate, listen } from './application.mjs';
import { ALLOWED } from './requests.mjs';

const HANDLERS = 100;

/**
 * An application of so many routes, every other one with a parameter, and a policy per controller of 100 handlers; its
 * allowed origins are a list in memory. Without `cors` it is the same without the library.
 */
export function startLarge({ adapter, cors, routes, origins }) {
  const count = Math.ceil(routes / HANDLERS);
  const controllers = Array.from({ length: count }, (_, index) =>
    controllerOf(index, Math.min(HANDLERS, routes - index * HANDLERS), cors),
  );
  const imports = cors ? [CorsModule.forRoot({ originLookup: listOf(origins), credentials: true })] : [];
  return listen(adapter, { imports, controllers });
}

/** Paths of its first route, of the last one without a parameter, and of the last one. */
export function askedPaths(routes) {
  const last = `/c${Math.ceil(routes / HANDLERS) - 1}`;
  return routes === 1
    ? { first: '/c0/r0' }
    : { first: '/c0/r0', 'last-static': `${last}/r${HANDLERS - 2}`, 'last-parametric': `${last}/r${HANDLERS - 1}/7` };
}

function controllerOf(index, handlers, cors) {
  class LargeController {}
  for (let handler = 0; handler < handlers; handler++) {
    const name = `handler${handler}`;
    Object.defineProperty(LargeController.prototype, name, {
      value: () => 'items',
      configurable: true,
      writable: true,
    });
    decorate([Get(handler % 2 === 0 ? `r${handler}` : `r${handler}/:id`)], LargeController.prototype, name);
  }
  decorate([Controller(`c${index}`), ...(cors ? [CorsPolicy({ maxAge: index })] : [])], LargeController);
  return LargeController;
}

function listOf(count) {
  return {
    *loadOrigins() {
      for (let index = 1; index < count; index++) {
        yield `https://tenant-${index}.example`;
      }
      yield ALLOWED;
    },
  };
}
