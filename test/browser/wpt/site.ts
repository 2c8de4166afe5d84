import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { CorsPolicyDefinition } from '../../../lib/index.js';
import { type Platform, type RunningApplication, startApplication } from '../../support/application.js';
import { responseHeads } from '../../support/http-client.js';
import { selfSignedCertificate } from '../../support/self-signed-certificate.js';
import { listen } from '../../support/listening.js';
import { PageController, controllerFor } from './routes.js';

/**
 * Where the one application is reached, by how that relates to the page: the same origin, the same host at another port,
 * a subdomain, another scheme, another site.
 */
export interface Origins {
  readonly page: string;
  readonly port: string;
  readonly remote: string;
  readonly remote2: string;
  readonly remotePort: string;
  readonly secure: string;
  readonly remoteSecure: string;
  readonly foreign: string;
}

/** Policies by the first segment of their path; `false` disables CORS. */
export type Policies = (origins: Origins) => Readonly<Record<string, CorsPolicyDefinition | false>>;

/** A request as it reached the application, and what the application answered. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly status: number;
  readonly answer: ReturnType<ServerResponse['getHeaders']>;
}

/** A NestJS application behind several origins. Ports are known before its policies are made, so these can name them. */
export class Site {
  readonly #exchanges: Exchange[] = [];
  #waiting: ((exchange: Exchange) => void)[] = [];
  #count = 0;

  private constructor(
    readonly origins: Origins,
    readonly application: RunningApplication,
    private readonly doors: readonly Server[],
  ) {
    for (const door of doors) {
      door.on('request', (request: IncomingMessage, response: ServerResponse) => this.#admit(request, response));
    }
  }

  static async start(platform: Platform, policies: Policies): Promise<Site> {
    const doors = [createServer(), createServer(), createSecureServer(selfSignedCertificate()) as Server];
    const [http = 0, other = 0, https = 0] = await Promise.all(doors.map(listen));
    const origins: Origins = {
      page: `http://wpt.localhost:${http}`,
      port: `http://wpt.localhost:${other}`,
      remote: `http://www1.wpt.localhost:${http}`,
      remote2: `http://www2.wpt.localhost:${http}`,
      remotePort: `http://www1.wpt.localhost:${other}`,
      secure: `https://wpt.localhost:${https}`,
      remoteSecure: `https://www1.wpt.localhost:${https}`,
      foreign: `http://elsewhere.localhost:${http}`,
    };
    const controllers = Object.entries(policies(origins)).map(([path, policy]) => controllerFor(path, policy));
    const application = await startApplication(platform, 'NestFactory', {
      cors: { logging: 'off' },
      controllers: [PageController, ...controllers],
    });
    return new Site(origins, application, doors);
  }

  /** Address of an answer under a policy; no two are the same, since browsers keep preflights' answers per URL. */
  url(at: keyof Origins, policy: string, wanted: Readonly<Record<string, string | readonly string[]>> = {}): string {
    const query = new URLSearchParams({ n: String(this.#count++) });
    for (const [name, values] of Object.entries(wanted)) {
      [values].flat().forEach((value) => query.append(name, value));
    }
    return `${this.origins[at]}/${policy}/answer?${query}`;
  }

  /** Header lines of the answer to a request that no browser and no client library would send. */
  async rawHeads(policy: string, lines: readonly string[]): Promise<readonly (readonly [string, string])[]> {
    const request = [`GET /${policy}/answer HTTP/1.1`, 'Host: wpt.localhost', 'Connection: close', ...lines, '', ''];
    return responseHeads(await this.application.sendRaw(request.join('\r\n')))[0]?.headers ?? [];
  }

  /** What was asked and answered since the last call. */
  take(): Exchange[] {
    return this.#exchanges.splice(0);
  }

  /** The next request that is answered, whoever sent it. */
  nextAnswer(): Promise<Exchange> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What was asked and answered, left where it is. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  async stop(): Promise<void> {
    await this.application.close();
    for (const door of this.doors) {
      door.closeAllConnections();
      door.close();
    }
  }

  #admit(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    if (url !== '/page' && url !== '/favicon.ico') {
      const exchange: Exchange = {
        method,
        url,
        // A copy: conditions are taken off requests that are refused.
        headers: { ...headers },
        // Read when it is asked for: the answer does not exist yet.
        get status() {
          return response.statusCode;
        },
        get answer() {
          return response.getHeaders();
        },
      };
      this.#exchanges.push(exchange);
      response.on('finish', () => this.#waiting.splice(0).forEach((resolve) => resolve(exchange)));
    }
    (this.application.app.getHttpServer() as Server).emit('request', request, response);
  }
}
