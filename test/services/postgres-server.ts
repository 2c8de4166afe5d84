import { execFile, execFileSync } from 'node:child_process';
import { chownSync, readdirSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/listening.js';

const execute = promisify(execFile);
/** Where Debian's packages have the server's programs, a folder per version. */
const VERSIONS = '/usr/lib/postgresql';

/** A PostgreSQL cluster of a test's own on a free port, which the test may stop. */
export class PostgresServer {
  readonly url: string;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  /** A primary that takes prepared transactions and encrypted connections, the latter with a certificate of its own. */
  static async start(): Promise<PostgresServer> {
    const server = await PostgresServer.inNewFolder();
    const { data } = server;
    await runAsPostgres(program('initdb'), '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync');
    const key = path.join(server.folder, 'server.key');
    // prettier-ignore
    await runAsPostgres('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout', key, '-out', server.certificateFile);
    await appendFile(
      path.join(data, 'postgresql.conf'),
      `listen_addresses = '127.0.0.1'
       fsync = off
       max_prepared_transactions = 5
       ssl = on
       ssl_key_file = '${key}'
       ssl_cert_file = '${server.certificateFile}'
      `,
    );
    await server.launch();
    return server;
  }

  /** A streaming standby, which is read only. */
  async startStandby(): Promise<PostgresServer> {
    const standby = await PostgresServer.inNewFolder();
    // prettier-ignore
    await runAsPostgres(program('pg_basebackup'), '-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres',
      '-D', standby.data, '--write-recovery-conf', '--checkpoint', 'fast', '--no-sync');
    await standby.launch();
    return standby;
  }

  /** Refuses connections that are not encrypted from now on. */
  async requireTls(): Promise<void> {
    await writeFile(path.join(this.data, 'pg_hba.conf'), 'hostssl all,replication all 127.0.0.1/32 trust\n');
    await runAsPostgres(program('pg_ctl'), '-D', this.data, 'reload');
  }

  /** What a client needs to trust the server's certificate. */
  certificate(): Promise<string> {
    return readFile(this.certificateFile, 'utf8');
  }

  /** Makes a primary of a standby. */
  async promote(): Promise<void> {
    await runAsPostgres(program('pg_ctl'), '-D', this.data, '-w', 'promote');
  }

  /** Stops the server, and removes what it has stored. */
  async remove(): Promise<void> {
    await runAsPostgres(program('pg_ctl'), '-D', this.data, '-m', 'immediate', '-w', 'stop').catch(() => {});
    await rm(this.folder, { recursive: true, force: true });
  }

  private static async inNewFolder(): Promise<PostgresServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'nestjs-cors-postgres-'));
    if (isRoot()) {
      chownSync(folder, numberOf('-u'), numberOf('-g'));
    }
    return new PostgresServer(folder, await freePort());
  }

  private get certificateFile(): string {
    return path.join(this.folder, 'server.crt');
  }

  private get data(): string {
    return path.join(this.folder, 'data');
  }

  private async launch(): Promise<void> {
    const options = `-p ${this.port} -k ${this.folder}`;
    const log = path.join(this.folder, 'log');
    // What the server inherits would keep the pipe of its output open.
    // prettier-ignore
    await runAsPostgres('sh', '-c', '"$0" "$@" > /dev/null 2>&1', program('pg_ctl'), '-D', this.data, '-w', '-o', options, '-l', log, 'start');
  }
}

/** PostgreSQL refuses to run as root. */
async function runAsPostgres(command: string, ...options: string[]): Promise<void> {
  const [first = command, ...rest] = isRoot()
    ? ['runuser', '-u', 'postgres', '--', command, ...options]
    : [command, ...options];
  await execute(first, rest, { cwd: '/' });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function numberOf(option: '-u' | '-g'): number {
  return Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
}

/** Beside the version, or where the PATH finds it. */
function program(name: string): string {
  try {
    const newest = readdirSync(VERSIONS)
      .toSorted((a, b) => Number(a) - Number(b))
      .at(-1);
    return newest === undefined ? name : path.join(VERSIONS, newest, 'bin', name);
  } catch {
    return name;
  }
}
