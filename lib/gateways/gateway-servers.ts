import type { GatewayPolicy } from '../routing/policy-registry.js';
import { SOCKET_IO_PATH } from './socket-servers.js';

/** What takes the handshakes of a gateway; `unknown` for a server that nothing stands in front of. */
export type ServerKind = 'socket.io' | 'ws' | 'unknown';

/** The server of a gateway. */
export interface GatewayServer {
  readonly kind: ServerKind;
  /** Where it takes handshakes. */
  readonly path: string;
  /** Its class. */
  readonly name: string;
}

/** The servers that the adapter has made for gateways. */
export class GatewayServers {
  private readonly byGateway = new Map<GatewayPolicy, GatewayServer>();

  /** @param created the server, or the namespace of socket.io, that the adapter has returned */
  add(gateways: readonly GatewayPolicy[], kind: ServerKind, created: unknown): void {
    for (const gateway of gateways) {
      const path = gateway.options.path ?? (kind === 'socket.io' ? SOCKET_IO_PATH : '/');
      this.byGateway.set(gateway, { kind, path: `/${path.replace(/^\/+|\/+$/g, '')}`, name: nameOf(created) });
    }
  }

  /** The server of a gateway; of an unknown kind where Nest has made none. */
  of(gateway: GatewayPolicy): GatewayServer {
    return this.byGateway.get(gateway) ?? { kind: 'unknown', path: gateway.options.path ?? '/', name: 'none' };
  }
}

function nameOf(created: unknown): string {
  return (created ?? {}).constructor.name;
}
