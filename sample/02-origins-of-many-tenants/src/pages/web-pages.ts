import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Settings } from '../settings.js';
import { PublishedToken } from './published-token.js';
import type { WebOrigins } from './web-origins.js';
import { WebServer } from './web-server.js';

/** The tenants that there are on the first start, each with a shop. */
const tenants = ['acme', 'globex'];

const sharedFiles: Readonly<Record<string, string>> = {
  '/style.css': 'text/css; charset=utf-8',
  '/page.js': 'text/javascript; charset=utf-8',
  '/shop.js': 'text/javascript; charset=utf-8',
  '/console.js': 'text/javascript; charset=utf-8',
};

interface Content {
  body: Buffer | string;
  type: string;
}

/** A shop for each of the first tenants, and the operator's console: each another origin than the others and the service. */
export class WebPages {
  private constructor(
    private readonly servers: readonly WebServer[],
    /** By path, what every server has. */
    private readonly shared: Map<string, Content>,
    readonly origins: WebOrigins,
  ) {}

  static async listen({ webDirectory, webPorts }: Settings): Promise<WebPages> {
    const read = async (name: string, type: string): Promise<Content> => ({
      body: await readFile(join(webDirectory, name)),
      type,
    });
    const shared = new Map<string, Content>();
    for (const [path, type] of Object.entries(sharedFiles)) {
      shared.set(path, await read(path, type));
    }
    const servers: WebServer[] = [];
    for (const [index, port] of webPorts.entries()) {
      const home = await read(index < tenants.length ? 'shop.html' : 'console.html', 'text/html; charset=utf-8');
      const published = new PublishedToken();
      const server = await WebServer.listen(port, (request, response, origin) => {
        if (!published.answer(request, response, origin)) {
          const path = request.url?.split('?')[0] ?? '/';
          send(response, path === '/' ? home : shared.get(path));
        }
      });
      servers.push(server);
    }
    return new WebPages(servers, shared, {
      shops: tenants.map((tenant, index) => ({ tenant, origin: servers[index]?.origin ?? '' })),
      console: servers[tenants.length]?.origin ?? '',
    });
  }

  /** Tells the pages where the instances are; until then they wait for `settings.json`. */
  announceInstances(instances: readonly string[]): void {
    this.shared.set('/settings.json', {
      body: JSON.stringify({ instances, ...this.origins }),
      type: 'application/json',
    });
  }

  close(): void {
    this.servers.forEach((server) => server.close());
  }
}

function send(response: ServerResponse, content: Content | undefined): void {
  response.setHeader('Content-Type', content?.type ?? 'text/plain');
  response.writeHead(content === undefined ? 404 : 200).end(content?.body ?? 'Not found');
}
