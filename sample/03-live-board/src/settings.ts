import { portList } from '../../shared/port-list.js';
import { sampleFolder, SampleSettings } from '../../shared/sample-settings.js';
import { StartupError } from '../../shared/startup-error.js';

export class Settings extends SampleSettings {
  /** One per instance. */
  readonly ports: readonly number[];
  /** Ports of the board of each tenant, and of the operator's console; each makes an origin of its own. */
  readonly webPorts: readonly number[];

  constructor(environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    super(sampleFolder('03-live-board'), environment, commandLine);
    this.ports = portList('PORTS', environment['PORTS'], '4100,4101');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '4110,4111,4112');
    if (this.fastify) {
      throw new StartupError('This sample runs on Express: Apollo needs a package of its own for Fastify.');
    }
  }
}
