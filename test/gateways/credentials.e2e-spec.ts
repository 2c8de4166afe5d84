import type { IncomingMessage, Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { closedAfterEach } from '../support/closed-after-each.js';
import { PLATFORMS, startApplication } from '../support/application.js';
import { ALLOWED } from './gateway-application.js';
import { viaWs } from './socket-clients.js';

const NAMES = /^(?:cookie|authorization)$/i;

/** Where the application finds cookies and HTTP authentication in a request. */
function credentialsIn({ headers, headersDistinct, rawHeaders }: IncomingMessage): string[] {
  const names = [...Object.keys(headers), ...Object.keys(headersDistinct), ...rawHeaders];
  return names.filter((name) => NAMES.test(name));
}

describe.each(PLATFORMS)('credentials of a handshake under a policy without credentials, on %s', (platform) => {
  const start = closedAfterEach(startApplication);

  it('every form in which Node.js gives headers: has no credentials, and all other headers', async () => {
    const seen: IncomingMessage[] = [];
    const { port } = await start(platform, 'NestFactory', {
      cors: { origin: [ALLOWED] },
      configure: (app) => {
        new WebSocketServer({ server: app.getHttpServer() as Server }).on('connection', (socket, request) => {
          seen.push(request);
          socket.on('message', (data: Buffer) => socket.send(data.toString()));
        });
      },
    });
    const headers = { Cookie: 'session=1', Authorization: 'Basic eA==', 'X-Other': 'a' };
    expect(await viaWs(port, { ...headers, Origin: ALLOWED })).toEqual({ echo: 'hello' });
    expect(await viaWs(port, headers)).toEqual({ echo: 'hello' });
    const [stripped, untouched] = seen as [IncomingMessage, IncomingMessage];
    expect(credentialsIn(stripped)).toEqual([]);
    expect(stripped.headersDistinct['x-other']).toEqual(['a']);
    expect(credentialsIn(untouched)).toHaveLength(6);
  });
});
