import { afterEach, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:http';
import express from 'express';
import { type ExpressDispatch, watchDispatches } from '../../../lib/routing/express/watched-application.js';
import type { RegisteredRoute } from '../../../lib/routing/route.js';
import { send } from '../../support/http-client.js';
import { listen } from '../../support/listening.js';

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** An application of Express whose routes are watched as if they were Nest's. */
async function start(
  application: express.Express,
): Promise<{ port: number; dispatches: WeakMap<object, ExpressDispatch> }> {
  const { stack } = application.router as unknown as { stack: { route?: { path: string } }[] };
  const routes = stack.flatMap((layer) => (layer.route === undefined ? [] : [layer, layer.route]));
  const dispatches = watchDispatches(
    new Map(routes.map((each) => [each, { path: (each as { path?: string }).path } as RegisteredRoute])),
  );
  server = createServer(application as never);
  return { port: await listen(server), dispatches };
}

describe('the route that a request of Express is with', () => {
  it('is none before the first one, and after the last one has passed the request on', async () => {
    const seen: unknown[] = [];
    const application = express();
    let dispatches: WeakMap<object, ExpressDispatch> | undefined;
    const look = (request: object) => void seen.push(dispatches?.get(request)?.route.path);
    application.use((request, _response, next) => {
      look(request);
      next();
    });
    application.get('/a/:id', (request, _response, next) => {
      seen.push(dispatches?.get(request)?.params);
      next();
    });
    application.get('/a/b', (request, _response, next) => {
      look(request);
      next('route');
    });
    application.use((request, response) => {
      look(request);
      response.end();
    });
    const started = await start(application);
    ({ dispatches } = started);
    await send(started.port, '/a/b');
    expect(seen).toEqual([undefined, { id: 'b' }, '/a/b', undefined]);
  });

  it('is the outer one again when the route that a handler leads to passes the request back', async () => {
    const seen: unknown[] = [];
    const application = express();
    let dispatches: WeakMap<object, ExpressDispatch> | undefined;
    application.get('/outer', (request, response) => {
      request.url = '/inner';
      (application as unknown as (...args: unknown[]) => void)(request, response, () => {
        seen.push(dispatches?.get(request)?.route.path);
        response.end();
      });
    });
    application.get('/inner', (request, _response, next) => {
      seen.push(dispatches?.get(request)?.route.path);
      next();
    });
    const started = await start(application);
    ({ dispatches } = started);
    await send(started.port, '/outer');
    expect(seen).toEqual(['/inner', '/outer']);
  });
});
