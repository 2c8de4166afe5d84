import { once } from 'node:events';
import { connect } from 'node:net';

const SILENCE = 10_000;

/**
 * Connections to one application over which one request is sent again and again, each when the last has been answered.
 * The client does little beside: it knows from the first answer how long an answer is, since all are the same but for
 * the date, and counts bytes.
 */
export class Client {
  #sockets;

  constructor(sockets) {
    this.#sockets = sockets;
  }

  static async open(port, connections) {
    const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').setNoDelay());
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new Client(sockets);
  }

  /** The answer to one request, taken apart. */
  ask(wire) {
    return answerOver(this.#sockets[0], wire);
  }

  /** Sends so many requests and resolves when the last is answered. Fails where an answer is not as long as the first. */
  send(wire, { status, length }, count) {
    const bytes = Buffer.from(wire, 'latin1');
    const begin = Buffer.from(`HTTP/1.1 ${status} `, 'latin1');
    let unsent = count;
    let open = this.#sockets.length;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('The application does not answer')), 60_000);
      const settle = (action, result) => {
        clearTimeout(timer);
        for (const socket of this.#sockets) {
          socket.removeAllListeners('data').removeAllListeners('close');
        }
        action(result);
      };
      const next = (socket) => {
        if (unsent > 0) {
          unsent--;
          socket.write(bytes);
        } else if (--open === 0) {
          settle(resolve);
        }
      };
      for (const socket of this.#sockets) {
        let missing = length;
        socket.on('data', (chunk) => {
          if (chunk.length > missing || (missing === length && !isBegunBy(chunk, begin))) {
            settle(reject, new Error(`Not the answer that was checked: ${chunk.toString('latin1')}`));
            return;
          }
          missing -= chunk.length;
          if (missing === 0) {
            missing = length;
            next(socket);
          }
        });
        socket.once('close', () => settle(reject, new Error('The application closed a connection')));
        next(socket);
      }
    });
  }

  close() {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}

/** Sends a request over a connection and takes its answer apart. */
export async function answerOver(socket, wire) {
  let received = '';
  socket.write(wire);
  for (;;) {
    const [chunk] = await once(socket, 'data', { signal: AbortSignal.timeout(SILENCE) });
    received += chunk.toString('latin1');
    const end = received.indexOf('\r\n\r\n');
    if (end >= 0) {
      const answer = { ...parseHead(received.slice(0, end)), length: received.length };
      const rest = received.length - end - 4;
      if (rest >= Number(answer.headers.get('content-length') ?? 0)) {
        return answer;
      }
    }
  }
}

export function isBegunBy(chunk, begin) {
  return chunk.compare(begin, 0, begin.length, 0, Math.min(begin.length, chunk.length)) === 0;
}

function parseHead(text) {
  const [statusLine, ...lines] = text.split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(' ')[1]), headers };
}
