import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';

const ROOT = 0;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function until(attempt) {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await sleep(20);
    }
  }
}

/** A PostgreSQL server of the simulation's own, so that it may have a thousand sessions and be restarted. */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-simulation-'));
  const data = join(folder, 'data');
  const port = await freePort();
  // PostgreSQL refuses to run as root.
  const asUser = userInfo().uid === ROOT ? ['runuser', '-u', 'postgres', '--'] : [];
  if (asUser.length > 0) {
    chownSync(folder, Number(execFileSync('id', ['-u', 'postgres'])), Number(execFileSync('id', ['-g', 'postgres'])));
  }
  const run = (program, ...args) => {
    const [command, ...rest] = [...asUser, programPath(program), ...args];
    execFileSync(command, rest, { stdio: 'ignore', cwd: '/' });
  };
  run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync');
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c max_connections=1000 -c fsync=off`;
  run('pg_ctl', '-D', data, '-w', '-o', options, '-l', join(folder, 'log'), 'start');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    async sessions() {
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query(
        "select count(*)::int as count from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
      );
      await client.end();
      return rows[0].count;
    },
    restart: () => run('pg_ctl', '-D', data, '-w', '-m', 'fast', '-o', options, '-l', join(folder, 'log'), 'restart'),
    stop() {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian keeps the server's programs beside its version. */
function programPath(program) {
  const versions = '/usr/lib/postgresql';
  try {
    return join(versions, readdirSync(versions).toSorted().at(-1), 'bin', program);
  } catch {
    return program;
  }
}

/** A Redis server of the simulation's own. It keeps its data over a restart. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-simulation-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server;
  const start = async () => {
    server = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'no', '--save', '3600 1'],
      { stdio: 'ignore' },
    );
    const client = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
    client.on('error', () => {});
    await until(async () => {
      if (client.status !== 'ready') {
        await client.connect();
      }
      await client.ping();
    });
    return client;
  };
  let client = await start();
  const end = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    client.disconnect();
    server.kill('SIGTERM');
    await gone;
  };
  return {
    url,
    sessions: async () =>
      String(await client.client('LIST'))
        .trim()
        .split('\n').length - 1,
    async restart() {
      await end();
      client = await start();
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
