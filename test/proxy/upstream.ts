import { NginxProcess, singleServer } from './nginx-process.js';
import { freePorts } from '../support/listening.js';

/** An nginx behind an application: it says of each answer which path it has read in the target. */
export class Upstream {
  private constructor(
    private readonly nginx: NginxProcess,
    readonly port: number,
  ) {}

  /** Whatever the path, there is an answer; a location is matched by the target as nginx has decoded and normalized it. */
  static async start(): Promise<Upstream> {
    const [port = 0] = await freePorts(1);
    const server = `listen 127.0.0.1:${port};
    location /private { add_header X-Served /private always; return 200 "private"; }
    location /assets { add_header X-Served /assets always; return 200 "assets"; }
    location / { add_header X-Served / always; return 200 "anything else"; }`;
    return new Upstream(await NginxProcess.start([port], (folder) => singleServer(folder, server, 'off')), port);
  }

  stop(): Promise<void> {
    return this.nginx.stop();
  }
}
