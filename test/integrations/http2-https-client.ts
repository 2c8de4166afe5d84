import { type ClientHttp2Session, connect } from 'node:http2';
import { request as requestOverTls } from 'node:https';
import { type Received, type Sent, receive } from '../support/http-client.js';

/** How a client speaks to the server: HTTP/1.1 or HTTP/2 over TLS, or HTTP/2 in clear text with prior knowledge. */
export type Wire = 'HTTP/1.1 over TLS' | 'HTTP/2 over TLS' | 'HTTP/2 in clear text';

/** Sends a request and returns what came back. The server's certificate is checked against `ca`. */
export function sendOver(wire: Wire, port: number, ca: string, path: string, sent: Sent = {}): Promise<Received> {
  return wire === 'HTTP/1.1 over TLS' ? sendOverTls(port, ca, path, sent) : sendOverHttp2(wire, port, ca, path, sent);
}

function sendOverTls(port: number, ca: string, path: string, { method = 'GET', headers = {}, body }: Sent) {
  const sent = { host: 'localhost', port, path, method, ca, agent: false, headers: headers as Record<string, string> };
  return receive(requestOverTls(sent), body);
}

async function sendOverHttp2(wire: Wire, port: number, ca: string, path: string, sent: Sent): Promise<Received> {
  const scheme = wire === 'HTTP/2 over TLS' ? 'https' : 'http';
  const session = connect(`${scheme}://localhost:${port}`, { ca });
  try {
    return await exchange(session, path, sent);
  } finally {
    session.destroy();
  }
}

function exchange(session: ClientHttp2Session, path: string, { method = 'GET', headers = {}, body }: Sent) {
  return new Promise<Received>((resolve, reject) => {
    const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const stream = session.request({ ':method': method, ':path': path, ...Object.fromEntries(lowerCased) });
    const chunks: Buffer[] = [];
    let head: Omit<Received, 'body'> | undefined;
    stream.on('response', (fields, _flags, rawHeaders?: string[]) => {
      head = {
        status: Number(fields[':status']),
        headers: fields as Received['headers'],
        rawHeaders: rawHeaders ?? [],
      };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () =>
      head === undefined
        ? reject(new Error('The stream ended without a response'))
        : resolve({ ...head, body: Buffer.concat(chunks).toString() }),
    );
    stream.on('error', reject);
    session.on('error', reject);
    stream.end(body);
  });
}
