import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenError } from '../startup-error.js';

type Answer = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

/** A web server on a port of localhost: an origin. */
export class WebServer {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async listen(port: number, answer: Answer): Promise<WebServer> {
    let origin = '';
    const server = createServer((request, response) => {
      response.setHeader('Cache-Control', 'no-store');
      answer(request, response, origin);
    });
    server.listen(port, 'localhost');
    try {
      await once(server, 'listening');
    } catch (error) {
      throw listenError(error, port);
    }
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    return new WebServer(server, origin);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
