import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ActualDecision } from '../decision/actual-decision.js';
import { ERROR_CONTENT_TYPE, answerError, applyDecision, errorBody } from '../request/actual-response.js';
import type { HeaderCompletion, ResponseHeaders } from '../request/response-headers.js';

/** How the library ends a handshake, so that the application does not get it. */
export interface HandshakeRefusal {
  readonly status: 400 | 403 | 503;
  readonly message: string;
}

/** The answer to every handshake until the application has bootstrapped. */
export const NOT_READY: HandshakeRefusal = { status: 503, message: 'The application is starting' };

/**
 * Holds the socket of an upgrade while its decision takes I/O. Node.js has let go of the socket, so an error would end the process.
 * Frames that arrive stay in the socket's buffer, since nothing reads from it.
 * @param head the frames that came with the request; a copy, since Node.js may use the memory again
 * @param settle is called with the decision, unless the client has left
 */
export function holdSocket<T>(
  socket: Duplex,
  head: Buffer,
  decision: Promise<T>,
  settle: (decided: T, head: Buffer) => void,
): void {
  const frames = Buffer.from(head);
  const leave = (): void => void socket.destroy();
  socket.on('error', leave);
  void decision.then((decided) => {
    if (!socket.destroyed) {
      settle(decided, frames);
    }
    // The receiver of the socket listens by now. It also gets the error of a closed socket.
    if (!socket.destroyed) {
      socket.removeListener('error', leave);
    }
  });
}

/** Ends an upgrade without accepting it. */
export function refuseUpgrade(socket: Duplex, { status, message }: HandshakeRefusal): void {
  // Node.js has removed its own listener.
  socket.on('error', () => socket.destroy());
  const body = errorBody(status, message);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    `Content-Type: ${ERROR_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Vary: Origin',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  // With unread frames, the kernel would reset the connection before the client has read the answer.
  socket.resume();
}

/** Ends a request of polling instead of the gateway. */
export function refuseRequest(response: ServerResponse, { status, message }: HandshakeRefusal): void {
  response.setHeader('Cache-Control', 'no-store');
  answerError(response, status, message);
}

/** Writes the decision into the headers of a polling response, whatever a `cors` option of the adapter writes. */
export class PollingCompletion implements HeaderCompletion {
  constructor(
    private readonly response: ServerResponse,
    private readonly decision: ActualDecision,
    private readonly isBlocked: boolean,
  ) {}

  complete(headers: ResponseHeaders): void {
    const { decision, isBlocked, response } = this;
    const { sendDate } = response;
    // The method has no effect: engine.io never answers from a cache.
    applyDecision(headers, decision, { isBlocked, isRetrieval: false, sendDate, varies: true });
  }
}
