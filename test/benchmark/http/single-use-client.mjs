import { connect } from 'node:net';
import { answerOver, isBegunBy } from './client.mjs';

/**
 * Sends one request again and again, each over a connection of its own, as many proxies and serverless platforms do. So
 * many requests are under way at once; the next one begins when the server has closed the connection of the last.
 */
export class SingleUseClient {
  #port;
  #atOnce;

  constructor(port, atOnce) {
    this.#port = port;
    this.#atOnce = atOnce;
  }

  /** The answer to one request, taken apart. */
  ask(wire) {
    return answerOver(this.#connect(), wire);
  }

  /** Sends so many requests and resolves when the last is answered. Fails where an answer is not as long as the first. */
  send(wire, { status, length }, count) {
    const begin = Buffer.from(`HTTP/1.1 ${status} `, 'latin1');
    const open = new Set();
    let unsent = count;
    return new Promise((resolve, reject) => {
      const settle = (action, result) => {
        clearTimeout(timer);
        unsent = 0;
        for (const socket of open) {
          socket.removeAllListeners().destroy();
        }
        action(result);
      };
      const timer = setTimeout(() => settle(reject, new Error('The application does not answer')), 60_000);
      const next = () => {
        unsent--;
        const socket = this.#connect();
        let missing = length;
        open.add(socket);
        socket.write(wire, 'latin1');
        socket.on('error', (error) => settle(reject, error));
        socket.on('data', (chunk) => {
          if (chunk.length > missing || (missing === length && !isBegunBy(chunk, begin))) {
            settle(reject, new Error(`Not the answer that was checked: ${chunk.toString('latin1')}`));
            return;
          }
          missing -= chunk.length;
        });
        socket.once('close', () => {
          open.delete(socket);
          if (missing > 0) {
            settle(reject, new Error('The application closed a connection before its answer was whole'));
          } else if (unsent > 0) {
            next();
          } else if (open.size === 0) {
            settle(resolve);
          }
        });
      };
      for (let begun = Math.min(this.#atOnce, count); begun > 0; begun--) {
        next();
      }
    });
  }

  close() {
    // Each connection has ended with its request.
  }

  #connect() {
    return connect(this.#port, '127.0.0.1').setNoDelay();
  }
}
