import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { originAt, SOCKETS, urlAt } from '../scale/application.mjs';
import { ServerProcess } from '../scale/server-process.mjs';
import { machine, outputFolder, write } from '../report/index.mjs';
import { memoryChart, memoryTable } from './report.mjs';

// What the library holds on the heap over `enableCors()` in the same application, after a collection. Heaps hardly depend
// on what else the machine does. Written to docs/benchmarks/memory.*, from which docs/performance.md has its table; with
// `--quick` to a temporary folder. One case alone is only printed: `--only="open sockets"`.

const quick = process.argv.includes('--quick');
const size = (full) => (quick ? full / 1_000 : full);
/** Requests and handshakes that are under way at once. */
const AT_ONCE = 50;

const CASES = [
  { title: 'routes', count: size(10_000), cors: 'nestjs-cors, list', of: (count) => ({ routes: count, origins: 2 }) },
  { title: 'listed origins', count: size(1_000_000), cors: 'nestjs-cors, list', of: (count) => ({ origins: count }) },
  {
    title: 'cached results',
    count: size(50_000),
    cors: 'nestjs-cors, lookup',
    of: () => ({ origins: 2 }),
    fill: request,
  },
  {
    title: 'open sockets',
    count: size(10_000),
    cors: 'nestjs-cors, lookup',
    of: () => ({ gateway: true }),
    fill: open,
  },
];

const rows = [];
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
for (const { title, count, cors, of = () => ({}), fill } of CASES.filter(
  (each) => only === undefined || each.title === only,
)) {
  for (const adapter of ['express', 'fastify']) {
    const settings = { adapter, routes: 10, origins: 2, ...of(count) };
    const own = await held({ ...settings, cors }, count, fill);
    const builtIn = await held({ ...settings, cors: 'enableCors' }, count, fill);
    rows.push({ title, count, adapter, builtIn, own });
  }
}
console.log(memoryTable(rows));
if (only === undefined) {
  const folder = outputFolder(quick);
  await write(join(folder, 'memory.json'), JSON.stringify({ measuredOn: machine(), unit: 'bytes', rows }));
  await write(join(folder, 'memory.svg'), memoryChart(rows));
}

/** What the application holds more than before: since its creation, or since it began to be used. */
async function held(settings, count, fill) {
  const server = await ServerProcess.start(settings);
  const { port, memory } = server.started;
  if (fill === undefined) {
    await server.stop();
    return memory;
  }
  // What the first requests leave behind is no part of it.
  const isAllowed = settings.cors !== 'enableCors';
  const warm = await fill(port, 500, count, isAllowed);
  const before = await server.heap();
  const sockets = await fill(port, count, 0, isAllowed);
  const after = await server.heap();
  [...warm, ...sockets].forEach((socket) => socket.destroy());
  await server.stop();
  return after - before;
}

/** Sends a request from each origin. */
async function request(port, count, from, isAllowed) {
  const sockets = await connected(port, AT_ONCE);
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await Promise.all(
      sockets.slice(0, count - sent).map((socket, index) => {
        socket.write(`GET ${urlAt(0)} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${originAt(from + sent + index)}\r\n\r\n`);
        return once(socket, 'data').then(([answer]) => {
          if (isAllowed && !/^access-control-allow-origin: https/im.test(String(answer))) {
            throw new Error(`Not allowed: ${answer}`);
          }
        });
      }),
    );
  }
  return sockets;
}

/** Opens a socket from each origin. */
async function open(port, count, from) {
  const opened = [];
  for (let begun = 0; begun < count; begun += AT_ONCE) {
    const sockets = await connected(port, Math.min(AT_ONCE, count - begun));
    await Promise.all(
      sockets.map(async (socket, index) => {
        socket.write(
          `GET ${SOCKETS} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${originAt(from + begun + index)}\r\n` +
            'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
            'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
        );
        const [answer] = await once(socket, 'data');
        if (!String(answer).startsWith('HTTP/1.1 101')) {
          throw new Error(`Not opened: ${answer}`);
        }
      }),
    );
    opened.push(...sockets);
  }
  return opened;
}

async function connected(port, count) {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}
