import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { CorsModule, CorsPolicy } from 'nestjs-cors';
import { decorate, listen } from '../http/application.mjs';

const HANDLERS = 10;

/** Where an application with a gateway has its sockets. */
export const SOCKETS = '/sockets';

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
  // A cached result per origin: it is given later, as by a database.
  'nestjs-cors, lookup': () => ({
    imports: [
      CorsModule.forRoot({
        originLookup: { isOriginAllowed: async () => true },
        credentials: true,
        // Room for all that the memory benchmark has cached, so that no result makes way for another.
        cache: { missesPerSecond: 1_000_000, maxOrigins: 60_000 },
      }),
    ],
  }),
};

/** An application of so many routes and allowed origins, with a policy per controller of ten routes. */
export function start({ adapter, cors, routes, origins, gateway = false }) {
  const { imports = [], policy = () => [], configure } = SETUPS[cors](origins);
  const controllers = Array.from({ length: Math.ceil(routes / HANDLERS) }, (_, index) =>
    controllerOf(index, Math.min(HANDLERS, routes - index * HANDLERS), policy(index)),
  );
  const providers = gateway ? [gatewayClass()] : [];
  return listen(adapter, { imports, controllers, providers }, (app) => {
    configure?.(app);
    if (gateway) {
      app.useWebSocketAdapter(new WsAdapter(app));
    }
  });
}

function gatewayClass() {
  class SocketsGateway {}
  decorate([WebSocketGateway({ path: SOCKETS })], SocketsGateway);
  return SocketsGateway;
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
