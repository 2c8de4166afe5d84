import type { GatewayPolicy } from '../routing/policy-registry.js';

/** The server that takes the handshakes of a gateway; `unknown` for a server without a guard. */
export type ServerKind = 'socket.io' | 'ws' | 'unknown';

/** The server of a gateway. */
export interface GatewayServer {
  readonly kind: ServerKind;
  /** The path of its handshakes. */
  readonly path: string;
  /** The class of the server, or of the namespace of socket.io. */
  readonly name: string;
}

/** The servers that the adapter has made for gateways. */
export class GatewayServers {
  private readonly byGateway = new Map<GatewayPolicy, GatewayServer>();

  add(gateways: readonly GatewayPolicy[], { kind, path, name }: GatewayServer): void {
    const server = { kind, path: `/${path.replace(/^\/+|\/+$/g, '')}`, name };
    gateways.forEach((gateway) => this.byGateway.set(gateway, server));
  }

  /** The server of a gateway. Its kind is unknown where Nest has made none. */
  of(gateway: GatewayPolicy): GatewayServer {
    return this.byGateway.get(gateway) ?? { kind: 'unknown', path: gateway.options.path ?? '/', name: 'none' };
  }
}
