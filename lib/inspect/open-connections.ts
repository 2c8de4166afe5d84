import type { OpenConnectionCount } from '../gateways/open-connections.js';

/** The number of open connections of pages of one origin. */
export interface CorsOpenConnections {
  readonly kind: 'socket' | 'event-stream';
  /** Label of the policy that allowed them. */
  readonly policy: string;
  readonly origin: string;
  readonly tenant: string | undefined;
  readonly connections: number;
}

/** Open connections as JSON can hold them, the most first. */
export function describeConnections(
  sockets: readonly OpenConnectionCount[],
  eventStreams: readonly OpenConnectionCount[],
): CorsOpenConnections[] {
  const all = [
    ...sockets.map((count) => describe('socket', count)),
    ...eventStreams.map((count) => describe('event-stream', count)),
  ];
  return all.toSorted((a, b) => b.connections - a.connections);
}

function describe(
  kind: CorsOpenConnections['kind'],
  { policy: { label: policy }, origin, tenant, connections }: OpenConnectionCount,
): CorsOpenConnections {
  return { kind, policy, origin, tenant, connections };
}
