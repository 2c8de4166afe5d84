import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Pool, type PoolConfig } from 'pg';
import { cancelInServer } from '../../../lib/entry-points/postgres/cancel-request.js';
import type { PgPoolConnection } from '../../../lib/entry-points/postgres/postgres-clients.js';
import { selfSignedCertificate } from '../../support/self-signed-certificate.js';

/** Length, code of a CancelRequest, process, key. */
const REQUEST = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 7, 0, 0, 0, 9]);
const CONNECTION = { processID: 7, secretKey: 9 } as unknown as PgPoolConnection;

describe('a request to cancel', () => {
  const server = createServer();
  const stop = new AbortController();

  afterEach(() => {
    server.removeAllListeners('connection');
    server.close();
  });

  async function poolOn(config: PoolConfig, onConnection: (socket: Socket) => void): Promise<Pool> {
    server.on('connection', (socket: Socket) => onConnection(socket.on('error', () => {})));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Pool({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...config });
  }

  it('message: is that of the protocol, and counts as taken when the server closes the connection', async () => {
    const heard: Buffer[] = [];
    const pool = await poolOn({}, (socket) => {
      socket.once('data', (data) => {
        heard.push(data);
        socket.end();
      });
    });
    expect(await cancelInServer(pool, CONNECTION, stop.signal)).toBe('taken');
    expect(heard).toEqual([REQUEST]);
  });

  it('pool with encryption: is encrypted, too', async () => {
    const { key, cert } = selfSignedCertificate();
    const heard: Buffer[] = [];
    const pool = await poolOn({ ssl: { rejectUnauthorized: false } }, (socket) => {
      socket.once('data', (data) => {
        heard.push(data);
        const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key, cert }) });
        secure.once('data', (request: Buffer) => {
          heard.push(request);
          secure.end();
        });
        socket.write('S');
      });
    });
    expect(await cancelInServer(pool, CONNECTION, stop.signal)).toBe('taken');
    expect(heard).toEqual([Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), REQUEST]);
  });

  it('server without TLS: is not sent unencrypted', async () => {
    const heard: Buffer[] = [];
    const pool = await poolOn({ ssl: true }, (socket) => {
      socket.on('data', (data) => {
        heard.push(data);
        socket.write('N');
      });
    });
    expect(await cancelInServer(pool, CONNECTION, stop.signal)).toBe('unreachable');
    expect(heard.map(({ length }) => length)).toEqual([8]);
  });

  it('connection that is reset, or no response within a second: the server is unreachable', async () => {
    const pool = await poolOn({}, (socket) => socket.resetAndDestroy());
    expect(await cancelInServer(pool, CONNECTION, stop.signal)).toBe('unreachable');
    server.removeAllListeners('connection').on('connection', (socket: Socket) => socket.pause());
    expect(await cancelInServer(pool, CONNECTION, stop.signal)).toBe('unreachable');
  });

  it.each([
    ['a driver that knows no process', {}, new Pool()],
    ['a pool without a class of clients', CONNECTION, { options: {}, connect: () => Promise.reject(new Error()) }],
    ['a class of clients that cannot cancel', CONNECTION, Object.assign(new Pool(), { Client: class {} })],
  ])('%s: is not made', async (_name, connection, pool) => {
    expect(await cancelInServer(pool as never, connection as never, stop.signal)).toBe('unsupported');
  });
});
