import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { CorsModuleOptions } from '../../../lib/index.js';
import type { OriginCacheStats } from '../../../lib/entry-points/diagnostics/index.js';

const program = fileURLToPath(new URL('instance.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../../dist/esm/index.js', import.meta.url));

/** The store of an instance; see `stores.mjs`. */
export interface StoreSettings {
  readonly kind: 'postgres-lookup' | 'postgres-list' | 'redis-lookup' | 'redis-list';
  readonly url: string;
  /** Of Redis keys. */
  readonly prefix?: string;
  /** Of the connection that listens, in milliseconds. */
  readonly heartbeatInterval?: number;
}

export interface InstanceSettings {
  readonly adapter?: 'express' | 'fastify';
  readonly store: StoreSettings;
  readonly cors?: Omit<CorsModuleOptions, 'originLookup' | 'tenant'>;
}

/** What an instance tells of itself. */
export interface Figures {
  readonly stats: OriginCacheStats;
  /** What the store's lookup was asked, and how many questions were under way at most. */
  readonly store: { readonly lookups: number; readonly most: number };
  /** After a garbage collection. */
  readonly memory: NodeJS.MemoryUsage;
}

/** An instance of an application in a process of its own, with the route `/:tenant/items`. */
export class Instance {
  #asked = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1000 });
  #output = '';
  port = 0;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (data) => (this.#output += String(data)));
    child.stderr?.on('data', (data) => (this.#output += String(data)));
  }

  static async start(settings: InstanceSettings): Promise<Instance> {
    if (!existsSync(built)) {
      throw new Error('The instances run the library as it is built, and it is not: run `npm run build` first.');
    }
    const instance = new Instance(
      fork(program, { execArgv: ['--expose-gc'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }),
    );
    try {
      instance.port = (await instance.#ask<{ port: number }>('start', settings)).port;
    } catch (error) {
      instance.child.kill();
      throw error;
    }
    return instance;
  }

  /** What it wrote to the terminal. */
  get output(): string {
    return this.#output;
  }

  /** Whether its process runs. */
  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Stops the process, or lets it go on, as a shell or a container does. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  figures(): Promise<Figures> {
    return this.#ask<Figures>('figures');
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    if (this.alive) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      await this.#ask('stop');
      await exited;
    }
  }

  /** The status of a preflight for PUT, and the origin that it allows. */
  preflight(origin: string, tenant = 'acme'): Promise<{ status: number; allowed: string | undefined }> {
    const headers = { Origin: origin, 'Access-Control-Request-Method': 'PUT' };
    return new Promise((resolve, reject) => {
      request(
        {
          port: this.port,
          host: '127.0.0.1',
          agent: this.#agent,
          method: 'OPTIONS',
          path: `/${tenant}/items`,
          headers,
        },
        (response) => {
          response.resume().once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              allowed: response.headers['access-control-allow-origin'],
            }),
          );
        },
      )
        .once('error', reject)
        .end();
    });
  }

  async allows(origin: string, tenant?: string): Promise<boolean> {
    const { status, allowed } = await this.preflight(origin, tenant);
    if (status !== 204 && status !== 403) {
      throw new Error(`A preflight was answered with ${status}`);
    }
    return status === 204 && allowed === origin;
  }

  #ask<Answer>(ask: string, settings?: InstanceSettings): Promise<Answer> {
    const id = ++this.#asked;
    return new Promise<Answer>((resolve, reject) => {
      const leave = (settle: () => void): void => {
        this.child.off('message', hear);
        this.child.off('exit', gone);
        settle();
      };
      const hear = (message: { id: number; answer?: Answer; error?: string }): void => {
        if (message.id === id) {
          leave(() =>
            message.error === undefined ? resolve(message.answer as Answer) : reject(new Error(message.error)),
          );
        }
      };
      const gone = (): void => leave(() => reject(new Error(`The instance ended: ${this.#output}`)));
      this.child.on('message', hear);
      this.child.on('exit', gone);
      this.child.send({ id, ask, settings });
    });
  }
}
