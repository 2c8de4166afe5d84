import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the environment and the command line decide. */
export class Settings {
  /** One per instance; 0 lets the operating system choose. */
  readonly ports: readonly number[];
  /** Ports of the shop of each of the first tenants, and of the operator's console; each makes an origin of its own. */
  readonly webPorts: readonly number[];
  /** A PostgreSQL server; without one the database runs in this process. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly webDirectory: string;
  /** What the database has to hold beside the library's own table. */
  readonly schemaFile: string;
  readonly fastify: boolean;

  constructor(environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    const folder = sampleFolder();
    this.ports = portList('PORTS', environment['PORTS'], '4000,4001,4002,4003');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '4010,4011,4012');
    this.databaseUrl = environment['DATABASE_URL'] || undefined;
    this.dataDirectory = environment['DATA_DIR'] || join(folder, '.data');
    this.webDirectory = join(folder, 'web');
    this.schemaFile = join(folder, 'database/tenants.sql');
    this.fastify = commandLine.includes('--fastify');
  }
}

/** A setting, a port or a database that keeps the sample from starting; the message is all that a person needs. */
export class StartupError extends Error {}

/** The folder with `web/`: beside `dist/` in an application of its own, further away when the library's root built it. */
function sampleFolder(): string {
  const beside = join(import.meta.dirname, '..');
  const fromRoot = join(import.meta.dirname, '../../../sample/02-origins-of-many-tenants');
  return existsSync(join(beside, 'web/shop.html')) ? beside : fromRoot;
}

/** As many different ports as the example has. */
function portList(name: string, value: string | undefined, example: string): readonly number[] {
  const ports = (value || example).split(',').map((port) => portNumber(port.trim(), name));
  const count = example.split(',').length;
  const chosen = ports.filter((port) => port !== 0);
  if (ports.length !== count || new Set(chosen).size !== chosen.length) {
    throw new StartupError(`${name} is "${value}": write ${count} different ports, such as ${name}=${example}.`);
  }
  return ports;
}

function portNumber(value: string, name: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new StartupError(`${name} holds "${value}": a port is a number from 0 to 65535.`);
  }
  return Number(value);
}
