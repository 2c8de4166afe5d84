import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import 'reflect-metadata';
import { Subject } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { CorsModule } from '../../../dist/files/index.js';
import { OpenConnections } from '../../../dist/files/gateways/open-connections.js';

// `npm run bench -- sockets`: how long it takes until the sockets of a revoked origin are closed, how often the store is asked, and
// what connects and disconnects leave behind. Clients and server share one process. `--quick` takes fewer of all.

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, sockets: { type: 'string' }, connects: { type: 'string' } },
});
const SOCKETS = Number(values.sockets ?? (values.quick ? 100 : 1_000));
const CONNECTS = Number(values.connects ?? (values.quick ? 1_000 : 100_000));
const AT_ONCE = 50;
const ORIGIN = 'https://app.example';
const MEBIBYTE = 2 ** 20;

/** A store that counts its questions, and tells of its changes. */
class Store {
  questions = 0;
  isAllowed = true;
  changes = new Subject();

  async isOriginAllowed() {
    this.questions++;
    await turn();
    return this.isAllowed;
  }

  revoke() {
    this.isAllowed = false;
    this.changes.next({ origin: ORIGIN });
  }
}

const KINDS = {
  'socket.io': {
    adapter: IoAdapter,
    open: (port) => {
      const socket = io(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        extraHeaders: { Origin: ORIGIN },
        reconnection: false,
        forceNew: true,
      });
      return opened(socket, 'connect', 'connect_error', 'disconnect', () => socket.disconnect());
    },
  },
  ws: {
    adapter: WsAdapter,
    open: (port) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { Origin: ORIGIN } });
      return opened(socket, 'open', 'error', 'close', () => socket.close());
    },
  },
};

for (const kind of Object.keys(KINDS)) {
  await measureRevocation(kind);
}
for (const kind of Object.keys(KINDS)) {
  await measureLeaks(kind, Math.ceil(CONNECTS / 2));
}

async function measureRevocation(kind) {
  const { app, port, store } = await start(kind);
  const sockets = await inBatches(SOCKETS, () => KINDS[kind].open(port));
  const { questions } = store;
  const startedAt = performance.now();
  store.revoke();
  await Promise.all(sockets.map(({ closed }) => closed));
  const took = performance.now() - startedAt;
  console.log(
    `${kind}: ${SOCKETS} open sockets of one origin were closed ${took.toFixed(0)} ms after it was revoked, with ` +
      `${store.questions - questions} question(s) to the store`,
  );
  await app.close();
}

async function measureLeaks(kind, count) {
  const { app, port, connections } = await start(kind);
  const cycle = async () => {
    const { close, closed } = await KINDS[kind].open(port);
    close();
    await closed;
  };
  await inBatches(1_000, cycle);
  const before = await heapUsed();
  await inBatches(count, cycle);
  await until(() => connections.counts.length === 0);
  const after = await heapUsed();
  console.log(
    `${kind}: ${count} connects and disconnects; heap ${before.toFixed(1)} MiB before, ${after.toFixed(1)} MiB after; held: ` +
      JSON.stringify({ connections: connections.counts.length, ...connections.sizes }),
  );
  await app.close();
}

async function start(kind) {
  const store = new Store();
  const adapter = KINDS[kind].adapter;
  class Gateway {}
  WebSocketGateway()(Gateway);
  class Application {}
  Module({ imports: [CorsModule.forRoot({ originLookup: store })], providers: [Gateway] })(Application);
  const app = await NestFactory.create(Application, new ExpressAdapter(), { logger: ['error', 'warn'] });
  app.useWebSocketAdapter(new adapter(app));
  await app.listen(0, '127.0.0.1');
  return { app, store, port: app.getHttpServer().address().port, connections: app.get(OpenConnections) };
}

/** Resolves when a socket is open, with its end. */
function opened(socket, open, failed, closed, close) {
  const end = new Promise((resolve) => socket.once(closed, resolve));
  return new Promise((resolve, reject) => {
    socket.once(open, () => resolve({ close, closed: end }));
    socket.once(failed, reject);
  });
}

async function inBatches(count, run) {
  const results = [];
  let left = count;
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
      while (left-- > 0) {
        results.push(await run());
      }
    }),
  );
  return results;
}

async function heapUsed() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await turn();
  }
  return process.memoryUsage().heapUsed / MEBIBYTE;
}

async function until(isTrue) {
  while (!isTrue()) {
    await turn();
  }
}
