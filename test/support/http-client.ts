import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

/** A response, as it came over the socket. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Header lines as they were sent: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** Sends a request over a real socket, its path untouched. */
export function send(port: number, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Received> {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: headers as Record<string, string | string[]>,
    agent: false,
  });
  return receive(outgoing, body);
}

/** Sends what is left of a request, and resolves to its whole response. */
export function receive(outgoing: ClientRequest, body?: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The head of a response, as it came over the socket: header names in lower case, values untouched. */
export interface ReceivedHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The heads in what {@link sendRaw} received; several when requests were pipelined. */
export function responseHeads(received: string): ReceivedHead[] {
  return received
    .split(/(?=HTTP\/1\.[01] \d{3} )/)
    .filter((text) => text !== '')
    .map((text) => {
      const [statusLine = '', ...lines] = (text.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
      return {
        status: Number(statusLine.split(' ')[1]),
        headers: lines.map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
        }),
      };
    });
}

/**
 * Sends text as it is and returns everything that comes back until the server closes the connection; a server that
 * resets the connection after its answer counts as one that closes it.
 */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let received = '';
    socket.setTimeout(5000, () => socket.destroy(new Error('No answer within 5 s')));
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
    socket.on('close', () => resolve(received));
  });
}
