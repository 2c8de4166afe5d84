import { connect, type Socket } from 'node:net';

export interface RawRequest {
  readonly method: string;
  /** Request target, byte for byte (latin1). */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a server says that hung up without a word. */
const SILENCE: Answer = { status: 0, headers: {} };

/** One kept-alive connection, on which many requests are pipelined that no client has normalised. */
export class Connection {
  private socket: Socket | undefined;

  constructor(private readonly port: number) {}

  /** Sends all requests and gives their answers in order. What a closed connection left unanswered is sent again on a new one. */
  async sendAll(requests: readonly RawRequest[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    while (answers.length < requests.length) {
      // A connection from before may have been closed meanwhile: that says nothing of the request.
      const isFresh = this.socket === undefined;
      const received = await this.pipeline(requests.slice(answers.length));
      answers.push(...(received.length === 0 && isFresh ? [SILENCE] : received));
    }
    return answers;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const socket = connect(this.port, '127.0.0.1');
    socket.on('close', () => {
      this.socket = this.socket === socket ? undefined : this.socket;
    });
    // Resets come after the answer that ends a connection; 'close' follows.
    return socket.on('error', () => undefined);
  }

  /** The answers that came before all were there, or the server closed the connection. */
  private pipeline(requests: readonly RawRequest[]): Promise<Answer[]> {
    const socket = (this.socket ??= this.open());
    return new Promise((resolve, reject) => {
      const answers: Answer[] = [];
      let unread = '';
      const onData = (chunk: Buffer): void => {
        unread += chunk.toString('latin1');
        for (let head = unread.indexOf('\r\n\r\n'); head !== -1; head = unread.indexOf('\r\n\r\n')) {
          const answer = parseHead(unread.slice(0, head));
          const length = bodyLength(answer, requests[answers.length]?.method);
          if (unread.length < head + 4 + length) {
            return;
          }
          unread = unread.slice(head + 4 + length);
          answers.push(answer);
        }
        if (answers.length === requests.length) {
          finish();
        }
      };
      const onTimeout = (): void => {
        this.close();
        reject(new Error(`No answer within 10 s: ${JSON.stringify(requests[answers.length])}`));
      };
      const finish = (): void => {
        socket.off('data', onData).off('close', finish).off('timeout', onTimeout).setTimeout(0);
        resolve(answers);
      };
      socket.on('data', onData).on('close', finish).on('timeout', onTimeout).setTimeout(10_000);
      socket.write(requests.map(textOf).join(''), 'latin1');
    });
  }
}

function textOf({ method, target, headers }: RawRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function parseHead(text: string): Answer {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers) };
}

function bodyLength({ status, headers }: Answer, method: string | undefined): number {
  if (headers['transfer-encoding'] !== undefined) {
    throw new Error('A response in chunks: this connection reads lengths only');
  }
  return method === 'HEAD' || status === 204 || status === 304 ? 0 : Number(headers['content-length'] ?? 0);
}
