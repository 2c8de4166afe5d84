import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NGINX, freePorts, untilItListens } from './nginx.js';

/** An nginx behind an application: it says of each answer which path it has read in the target. */
export class Upstream {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<Upstream> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-upstream-'));
    const [port = 0] = await freePorts(1);
    await writeFile(join(folder, 'nginx.conf'), configuration(folder, port));
    const child = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
      stdio: 'ignore',
    });
    const upstream = new Upstream(child, folder, port);
    await untilItListens(child, folder, port).catch(async (error: unknown) => {
      await upstream.stop();
      throw error;
    });
    return upstream;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGTERM');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Whatever the path, there is an answer; `$uri` is the target as nginx has decoded, normalized and matched it. */
function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location /private { add_header X-Served /private always; return 200 "private"; }
    location /assets { add_header X-Served /assets always; return 200 "assets"; }
    location / { add_header X-Served / always; return 200 "anything else"; }
  }
}
`;
}
