import type { PlaceName, ServerName } from './places.js';

/** How a client opens a socket. */
export type Protocol = 'WebSocket' | 'engine.io over WebSocket' | 'polling' | 'upgrade of a session' | 'later poll';

/** Where a handshake goes, with an origin that is allowed there. */
export interface Destination {
  readonly server: ServerName;
  readonly place: PlaceName;
  readonly protocol: Protocol;
  readonly path: string;
  /** What follows the path. `{sid}` becomes the identifier of a session of another client. */
  readonly query: string;
  readonly allowed: string;
}

const LISTED = 'https://app.example.com';
const LOOKED_UP = 'https://looked-up.example.org';
const CUSTOMER = 'https://a.customer.example.com';
const REMEMBERED = 'https://remembered.example.org';

function ofEngine(server: ServerName, place: PlaceName, path: string, allowed: string): readonly Destination[] {
  const to = { server, place, path, allowed };
  return [
    { ...to, protocol: 'engine.io over WebSocket', query: '?EIO=4&transport=websocket' },
    { ...to, protocol: 'polling', query: '?EIO=4&transport=polling' },
    { ...to, protocol: 'upgrade of a session', query: '?EIO=4&transport=websocket&sid={sid}' },
    { ...to, protocol: 'later poll', query: '?EIO=4&transport=polling&sid={sid}' },
  ];
}

function plain(server: ServerName, place: PlaceName, path: string, allowed: string): Destination {
  return { server, place, protocol: 'WebSocket', path, query: '', allowed };
}

/** Cases shrink towards the first. */
export const destinations: readonly Destination[] = [
  plain('ws', 'live', '/live', LISTED),
  plain('ws', 'live', '/live', 'https://second.example.com:8443'),
  plain('ws', 'feed', '/feed', 'https://function.example.com'),
  plain('ws own port', 'ws own port', '/', LOOKED_UP),
  plain('ws own port and path', 'ws own port and path', '/live', CUSTOMER),
  plain('io', 'graphql', '/graphql', 'https://graph.example.com'),
  plain('io', 'own', '/own', 'https://default.example.com'),
  plain('io', 'open', '/open', 'https://evil.test'),
  plain('raw', 'everything', '/graphql', 'https://graph.example.com'),
  plain('raw', 'everything', '/memory', REMEMBERED),
  plain('raw', 'everything', '/assets/live', 'https://anyone.example.com'),
  plain('raw', 'everything', '/open', 'https://evil.test'),
  plain('raw', 'everything', '/', 'https://default.example.com'),
  plain('raw', 'everything', '/nowhere', 'https://default.example.com'),
  ...ofEngine('io', 'io', '/socket.io/', LISTED),
  ...ofEngine('io own port', 'io own port', '/socket.io/', LOOKED_UP),
  ...ofEngine('io', 'names', '/names/', CUSTOMER),
  ...ofEngine('io', 'names', '/names/', REMEMBERED),
  { ...(ofEngine('io', 'io', '/socket.io/', LISTED)[1] as Destination), query: '?EIO=4&transport=polling&j=0' },
  { ...(ofEngine('io', 'io', '/socket.io/', LISTED)[1] as Destination), query: '?EIO=3&transport=polling' },
  { ...(ofEngine('io', 'io', '/socket.io/', LISTED)[1] as Destination), query: '?EIO=3&transport=polling&j=0' },
];
