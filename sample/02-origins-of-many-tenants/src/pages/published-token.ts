import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

const path = '/.well-known/nestjs-cors-sample.txt';

/** The file of a shop's web server that proves whose it is. Whoever runs the shop writes it, with the form on its page. */
export class PublishedToken {
  private content: string | undefined;

  /** Whether the request was for the file, and is answered. */
  answer(request: IncomingMessage, response: ServerResponse, ownOrigin: string): boolean {
    if (request.url !== path) {
      return false;
    }
    if (request.method === 'PUT') {
      void this.publish(request, response, ownOrigin);
    } else {
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.writeHead(this.content === undefined ? 404 : 200).end(this.content ?? 'Nothing is published here.\n');
    }
    return true;
  }

  /** For the shop's own page alone: others could otherwise prove to own it. */
  private async publish(request: IncomingMessage, response: ServerResponse, ownOrigin: string): Promise<void> {
    const tooLong = Number(request.headers['content-length'] ?? Infinity) > 1000;
    if (request.headers.origin !== ownOrigin || tooLong) {
      response.writeHead(tooLong ? 413 : 403).end();
      return;
    }
    this.content = await text(request).catch(() => this.content);
    response.writeHead(204).end();
  }
}
