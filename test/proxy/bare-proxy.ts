import { NginxProcess, singleServer } from './nginx-process.js';
import { freePorts } from '../support/listening.js';

/** An nginx with `proxy_pass` and nothing else: the application sees a client of its own machine, whoever asks. */
export class BareProxy {
  private constructor(
    private readonly nginx: NginxProcess,
    readonly port: number,
  ) {}

  static async start(upstream: number): Promise<BareProxy> {
    const [port = 0] = await freePorts(1);
    const server = `listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${upstream}; }`;
    const nginx = await NginxProcess.start([port], (folder) => singleServer(folder, server, `${folder}/access.log`));
    return new BareProxy(nginx, port);
  }

  /** What the proxy has logged of the requests. */
  accessLog(): Promise<string> {
    return this.nginx.read('access.log');
  }

  stop(): Promise<void> {
    return this.nginx.stop();
  }
}
