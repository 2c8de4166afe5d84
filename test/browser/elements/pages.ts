import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMPTY_PAGE } from './controllers.js';
import { pageOrigins, type PageOrigins } from './policies.js';

/** A server of empty pages on every name of this machine. */
export interface PageServer {
  readonly origins: PageOrigins;
  close(): Promise<void>;
}

export async function servePages(): Promise<PageServer> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end(EMPTY_PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origins: pageOrigins((server.address() as AddressInfo).port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
