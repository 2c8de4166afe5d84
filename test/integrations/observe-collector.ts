import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A request as the agent reports it; it abbreviates the names. */
interface Snapshot {
  readonly a: { readonly m: string; readonly ou: string; readonly sc: number };
}

/** Stands in for the service that the agent of @nestjs/observe reports to. */
export class Collector {
  private readonly received: string[] = [];
  private awaited: { readonly last: string; readonly arrive: (received: readonly string[]) => void } | undefined;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
        const { snapshots = [] } = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as {
          snapshots?: Snapshot[];
        };
        this.received.push(...snapshots.map(({ a }) => `${a.m} ${a.ou} ${a.sc}`));
        this.tell();
      });
    });
  }

  static async start(): Promise<Collector> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Collector(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Method, URL and status of everything that was reported, as soon as that includes `last`. */
  reportedUntil(last: string): Promise<readonly string[]> {
    return new Promise((arrive) => {
      this.awaited = { last, arrive };
      this.tell();
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((closed) => this.server.close(() => closed()));
  }

  private tell(): void {
    if (this.awaited !== undefined && this.received.includes(this.awaited.last)) {
      this.awaited.arrive(this.received);
    }
  }
}
