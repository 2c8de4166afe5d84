import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import { CorsModule, CorsPolicy } from 'nestjs-cors';
import { decorate, listen } from '../http/application.mjs';

const HANDLERS = 10;

export const originAt = (index) => `https://app-${index}.customer.example`;
/** What the route of this number is asked for as; every other one has a parameter. */
export const urlAt = (route) =>
  `/c${Math.floor(route / HANDLERS)}/r${route % HANDLERS}${route % 2 === 0 ? '' : '/4711'}`;

/** What an application has beside its routes. */
const SETUPS = {
  'no CORS': () => ({}),
  enableCors: (origins) => ({ configure: (app) => app.enableCors({ origin: listOf(origins), credentials: true }) }),
  'nestjs-cors, list': (origins) => ({
    imports: [CorsModule.forRoot({ origin: listOf(origins), credentials: true })],
    policy: (index) => [CorsPolicy({ maxAge: index })],
  }),
  'nestjs-cors, snapshot': (origins) => ({
    imports: [CorsModule.forRoot({ originLookup: { loadOrigins: () => rowsOf(origins) }, credentials: true })],
    policy: (index) => [CorsPolicy({ maxAge: index })],
  }),
};

/** An application of so many routes and allowed origins, with a policy per controller of ten routes. */
export function start({ adapter, cors, routes, origins }) {
  const { imports = [], policy = () => [], configure } = SETUPS[cors](origins);
  const controllers = Array.from({ length: Math.ceil(routes / HANDLERS) }, (_, index) =>
    controllerOf(index, Math.min(HANDLERS, routes - index * HANDLERS), policy(index)),
  );
  return listen(adapter, { imports, controllers }, configure);
}

function controllerOf(index, handlers, decorators) {
  class ScaledController {}
  for (let handler = 0; handler < handlers; handler++) {
    const name = `handler${handler}`;
    const value = () => 'items';
    Object.defineProperty(ScaledController.prototype, name, { value, configurable: true, writable: true });
    decorate([Get(handler % 2 === 0 ? `r${handler}` : `r${handler}/:id`)], ScaledController.prototype, name);
  }
  decorate([Controller(`c${index}`), ...decorators], ScaledController);
  return ScaledController;
}

function listOf(count) {
  return Array.from({ length: count }, (_, index) => originAt(index));
}

/** One after the other, as a database hands them over. */
function* rowsOf(count) {
  for (let index = 0; index < count; index++) {
    yield { origin: originAt(index) };
  }
}
