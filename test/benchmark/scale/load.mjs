import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const CONNECTIONS = 64;
/** How long those that came late are waited for. */
const PATIENCE = 2_000;

/**
 * Sends requests at a constant rate, whether the application keeps up or not, and says how long each took from the moment
 * that it was due: a request that had to wait for one before it waited on behalf of its user.
 *
 * @param {{ port: number, rate: number, seconds: number, requests: readonly string[] }} load
 * @returns {Promise<{ answered: number, throughput: number, latency: Record<string, number> }>} latencies in milliseconds
 */
export async function load({ port, rate, seconds, requests }) {
  const idle = [];
  const waiting = [];
  const latencies = [];
  let within = 0;
  let failure;
  const end = performance.now() + seconds * 1_000;
  const send = (socket, { due, wire }) => {
    socket.due = due;
    socket.write(wire);
  };
  const receive = (socket, chunk) => {
    socket.received += chunk;
    if (!isComplete(socket.received)) {
      return;
    }
    if (!socket.received.startsWith('HTTP/1.1 200')) {
      failure ??= new Error(`Not answered as it should be: ${socket.received}`);
    }
    const now = performance.now();
    within += now <= end ? 1 : 0;
    latencies.push(now - socket.due);
    socket.received = '';
    const next = waiting.shift();
    if (next === undefined) {
      idle.push(socket);
    } else {
      send(socket, next);
    }
  };
  const sockets = Array.from({ length: CONNECTIONS }, () =>
    connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1'),
  );
  for (const socket of sockets) {
    socket.received = '';
    socket.on('data', (chunk) => receive(socket, chunk));
    socket.on('error', (error) => (failure ??= error));
  }
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  idle.push(...sockets);

  const total = Math.floor(rate * seconds);
  const begin = performance.now();
  for (let sent = 0; sent < total;) {
    const due = begin + (sent * 1_000) / rate;
    if (performance.now() < due) {
      // Not a timer, which comes a millisecond late: the client has a core of its own.
      await new Promise(setImmediate);
      continue;
    }
    const next = { due, wire: requests[sent % requests.length] };
    const socket = idle.pop();
    if (socket === undefined) {
      waiting.push(next);
    } else {
      send(socket, next);
    }
    sent++;
  }
  for (const patience = performance.now() + PATIENCE; latencies.length < total && performance.now() < patience;) {
    await wait(5);
  }
  sockets.forEach((socket) => socket.destroy());
  if (failure !== undefined) {
    throw failure;
  }
  return { answered: latencies.length, throughput: within / seconds, latency: percentiles(latencies) };
}

function isComplete(text) {
  const end = text.indexOf('\r\n\r\n');
  const [, length = '0'] = /content-length: (\d+)/iu.exec(text) ?? [];
  return end !== -1 && text.length - end - 4 >= Number(length);
}

function percentiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), 'p99.9': at(0.999) };
}
