import { type Socket, connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Answer, parseAnswers } from './answers.js';
import type { Sending } from './bytes-of-case.js';

/** What came of a case. */
export interface Exchange {
  readonly sent: string;
  readonly answers: readonly Answer[];
  /** What is wrong with the bytes that came back. */
  readonly malformation: string | undefined;
  /** Whether the server neither answered nor closed the connection, long after the client had ended it. */
  readonly hung: boolean;
}

/** A server that waits for the rest of a request is left alone after this silence, in milliseconds. */
const PATIENCE = 60;
/** What takes longer than this hangs, in milliseconds: also a busy machine has answered by then. */
const HANG = 60_000;

/** Connections to one port that are open and have nothing under way. */
export class Connections {
  private readonly idle: Socket[] = [];

  constructor(private readonly port: number) {}

  /** Sends, and collects what comes back. What came before may have closed a kept connection meanwhile: then again on a new one. */
  async exchange(sending: Sending): Promise<Exchange> {
    const kept = this.idle.pop();
    if (kept !== undefined) {
      const exchange = await this.over(kept, sending);
      if (exchange.answers.length >= (sending.answers ?? 1)) {
        return exchange;
      }
    }
    return this.over(connect(this.port, '127.0.0.1'), sending);
  }

  close(): void {
    this.idle.splice(0).forEach((socket) => socket.destroy());
  }

  private over(socket: Socket, { writes, answers: expected }: Sending): Promise<Exchange> {
    return new Promise((resolve) => {
      let received = '';
      let done = false;
      const finish = (closed: boolean, hung = false): void => {
        if (done) {
          return;
        }
        done = true;
        clearTimeout(silence);
        clearTimeout(deadline);
        const { answers, rest, malformation } = parseAnswers(received, closed);
        const leftover = malformation ?? (rest === '' || closed ? undefined : `bytes behind the answers: ${rest}`);
        socket.removeAllListeners('data').removeAllListeners('close').removeAllListeners('error');
        socket.on('error', () => undefined);
        if (closed || hung || leftover !== undefined) {
          socket.destroy();
        } else {
          socket.once('close', () => this.forget(socket));
          this.idle.push(socket);
        }
        resolve({ sent: writes.join(''), answers, malformation: leftover, hung });
      };
      const deadline = setTimeout(() => finish(false, true), HANG);
      let silence: NodeJS.Timeout | undefined;
      const awaitSilence = (): void => {
        clearTimeout(silence);
        if (expected === undefined) {
          silence = setTimeout(() => socket.end(), PATIENCE);
        }
      };
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        awaitSilence();
        if (expected !== undefined && parseAnswers(received, false).answers.length >= expected) {
          finish(false);
        }
      });
      socket.on('error', () => undefined);
      socket.on('close', () => finish(true));
      void write(socket, writes).then(awaitSilence);
    });
  }

  private forget(socket: Socket): void {
    const at = this.idle.indexOf(socket);
    if (at !== -1) {
      this.idle.splice(at, 1);
    }
  }
}

async function write(socket: Socket, writes: readonly string[]): Promise<void> {
  socket.setNoDelay(true);
  for (const [index, text] of writes.entries()) {
    if (index > 0) {
      await turn();
    }
    if (!socket.destroyed) {
      socket.write(text, 'latin1');
    }
  }
}
