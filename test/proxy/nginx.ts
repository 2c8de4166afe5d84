import { freePorts } from '../support/listening.js';
import { type CacheSettings, nginxConfiguration } from './nginx-configuration.js';
import { NginxProcess } from './nginx-process.js';

/** Several caching proxies in one process of nginx, each with a cache and a port of its own. */
export class Nginx<Name extends string> {
  private constructor(
    private readonly nginx: NginxProcess,
    private readonly ports: ReadonlyMap<string, number>,
  ) {}

  /** @param proxies by name; one may have an application of its own, the others have that at `upstream` */
  static async start<Name extends string>(
    upstream: string,
    proxies: Readonly<Record<Name, CacheSettings & { readonly upstream?: string }>>,
  ): Promise<Nginx<Name>> {
    const names = Object.keys(proxies) as Name[];
    const free = await freePorts(names.length);
    const servers = names.map((name, index) => ({
      name,
      port: free[index] as number,
      upstream: proxies[name].upstream ?? upstream,
      settings: proxies[name],
    }));
    const nginx = await NginxProcess.start(free, (folder) => nginxConfiguration(folder, servers));
    return new Nginx<Name>(nginx, new Map(servers.map(({ name, port }) => [name, port])));
  }

  port(name: Name): number {
    return this.ports.get(name) as number;
  }

  stop(): Promise<void> {
    return this.nginx.stop();
  }
}
