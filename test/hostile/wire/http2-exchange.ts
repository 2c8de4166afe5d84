import { type ClientHttp2Session, type IncomingHttpHeaders, connect } from 'node:http2';
import type { Http2Case, Http2Request } from '../generator/http2-cases.js';
import { type Answer, readSeen } from './answers.js';
import type { Exchange } from './exchange.js';
import { RewrittenConnection } from './rewritten-connection.js';

/** What takes longer than this hangs, in milliseconds: also a busy machine has answered by then. */
const HANG = 60_000;

/** Sends the requests of a case over a connection of its own, all at once, and collects the answers in their order. */
export async function exchangeOverHttp2(port: number, { requests }: Http2Case): Promise<Exchange> {
  const blocks = requests.map(({ fields }, index) => [...fields, ['x-index', String(index)] as const]);
  const session = connect('http://localhost', {
    createConnection: () => new RewrittenConnection(port, blocks),
  });
  session.on('error', () => undefined);
  let deadline: NodeJS.Timeout | undefined;
  const hanging = new Promise<'hung'>((resolve) => {
    deadline = setTimeout(() => resolve('hung'), HANG);
  });
  const answers = Promise.all(requests.map((request) => answerTo(session, request)));
  const outcome = await Promise.race([answers, hanging]);
  clearTimeout(deadline);
  session.destroy();
  return {
    sent: blocks.map((block) => block.map((field) => field.join(': ')).join('\r\n')).join('\r\n\r\n'),
    answers: outcome === 'hung' ? [] : outcome.filter((answer) => answer !== undefined),
    malformation: undefined,
    hung: outcome === 'hung',
  };
}

/** The answer on a stream of its own; `undefined`: the stream was reset, or the whole connection ended. */
function answerTo(session: ClientHttp2Session, { body }: Http2Request): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    if (session.destroyed || session.closed) {
      resolve(undefined);
      return;
    }
    const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: body === '' });
    let head: IncomingHttpHeaders | undefined;
    let received = '';
    stream.on('response', (headers) => (head = headers));
    stream.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    stream.on('error', () => undefined);
    stream.on('close', () => resolve(head === undefined ? undefined : answerOf(head, received)));
    if (body !== '') {
      stream.end(body, 'latin1');
    }
  });
}

function answerOf({ ':status': status, ...fields }: IncomingHttpHeaders, body: string): Answer {
  const headers = Object.entries(fields).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => [name, String(each)] as const),
  );
  return { status: Number(status), headers, body, seen: readSeen(headers) };
}
