import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the environment and the command line decide. */
export class Settings {
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Ports of the web pages; each makes an origin of its own. */
  readonly webPorts: readonly [number, number];
  /** A PostgreSQL server; without one the database runs in this process. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly webDirectory: string;
  readonly fastify: boolean;

  constructor(environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    const folder = sampleFolder();
    this.port = portNumber(environment['PORT'] || '3000', 'PORT');
    this.webPorts = portPair(environment['WEB_PORTS'] || '3001,3002');
    this.databaseUrl = environment['DATABASE_URL'] || undefined;
    this.dataDirectory = environment['DATA_DIR'] || join(folder, '.data');
    this.webDirectory = join(folder, 'web');
    this.fastify = commandLine.includes('--fastify');
  }
}

/** A setting, a port or a database that keeps the sample from starting; the message is all that a person needs. */
export class StartupError extends Error {}

/** The folder with `web/`: beside `dist/` in an application of its own, further away when the library's root built it. */
function sampleFolder(): string {
  const beside = join(import.meta.dirname, '..');
  const fromRoot = join(import.meta.dirname, '../../../sample/01-origins-from-a-database');
  return existsSync(join(beside, 'web/index.html')) ? beside : fromRoot;
}

function portPair(value: string): readonly [number, number] {
  const [first, second, ...more] = value.split(',').map((port) => portNumber(port.trim(), 'WEB_PORTS'));
  if (first === undefined || second === undefined || more.length > 0) {
    throw new StartupError(`WEB_PORTS is "${value}": write two ports, such as WEB_PORTS=3001,3002.`);
  }
  if (first === second && first !== 0) {
    throw new StartupError(`WEB_PORTS is "${value}": the two pages need different ports to be different origins.`);
  }
  return [first, second];
}

function portNumber(value: string, name: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new StartupError(`${name} holds "${value}": a port is a number from 0 to 65535.`);
  }
  return Number(value);
}
