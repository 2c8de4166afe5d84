import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CacheSettings, nginxConfiguration } from './nginx-configuration.js';

export const NGINX = '/usr/sbin/nginx';

/** An nginx of a test's own: several caching proxies in one process, each with a cache and a port of its own. */
export class Nginx<Name extends string> {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly ports: ReadonlyMap<string, number>,
  ) {}

  /** @param proxies by name; one may have an application of its own, the others have that at `upstream` */
  static async start<Name extends string>(
    upstream: string,
    proxies: Readonly<Record<Name, CacheSettings & { readonly upstream?: string }>>,
  ): Promise<Nginx<Name>> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-nginx-'));
    const names = Object.keys(proxies) as Name[];
    const free = await freePorts(names.length);
    const servers = names.map((name, index) => ({
      name,
      port: free[index] as number,
      upstream: proxies[name].upstream ?? upstream,
      settings: proxies[name],
    }));
    await writeFile(join(folder, 'nginx.conf'), nginxConfiguration(folder, servers));
    const child = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
      stdio: 'ignore',
    });
    const nginx = new Nginx<Name>(child, folder, new Map(servers.map(({ name, port }) => [name, port])));
    try {
      await Promise.all(free.map((port) => untilItListens(child, folder, port)));
    } catch (error) {
      await nginx.stop();
      throw error;
    }
    return nginx;
  }

  port(name: Name): number {
    return this.ports.get(name) as number;
  }

  /** Ends the process and its workers, and leaves nothing behind. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGTERM');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** @param folder of the process, with its `error.log` */
export async function untilItListens(child: ChildProcess, folder: string, port: number): Promise<void> {
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.pid === undefined) {
      const log = await readFile(join(folder, 'error.log'), 'utf8').catch(() => '');
      throw new Error(`${NGINX} ended before it listened:\n${log}`);
    }
    await delay(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Ports of the loopback interface that nobody listens at. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
