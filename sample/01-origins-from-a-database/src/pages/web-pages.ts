import type { OnApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { listenError } from '../listen-error.js';
import type { Settings } from '../settings.js';

const files: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/style.css': { name: 'style.css', type: 'text/css; charset=utf-8' },
};

interface Content {
  body: Buffer | string;
  type: string;
}

/** The same page from two servers, each another origin than the other and than the API. */
export class WebPages implements OnApplicationShutdown {
  private constructor(
    private readonly servers: readonly Server[],
    private readonly content: Map<string, Content>,
    readonly origins: readonly [string, string],
  ) {}

  static async listen({ webDirectory, webPorts }: Settings): Promise<WebPages> {
    const content = new Map<string, Content>();
    for (const [path, { name, type }] of Object.entries(files)) {
      content.set(path, { body: await readFile(join(webDirectory, name)), type });
    }
    const servers = webPorts.map(() =>
      createServer((request, response) => {
        const answer = content.get(request.url?.split('?')[0] ?? '/');
        response.setHeader('Cache-Control', 'no-store');
        response.setHeader('Content-Type', answer?.type ?? 'text/plain');
        response.writeHead(answer === undefined ? 404 : 200).end(answer?.body ?? 'Not found');
      }),
    );
    const [first, second] = await Promise.all(servers.map((server, index) => listen(server, webPorts[index] ?? 0)));
    return new WebPages(servers, content, [`http://localhost:${first}`, `http://localhost:${second}`]);
  }

  /** Tells the pages where the API is; until then they wait for `settings.json`. */
  announceApi(api: string): void {
    this.content.set('/settings.json', {
      body: JSON.stringify({ api, pages: this.origins }),
      type: 'application/json',
    });
  }

  onApplicationShutdown(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, 'localhost');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, port);
  }
  return (server.address() as AddressInfo).port;
}
