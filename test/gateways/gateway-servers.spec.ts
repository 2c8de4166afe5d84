import { describe, expect, it } from '@jest/globals';
import { GatewayServers } from '../../lib/gateways/gateway-servers.js';
import type { GatewayPolicy } from '../../lib/routing/policy-registry.js';

const gateway = (path?: string) => ({ options: path === undefined ? {} : { path } }) as GatewayPolicy;

describe('the servers of gateways', () => {
  it.each([
    ['socket.io', '/socket.io', '/socket.io'],
    ['socket.io', '/board/', '/board'],
    ['ws', '/', '/'],
    ['ws', 'chat', '/chat'],
    ['unknown', '/', '/'],
  ] as const)('server of %s with the path %s: takes handshakes at %s', (kind, path, expected) => {
    const servers = new GatewayServers();
    const one = gateway();
    servers.add([one], { kind, path, name: 'WeakMap' });
    expect(servers.of(one)).toEqual({ kind, path: expected, name: 'WeakMap' });
  });

  it('adapter that returns nothing, or no server: are unknown', () => {
    const servers = new GatewayServers();
    const [made, other, pathless] = [gateway(), gateway('/other'), gateway()];
    servers.add([made], { kind: 'unknown', path: '/', name: 'Object' });
    expect(servers.of(made)).toEqual({ kind: 'unknown', path: '/', name: 'Object' });
    expect(servers.of(other)).toEqual({ kind: 'unknown', path: '/other', name: 'none' });
    expect(servers.of(pathless)).toEqual({ kind: 'unknown', path: '/', name: 'none' });
  });
});
