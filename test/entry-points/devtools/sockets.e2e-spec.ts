import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Sse } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WebSocketGateway } from '@nestjs/websockets';
import { NEVER, startWith } from 'rxjs';
import { WebSocket } from 'ws';
import { CorsDevtoolsModule } from '../../../lib/entry-points/devtools/index.js';
import { CorsInspector } from '../../../lib/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../../support/application.js';
import { devtoolsCookie } from '../../support/devtools.js';

const APP = 'https://app.example.com';

class BoardGateway {}
WebSocketGateway({ namespace: 'board' })(BoardGateway);

@Controller('prices')
class PricesController {
  @Sse()
  prices() {
    return NEVER.pipe(startWith({ data: '90' }));
  }
}

describe.each(PLATFORMS)('the devtools of an application with sockets on %s', (platform) => {
  let running: RunningApplication;
  let cookie: string;

  beforeAll(async () => {
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot()],
      controllers: [PricesController],
      providers: [BoardGateway],
      configure: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
      cors: { origin: APP, eventStreams: { closeRevoked: true }, logging: 'off' },
    });
    cookie = await devtoolsCookie(running);
  });

  afterAll(() => running.close());

  const get = async (path: string, headers: Record<string, string> = { Cookie: cookie }) => {
    const { status, body } = await running.send(`/__cors${path}`, { headers });
    return { status, json: JSON.parse(body) as unknown };
  };
  const explain = (request: unknown) => get(`/handshake?request=${encodeURIComponent(JSON.stringify(request))}`);

  it('sockets: show where they are opened, and how many are open, by origin', async () => {
    const events = new AbortController();
    const url = `http://127.0.0.1:${running.port}/prices`;
    const stream = await fetch(url, { headers: { Origin: APP }, signal: events.signal });
    await stream.body?.getReader().read();
    const sockets = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<WebSocket>((resolve, reject) => {
            const address = `ws://127.0.0.1:${running.port}/socket.io/?EIO=4&transport=websocket`;
            const socket = new WebSocket(address, { origin: APP });
            socket.once('message', () => resolve(socket));
            socket.once('error', reject);
          }),
      ),
    );
    const open = [
      { kind: 'socket', policy: 'module defaults', origin: APP, connections: 2 },
      { kind: 'event-stream', policy: 'module defaults', origin: APP, connections: 1 },
    ];
    expect((await get('/sockets')).json).toEqual({
      places: [
        expect.objectContaining({
          kind: 'gateway',
          gateway: 'BoardGateway',
          path: '/socket.io',
          namespace: '/board',
          policy: expect.objectContaining({ label: 'module defaults' }),
        }),
      ],
      open,
    });
    expect(running.app.get(CorsInspector, { strict: false }).openConnections()).toMatchObject(open);
    sockets.forEach((socket) => socket.terminate());
    events.abort();
  });

  it('handshake: explain it', async () => {
    const request = { gateway: 'BoardGateway', origin: 'https://stranger.example', credentials: true };
    expect(await explain(request)).toMatchObject({
      status: 200,
      json: { accepted: false, handshake: { reason: 'origin-not-listed', status: 403 } },
    });
    const others = { path: '/socket.io/', namespace: '/board', site: 'none', transport: 'polling', host: 'localhost' };
    expect(await explain(others)).toMatchObject({ status: 200, json: { accepted: true, request: others } });
    const message = { transport: 'polling', sid: 'lv_VI97H-xpY', method: 'POST', headers: { 'X-A': '1' } };
    expect(await explain({ ...request, ...message })).toMatchObject({
      status: 200,
      json: { accepted: false, request: message, preflight: { sent: true, granted: false, status: 403 } },
    });
  });

  it.each([
    [{ gateway: 'OtherGateway' }, 'gateway', 'is no gateway of the application.'],
    [{ gateway: 7 }, 'gateway', 'is no name of a class.'],
    [{ path: 'x' }, 'path', expect.stringContaining('is no path')],
    [{ port: 3001 }, 'port', 'is that of the gateway: name the gateway.'],
    [{ namespace: 'board' }, 'namespace', 'is no namespace: begin with /.'],
    [{ origin: '' }, 'origin', expect.stringContaining('is missing')],
    [{ site: 'other' }, 'site', 'is not one of same-origin, same-site, cross-site, none.'],
    [{ transport: 'fax' }, 'transport', 'is not one of websocket, polling, jsonp.'],
    [{ credentials: 'yes' }, 'credentials', 'is neither true nor false.'],
    [{ host: '/' }, 'host', 'is no host, such as localhost:3000.'],
    [{ verb: 'GET' }, 'verb', expect.stringContaining('is not one of gateway, path, ')],
    [{ method: 'PUT' }, 'method', 'is not one of GET, POST.'],
    [{ sid: 'a b' }, 'sid', 'is no id of a session: it has letters, digits, - and _.'],
    [{ headers: [] }, 'headers', 'is no object of names and values.'],
    [
      { path: '/x', sid: 'a' },
      'sid',
      expect.stringContaining('cannot be explained. What takes /x takes WebSockets only'),
    ],
    [7, 'request', 'holds no JSON object, such as {"path":"/socket.io","origin":"https://app.example.com"}.'],
  ])('handshake %j: say what is wrong with it', async (request, field, message) => {
    expect(await explain(request)).toMatchObject({ status: 400, json: { problems: [{ field, message }] } });
  });

  it.each(['/sockets', '/handshake?request=%7B%7D'])('%s without a session: show nothing', async (path) => {
    expect((await get(path, {})).status).toBe(401);
  });
});
