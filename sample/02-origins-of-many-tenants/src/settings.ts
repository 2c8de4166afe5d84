import { join } from 'node:path';
import { portList } from '../../shared/port-list.js';
import { sampleFolder, SampleSettings } from '../../shared/sample-settings.js';

export class Settings extends SampleSettings {
  /** One per instance. */
  readonly ports: readonly number[];
  /** Ports of the shop of each of the first tenants, and of the operator's console; each makes an origin of its own. */
  readonly webPorts: readonly number[];
  /** What the database has to hold beside the library's own table. */
  readonly schemaFile: string;

  constructor(environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    const folder = sampleFolder('02-origins-of-many-tenants');
    super(folder, environment, commandLine);
    this.ports = portList('PORTS', environment['PORTS'], '4000,4001,4002,4003');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '4010,4011,4012');
    this.schemaFile = join(folder, 'database/tenants.sql');
  }
}
