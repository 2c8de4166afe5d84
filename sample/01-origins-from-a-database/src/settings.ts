import { join } from 'node:path';
import { portList } from '../../shared/port-list.js';
import { sampleFolder } from '../../shared/sample-folder.js';

/** What the environment and the command line decide. */
export class Settings {
  readonly port: number;
  /** Ports of the two web pages; each makes an origin of its own. */
  readonly webPorts: readonly number[];
  /** A PostgreSQL server; without one the database runs in this process. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly webDirectory: string;
  readonly fastify: boolean;

  constructor(environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    const folder = sampleFolder('01-origins-from-a-database');
    [this.port = 0] = portList('PORT', environment['PORT'], '3000');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '3001,3002');
    this.databaseUrl = environment['DATABASE_URL'] || undefined;
    this.dataDirectory = environment['DATA_DIR'] || join(folder, '.data');
    this.webDirectory = join(folder, 'web');
    this.fastify = commandLine.includes('--fastify');
  }
}
