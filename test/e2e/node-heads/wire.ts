import { connect } from 'node:http2';
import { sendRaw } from '../../support/http-client.js';
import type { Line } from './policies.js';

/** The head of a response, interim ones included. */
export interface WireHead {
  readonly first: string;
  readonly lines: readonly Line[];
}

/** All that came over a connection, or a stream. */
export interface Wire {
  readonly heads: readonly WireHead[];
  readonly body: string;
}

export interface Asked {
  readonly method: 'GET' | 'HEAD';
  readonly path: string;
  readonly origin: string | undefined;
  readonly connection: string;
  readonly number: string;
}

/** Over HTTP/1.1: one character per byte, up to the end of the connection. */
export async function askOverHttp1(port: number, { method, path, origin, connection, number }: Asked): Promise<Wire> {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost', `X-Case: ${number}`, `Connection: ${connection}`];
  const origins = origin === undefined ? [] : [`Origin: ${origin}`];
  let rest = await sendRaw(port, [...lines, ...origins, '', ''].join('\r\n'));
  const heads: WireHead[] = [];
  while (rest.startsWith('HTTP/1.1 ') && (heads.length === 0 || heads.at(-1)?.first.startsWith('HTTP/1.1 1'))) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...fields] = rest.slice(0, end).split('\r\n');
    heads.push({ first, lines: fields.map(lineOf) });
    rest = rest.slice(end + 4);
  }
  return { heads, body: rest };
}

function lineOf(field: string): Line {
  const colon = field.indexOf(': ');
  return [field.slice(0, colon), field.slice(colon + 2)];
}

/** Over HTTP/2 in clear text, when the calls are performed. */
export function askOverHttp2(
  port: number,
  { method, path, origin, number }: Asked,
  performed: Promise<void>,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', reject);
    const heads: WireHead[] = [];
    let body = '';
    const stream = session.request({
      ':method': method,
      ':path': path,
      'x-case': number,
      ...(origin === undefined ? {} : { origin }),
    });
    const read = (fields: Record<string, unknown>, _flags: number, raw: string[]): void => {
      const lines = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, String(raw[at + 1])] as const] : []));
      heads.push({ first: String(fields[':status']), lines: lines.filter(([name]) => name !== ':status') });
    };
    stream.on('headers', read as never).on('response', read as never);
    stream.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    stream.on('error', () => undefined);
    const finish = (): void => {
      session.destroy();
      resolve({ heads, body });
    };
    stream.on('close', finish);
    // A client of nghttp2 leaves a stream open whose Content-Length is no number: round trips tell that no more comes.
    const roundTrips = (left: number): void => {
      if (left === 0) {
        finish();
      } else if (!session.destroyed) {
        session.ping(() => roundTrips(left - 1));
      }
    };
    void performed.then(() => roundTrips(3));
    stream.end();
  });
}
