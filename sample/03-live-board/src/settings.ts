import { join } from 'node:path';
import { portList } from '../../shared/port-list.js';
import { sampleFolder } from '../../shared/sample-folder.js';

/** What the environment decides. */
export class Settings {
  /** One per instance. */
  readonly ports: readonly number[];
  /** Ports of the board of each tenant, and of the operator's console; each makes an origin of its own. */
  readonly webPorts: readonly number[];
  /** A PostgreSQL server; without one the database runs in this process. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly webDirectory: string;

  constructor(environment: NodeJS.ProcessEnv) {
    const folder = sampleFolder('03-live-board');
    this.ports = portList('PORTS', environment['PORTS'], '4100,4101');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '4110,4111,4112');
    this.databaseUrl = environment['DATABASE_URL'] || undefined;
    this.dataDirectory = environment['DATA_DIR'] || join(folder, '.data');
    this.webDirectory = join(folder, 'web');
  }
}
