import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const NGINX = '/usr/sbin/nginx';

/** An nginx of a test's own, in a folder that goes with it. */
export class NginxProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** @param configuration what nginx.conf is to say, for a process in that folder; nginx has to listen at all `ports` */
  static async start(ports: readonly number[], configuration: (folder: string) => string): Promise<NginxProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-nginx-'));
    await writeFile(join(folder, 'nginx.conf'), configuration(folder));
    const child = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
      stdio: 'ignore',
    });
    const nginx = new NginxProcess(child, folder);
    try {
      await Promise.all(ports.map((port) => nginx.untilItListens(port)));
    } catch (error) {
      await nginx.stop();
      throw error;
    }
    return nginx;
  }

  /** A file that nginx has written; rejects where there is none. */
  read(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8');
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

  private async untilItListens(port: number): Promise<void> {
    while (!(await accepts(port))) {
      if (this.child.exitCode !== null || this.child.pid === undefined) {
        const log = await this.read('error.log').catch(() => '');
        throw new Error(`${NGINX} ended before it listened:\n${log}`);
      }
      await delay(20);
    }
  }
}

/** An nginx.conf with one server, for a process in that folder. */
export function singleServer(folder: string, server: string, accessLog: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 64; }
http {
  access_log ${accessLog};
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  server {
    ${server}
  }
}
`;
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
