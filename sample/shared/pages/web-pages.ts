import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, extname, join } from 'node:path';
import { sampleFolder } from '../sample-settings.js';
import { WebServer } from './web-server.js';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
};

/** A web page on a port of its own. */
export interface WebPage {
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** The file that `/` shows. */
  readonly home: string;
  /** Answers a request before files are looked for; returns whether it has. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse, origin: string) => boolean;
}

/** The pages of a sample: each another origin than the others and the application. All of them have the same files. */
export class WebPages {
  private constructor(
    private readonly servers: readonly WebServer[],
    private readonly files: Map<string, Buffer | string>,
  ) {}

  /**
   * @param folder `web/` of a sample
   * @param more further files that the pages load, by their paths
   */
  static async listen(folder: string, pages: readonly WebPage[], more: readonly string[] = []): Promise<WebPages> {
    const files = await read([
      ...(await filesIn(join(sampleFolder('shared'), 'web'))),
      ...(await filesIn(folder)),
      ...more,
    ]);
    const servers: WebServer[] = [];
    try {
      for (const { port, home, answer } of pages) {
        const server = await WebServer.listen(port, (request, response, origin) => {
          if (!answer?.(request, response, origin)) {
            const path = request.url?.split('?')[0] ?? '/';
            const name = path === '/' ? home : path.slice(1);
            send(response, name, files.get(name));
          }
        });
        servers.push(server);
      }
    } catch (error) {
      servers.forEach((server) => server.close());
      throw error;
    }
    return new WebPages(servers, files);
  }

  /** One for each page. */
  get origins(): readonly string[] {
    return this.servers.map(({ origin }) => origin);
  }

  /** Tells the pages where everything is; until then they wait for `settings.json`. */
  announce(settings: object): void {
    this.files.set('settings.json', JSON.stringify(settings));
  }

  close(): void {
    this.servers.forEach((server) => server.close());
  }
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).map((name) => join(folder, name));
}

async function read(paths: readonly string[]): Promise<Map<string, Buffer | string>> {
  return new Map(await Promise.all(paths.map(async (path) => [basename(path), await readFile(path)] as const)));
}

function send(response: ServerResponse, name: string, content: Buffer | string | undefined): void {
  response.setHeader('Content-Type', content === undefined ? 'text/plain' : (types[extname(name)] ?? 'text/plain'));
  response.writeHead(content === undefined ? 404 : 200).end(content ?? 'Not found');
}
