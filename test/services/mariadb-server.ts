import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/listening.js';

const execute = promisify(execFile);
/** Where Debian's package has it. */
const PROGRAM = '/usr/sbin/mariadbd';
const DATABASE = 'of_the_test';

/** A MariaDB server of a test's own on a free port, for settings that other tests must not see. */
export class MariaDbServer {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<MariaDbServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'nestjs-cors-mariadb-'));
    // MariaDB refuses to run as root.
    const isRoot = process.getuid?.() === 0;
    const user = isRoot ? ['--user=mysql'] : [];
    if (isRoot) {
      await chown(folder, idOf('-u'), idOf('-g'));
    }
    const data = `--datadir=${path.join(folder, 'data')}`;
    const port = await freePort();
    // prettier-ignore
    await execute('mariadb-install-db', ['--no-defaults', ...user, data, '--auth-root-authentication-method=normal', '--skip-test-db']);
    const socket = `--socket=${path.join(folder, 'socket')}`;
    // prettier-ignore
    const child = spawn(PROGRAM, ['--no-defaults', ...user, data, socket, `--port=${port}`, '--bind-address=127.0.0.1'], { stdio: 'ignore' });
    const server = new MariaDbServer(folder, port, child);
    await server.answering();
    await server.query(`create database ${DATABASE}`);
    await server.query(`create user application@'127.0.0.1' identified by 'secret'`);
    await server.query(`grant all on ${DATABASE}.* to application@'127.0.0.1'`);
    return server;
  }

  /** Of a user without the right to write while the server is read only. */
  get url(): string {
    return `mariadb://application:secret@127.0.0.1:${this.port}/${DATABASE}`;
  }

  /** Runs one statement as the administrator. */
  async query(statement: string): Promise<void> {
    const socket = `--socket=${path.join(this.folder, 'socket')}`;
    await execute('mariadb', ['--no-defaults', '--user=root', socket, '-e', statement]);
  }

  /** Stops the server, and removes what it has stored. */
  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answering(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      try {
        return await this.query('select 1');
      } catch {
        await sleep(50);
      }
    }
    await this.remove();
    throw new Error(
      `These tests start a server of their own, and ${PROGRAM} gave no connection (Debian: mariadb-server).`,
    );
  }
}

function idOf(option: '-u' | '-g'): number {
  return Number(execFileSync('id', [option, 'mysql'], { encoding: 'utf8' }));
}
