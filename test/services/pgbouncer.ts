import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where Debian's package has it; it is not in the PATH of everyone. */
const PROGRAMS = ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'];

export interface PgBouncerSettings {
  readonly poolMode: 'transaction' | 'session' | 'statement';
  /** Connections to the server. */
  readonly poolSize?: number;
}

/** A PgBouncer of its own on a free port, in front of one database. */
export class PgBouncer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string, { poolMode, poolSize = 5 }: PgBouncerSettings): Promise<PgBouncer> {
    const program = PROGRAMS.find((file) => existsSync(file));
    if (program === undefined) {
      throw new Error('These tests need PgBouncer: install it (Debian: pgbouncer).');
    }
    const target = new URL(databaseUrl);
    const name = target.pathname.slice(1);
    const folder = await mkdtemp(path.join(tmpdir(), 'nestjs-cors-pgbouncer-'));
    const port = await freePort();
    const configuration = path.join(folder, 'pgbouncer.ini');
    const users = path.join(folder, 'users.txt');
    await writeFile(users, `"${target.username}" "${target.password}"\n`);
    await writeFile(
      configuration,
      `[databases]
${name} = user=${target.username} host=${target.hostname} port=${target.port || 5432} dbname=${name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
auth_file = ${users}
pool_mode = ${poolMode}
default_pool_size = ${poolSize}
ignore_startup_parameters = extra_float_digits,options
`,
    );
    await Promise.all([chmod(folder, 0o755), chmod(users, 0o644), chmod(configuration, 0o644)]);
    // PgBouncer refuses to run as root.
    const isRoot = process.getuid?.() === 0;
    const child = isRoot
      ? spawn(program, [configuration], { stdio: 'ignore', uid: 65_534, gid: 65_534 })
      : spawn(program, [configuration], { stdio: 'ignore' });
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${port}`;
    const bouncer = new PgBouncer(child, folder, url.href);
    await bouncer.answering(port);
    return bouncer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      // "Immediate shutdown"; SIGINT would wait for who is connected.
      this.child.kill('SIGTERM');
      await exited;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answering(port: number): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (this.child.exitCode !== null) {
        throw new Error(`PgBouncer ended with ${this.child.exitCode}`);
      }
      const answers = await new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        }).once('error', () => resolve(false));
      });
      if (answers) {
        return;
      }
      await sleep(50);
    }
    throw new Error('PgBouncer does not listen');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
