import { portList } from '../../shared/port-list.js';
import { sampleFolder, SampleSettings } from '../../shared/sample-settings.js';

export class Settings extends SampleSettings {
  readonly port: number;
  /** Ports of the two web pages; each makes an origin of its own. */
  readonly webPorts: readonly number[];

  constructor(environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    super(sampleFolder('01-origins-from-a-database'), environment, commandLine);
    [this.port = 0] = portList('PORT', environment['PORT'], '3000');
    this.webPorts = portList('WEB_PORTS', environment['WEB_PORTS'], '3001,3002');
  }
}
