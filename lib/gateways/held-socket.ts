import type { Duplex } from 'node:stream';

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
    // What has accepted the socket listens by now. An error of a socket that is closed is left to the listener.
    if (!socket.destroyed) {
      socket.removeListener('error', leave);
    }
  });
}
