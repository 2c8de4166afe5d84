import { type Socket, connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Answer, parseAnswers } from '../wire/answers.js';
import type { HandshakeCase } from './cases.js';
import { frame, readFrames } from './frames.js';

/** What came of a handshake. */
export interface HandshakeExchange {
  readonly sent: string;
  /** The answers over HTTP; the last one may be a 101. */
  readonly answers: readonly Answer[];
  /** The texts that came after a 101. */
  readonly texts: readonly string[];
  readonly malformation: string | undefined;
  /** Whether the server neither answered nor closed the connection, long after the client had ended it. */
  readonly hung: boolean;
}

/**
 * A server is left alone after such a silence, in milliseconds: where it may wait for more, and where it is beyond doubt that an answer
 * has to come.
 */
const PATIENCE = { doubtful: 60, certain: 10_000 };
/** What takes longer than this hangs, in milliseconds: also a busy machine has answered by then. */
const HANG = 60_000;
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\n';

/** The texts of the frames that are sent with a handshake. */
export function framesOf({ to: { protocol }, frames }: HandshakeCase): readonly string[] {
  return protocol === 'WebSocket'
    ? Array.from({ length: frames }, (_, index) => JSON.stringify({ event: 'echo', data: index }))
    : [];
}

/** What a client of engine.io sends when it has been accepted. */
function repliesTo({ to: { protocol, place } }: HandshakeCase): string {
  if (protocol === 'upgrade of a session') {
    return frame('2probe');
  }
  return place === 'names' ? frame('40/pattern,') + frame('40/memory,') : frame('40');
}

/** The bytes of a handshake, one character each. */
export function bytesOf(hostile: HandshakeCase, sid = ''): string {
  const { method, target, version, lines, eol, body } = hostile;
  const head = [`${method} ${target.replaceAll('{sid}', sid)} ${version}`, ...lines].join(eol) + eol + eol;
  return head + (body ?? framesOf(hostile).map(frame).join(''));
}

/**
 * Sends a handshake over a connection of its own, and collects what comes back.
 * @param isComplete whether everything has come; `undefined`: that is the server's to decide
 */
export function exchangeHandshake(
  port: number,
  hostile: HandshakeCase,
  sid: string,
  isComplete: ((answers: readonly Answer[], texts: readonly string[]) => boolean) | undefined,
): Promise<HandshakeExchange> {
  const { ending, cuts } = hostile;
  const all = bytesOf(hostile, sid);
  const sent = ending.endsWith('halfway') ? all.slice(0, Math.floor((all.length * (cuts[0] ?? 50)) / 100)) : all;
  const positions = [...new Set(cuts.map((percent) => Math.floor((sent.length * percent) / 100)))].sort(
    (a, b) => a - b,
  );
  const writes = [0, ...positions].map((from, at) => sent.slice(from, positions[at])).filter((text) => text !== '');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    let hasReplied = false;
    let silence: NodeJS.Timeout | undefined;
    const finish = (closed: boolean, hung = false): void => {
      clearTimeout(silence);
      clearTimeout(deadline);
      socket.removeAllListeners().on('error', () => undefined);
      socket.destroy();
      resolve({ sent, ...read(received, closed), hung });
    };
    const deadline = setTimeout(() => finish(false, true), HANG);
    const awaitSilence = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => socket.end(), isComplete === undefined ? PATIENCE.doubtful : PATIENCE.certain);
    };
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      awaitSilence();
      const { answers, texts } = read(received, false);
      const isAccepted = answers.at(-1)?.status === 101;
      const isOpen = isAccepted && (texts.length > 0 || hostile.to.protocol === 'upgrade of a session');
      if (isOpen && !hasReplied && hostile.to.protocol !== 'WebSocket') {
        hasReplied = true;
        socket.write(repliesTo(hostile), 'latin1');
      }
      if (isComplete?.(answers, texts) === true) {
        finish(false);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(true));
    void write(socket, writes).then(() => {
      if (ending.startsWith('resets')) {
        socket.resetAndDestroy();
      } else if (ending === 'stops halfway') {
        socket.end();
      } else {
        awaitSilence();
      }
    });
  });
}

function read(received: string, closed: boolean): Omit<HandshakeExchange, 'sent' | 'hung'> {
  const at = received.indexOf(SWITCHING);
  if (at === -1) {
    const { answers, rest, malformation } = parseAnswers(received, closed);
    return { answers, texts: [], malformation: closed || rest === '' ? malformation : undefined };
  }
  const end = received.indexOf('\r\n\r\n', at) + 4;
  if (end === 3) {
    return { answers: [], texts: [], malformation: undefined };
  }
  const before = parseAnswers(received.slice(0, at), false);
  const [switching] = headersOf(received.slice(at, end));
  return {
    answers: [...before.answers, ...(switching === undefined ? [] : [switching])],
    texts: readFrames(received.slice(end)),
    malformation: before.rest === '' ? before.malformation : `bytes before a 101: ${before.rest}`,
  };
}

/** A 101 alone: `parseAnswers()` takes it for an interim response, after which another one comes. */
function headersOf(head: string): readonly Answer[] {
  return parseAnswers(head.replace(SWITCHING, 'HTTP/1.1 204 No Content\r\n'), true).answers.map((answer) => ({
    ...answer,
    status: 101,
  }));
}

async function write(socket: Socket, writes: readonly string[]): Promise<void> {
  socket.setNoDelay(true);
  for (const [index, text] of writes.entries()) {
    if (index > 0) {
      await turn();
    }
    if (!socket.destroyed) {
      await new Promise<void>((resolve) => void socket.write(text, 'latin1', () => resolve()));
    }
  }
}
