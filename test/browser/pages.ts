import { createServer } from 'node:http';
import { close, listen } from '../support/listening.js';

/** A page without anything, not even a favicon to ask for. */
export const EMPTY_PAGE =
  '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>page</title><body></body>';

/** A server of pages on every name of this machine. */
export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @param htmlOf what a path shows; the default is an empty page everywhere */
export async function servePages(htmlOf: (path: string) => string = () => EMPTY_PAGE): Promise<PageServer> {
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('Content-Type', 'text/html').end(htmlOf(url));
  });
  return { port: await listen(server), close: () => close(server) };
}
