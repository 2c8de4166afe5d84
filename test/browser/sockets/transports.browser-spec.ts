import { expect, it } from '@jest/globals';
import type { DrivenPage } from '../firefox/driven-browser.js';
import { NO_SECRET, SECRET, startSocketsApplication } from './application.js';
import {
  byEventSource,
  bySandboxedWebSocket,
  bySocketIo,
  byWebSocket,
  type Outcome,
  type SocketIoWay,
} from './page-scripts.js';
import { describeApplication, describeBrowsers } from './setting.js';

type Transport = 'polling' | 'websocket';
const WAYS: readonly (readonly Transport[])[] = [['websocket'], ['polling'], ['polling', 'websocket']];

const viaSocketIo = (page: DrivenPage, way: SocketIoWay): Promise<Outcome> => page.evaluate(bySocketIo, way);

describeBrowsers((surroundings) => {
  for (const credentials of [true, false]) {
    const secret = credentials ? SECRET : NO_SECRET;

    describeApplication(
      `a gateway of socket.io with \`credentials: ${credentials}\``,
      surroundings,
      (platform, { allowed }) => startSocketsApplication(platform, 'IoAdapter', { origin: [allowed], credentials }),
      (setting) => {
        it.each(WAYS.map((transports) => ({ name: transports.join(' and then '), transports })))(
          '$name: works for an allowed page alone, with its cookie where the policy says so',
          async ({ transports }) => {
            const { application, allowed, stranger, origins } = setting();
            const way: SocketIoWay = { url: application.origin, transports, withCredentials: credentials };
            expect(await viaSocketIo(stranger, way)).toBe('refused');
            expect(application.takeConnections()).toEqual([]);
            expect(await viaSocketIo(allowed, way)).toEqual({ read: secret, transport: transports.at(-1) });
            expect(application.takeConnections()).toEqual([origins.allowed]);
          },
        );

        it.each(WAYS.map((transports) => ({ name: transports.join(' and then '), transports })))(
          "$name: works for the application's own page, with its cookie",
          async ({ transports }) => {
            const { application, own } = setting();
            const way: SocketIoWay = { url: application.origin, transports, withCredentials: false };
            expect(await viaSocketIo(own, way)).toEqual({ read: SECRET, transport: transports.at(-1) });
            // Browsers send no `Origin` with a GET to the page's own origin, and send it with each WebSocket.
            const first = transports[0] === 'polling' ? undefined : application.origin;
            expect(application.takeConnections()).toEqual([first]);
          },
        );
      },
    );

    describeApplication(
      `a gateway of ws, and an event stream, with \`credentials: ${credentials}\``,
      surroundings,
      (platform, { allowed }) => startSocketsApplication(platform, 'WsAdapter', { origin: [allowed], credentials }),
      (setting) => {
        it('WebSocket: works for an allowed page alone, with its cookie where the policy says so', async () => {
          const { application, allowed, stranger, origins } = setting();
          expect(await stranger.evaluate(byWebSocket, application.origin)).toBe('refused');
          expect(application.takeConnections()).toEqual([]);
          expect(await allowed.evaluate(byWebSocket, application.origin)).toEqual({ read: secret });
          expect(application.takeConnections()).toEqual([origins.allowed]);
        });

        it('WebSocket: works for the own page, and is refused to a sandboxed frame of an allowed page', async () => {
          const { application, allowed, own } = setting();
          expect(await own.evaluate(byWebSocket, application.origin)).toEqual({ read: SECRET });
          expect(application.takeConnections()).toEqual([application.origin]);
          expect(await allowed.evaluate(bySandboxedWebSocket, application.origin)).toBe('refused');
          expect(application.takeConnections()).toEqual([]);
        });

        it('EventSource: works for an allowed page alone, with its cookie where the policy says so', async () => {
          const { application, allowed, stranger } = setting();
          const way = { url: application.origin, withCredentials: credentials };
          expect(await stranger.evaluate(byEventSource, way)).toBe('refused');
          expect(await allowed.evaluate(byEventSource, way)).toEqual({ read: secret });
        });
      },
    );
  }

  describeApplication(
    'a gateway of socket.io without the library',
    surroundings,
    (platform) => startSocketsApplication(platform, 'IoAdapter', false),
    (setting) => {
      it('page of another origin: reads the secret of the visitor by a WebSocket', async () => {
        const { application, stranger } = setting();
        const way: SocketIoWay = { url: application.origin, transports: ['websocket'], withCredentials: true };
        expect(await viaSocketIo(stranger, way)).toEqual({ read: SECRET, transport: 'websocket' });
      });
    },
  );

  describeApplication(
    'a gateway of ws without the library',
    surroundings,
    (platform) => startSocketsApplication(platform, 'WsAdapter', false),
    (setting) => {
      it('page of another origin: reads the secret of the visitor', async () => {
        const { application, stranger } = setting();
        expect(await stranger.evaluate(byWebSocket, application.origin)).toEqual({ read: SECRET });
      });

      it('sandboxed frame: is accepted', async () => {
        const { application, stranger } = setting();
        application.takeConnections();
        expect(await stranger.evaluate(bySandboxedWebSocket, application.origin)).not.toBe('refused');
        expect(application.takeConnections()).toEqual(['null']);
      });
    },
  );
});
