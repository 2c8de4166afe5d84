import { isLoopbackHost } from '../../../origin/serialized-origin.js';
import type { ServerAddress } from '../../testing/http-exchange.js';
import { addressOfUrl, Network } from '../../testing/network.js';

/** Every server that has a name. Certificates have to be trusted, except those of servers on this machine. */
export class Internet extends Network {
  override addressOf(url: URL): Promise<ServerAddress> {
    return Promise.resolve({ ...addressOfUrl(url), trusted: !isLoopbackHost(url.hostname) });
  }
}
