import { createServer, type Server } from 'node:https';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { close, listen } from '../support/listening.js';
import { launchChromium } from './chromium.js';

/** Requests of a script to one URL, one after the other. */
export interface Sequence {
  readonly url: string;
  readonly methods: readonly string[];
  readonly credentials: 'include' | 'omit';
}

/** An empty page of one origin in Chromium, whatever the origin's host name. */
export class PageOfOrigin {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  static async open(origin: string): Promise<PageOfOrigin> {
    const server = createServer(selfSignedCertificate(), (_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>page</title>');
    });
    const port = await listen(server);
    const browser = await launchChromium(
      `--host-resolver-rules=MAP ${new URL(origin).host}:443 127.0.0.1:${port}`,
      '--ignore-certificate-errors',
    );
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`${origin}/`);
    return new PageOfOrigin(server, browser, page);
  }

  /** Makes the requests, with a header that needs a preflight; what cannot be read is no failure here. */
  request(sequence: Sequence): Promise<void> {
    return this.page.evaluate(async ({ url, methods, credentials }) => {
      for (const method of methods) {
        const body = method === 'GET' || method === 'HEAD' ? undefined : '{}';
        const headers = { 'Content-Type': 'application/json' };
        await fetch(url, { method, credentials, headers, ...(body === undefined ? {} : { body }) }).catch(
          () => undefined,
        );
      }
    }, sequence);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await close(this.server);
  }
}

/** Lists the requests that reach a server: a method, or `OPTIONS` and the method that a preflight asks for. */
export function arrivalsAt(server: HttpServer): string[] {
  const arrivals: string[] = [];
  server.prependListener('request', ({ method = '', headers }: IncomingMessage) => {
    const asked = headers['access-control-request-method'];
    arrivals.push(asked === undefined ? method : `${method} ${asked}`);
  });
  return arrivals;
}
