import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Arrival, WireRequest } from './exchange.js';
import { answerOf } from './policy-answer.js';
import type { Resource } from './policy.js';
import { close, listen } from '../../support/listening.js';

interface Listeners {
  /** Tells the server which policy and which handler serve a URL. */
  readonly resourceOf: (request: WireRequest) => Resource;
  /** Changes a request before it is recorded and answered; `earlier` are the requests since the last `take()`. */
  readonly receive?: (request: WireRequest, earlier: readonly Arrival[]) => WireRequest;
}

/**
 * A server that answers what the documentation promises, without the library. `nestjs-cors/testing` asks it what a real
 * browser asks the application: whatever differs is a bug of the library, of `nestjs-cors/testing`, or of the documentation.
 */
export class DocumentedServer {
  #arrivals: Arrival[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly listeners: Listeners,
  ) {}

  static async start(listeners: Listeners): Promise<DocumentedServer> {
    const server = createServer();
    const port = await listen(server);
    const documented = new DocumentedServer(server, `http://127.0.0.1:${port}`, listeners);
    server.on('request', (request, response) => void documented.#answer(request, response));
    return documented;
  }

  /** Returns what arrived since the last call. Node.js answers methods that it does not know, and they are not recorded. */
  take(): Arrival[] {
    return this.#arrivals.splice(0);
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { receive = (request) => request, resourceOf } = this.listeners;
    const request = receive(await readRequest(incoming), this.#arrivals);
    const { status, headers, body, handled } = answerOf(resourceOf(request), request);
    const preflight = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers;
    this.#arrivals.push({ ...request, preflight, handled });
    outgoing.writeHead(status, headers.flat()).end(body);
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const { method = '', url = '', headers } = incoming;
  const body = await text(incoming);
  return {
    method,
    url: `http://${headers.host}${url}`,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(body !== '' && { body }),
  };
}
