import { join } from 'node:path';
import { portList } from '../../shared/port-list.js';
import { sampleFolder } from '../../shared/sample-folder.js';

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
    const folder = sampleFolder('02-origins-of-many-tenants');
    this.ports = portList('PORTS', environment['PORTS'], '4000,4001,4002,4003');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '4010,4011,4012');
    this.databaseUrl = environment['DATABASE_URL'] || undefined;
    this.dataDirectory = environment['DATA_DIR'] || join(folder, '.data');
    this.webDirectory = join(folder, 'web');
    this.schemaFile = join(folder, 'database/tenants.sql');
    this.fastify = commandLine.includes('--fastify');
  }
}
