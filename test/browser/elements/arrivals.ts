import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';

/** The headers of a request that say how an element asked. */
const RECORDED = [
  'access-control-request-headers',
  'access-control-request-method',
  'content-type',
  'cookie',
  'last-event-id',
  'origin',
  'range',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
];

/** A request as it reached an application. */
export interface ElementArrival {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whether it reached what the application wrote itself: a controller's handler, a middleware that serves files. */
  handled: boolean;
}

/** Records what reaches an application, and how far it gets. */
export class Arrivals {
  #recorded: ElementArrival[] = [];
  /** Called when a request gets to the application's own code: its permission is decided by then, the next one's is not. */
  whenHandled: (() => void) | undefined;

  record(app: INestApplication): void {
    const server = app.getHttpServer() as Server;
    server.prependListener('request', ({ method = '', url = '', headers }: IncomingMessage) => {
      const kept = RECORDED.map((name) => [name, headers[name]?.toString()] as const);
      const given = kept.filter(([, value]) => value !== undefined);
      this.#recorded.push({ method, url, headers: Object.fromEntries(given), handled: false });
    });
  }

  /** Said by the application's own code when a request gets there. */
  handled(method: string | undefined, url: string | undefined): void {
    const arrival = this.#recorded.findLast((each) => each.method === method && each.url === url);
    if (arrival !== undefined) {
      arrival.handled = true;
    }
    this.whenHandled?.();
  }

  /** How much has arrived at URLs that contain `part`. */
  countOf(part: string): number {
    return this.#recorded.filter(({ url }) => url.includes(part)).length;
  }

  /** What arrived there since the last call, in order; the rest is forgotten. */
  takeAll(part: string): ElementArrival[] {
    const taken = this.#recorded.filter(({ url }) => url.includes(part));
    this.#recorded = [];
    return taken;
  }

  /** What arrived at a URL since the last call, in order; the favicons of pages and the like go unmentioned. */
  takeOf(path: string): ElementArrival[] {
    const taken = this.#recorded.filter(({ url }) => url === path);
    this.#recorded = this.#recorded.filter((arrival) => !taken.includes(arrival));
    return taken;
  }
}
