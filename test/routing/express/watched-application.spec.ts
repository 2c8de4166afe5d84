import { afterEach, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:http';
import express from 'express';
import {
  type ExpressDispatch,
  MountedApplication,
  watchDispatches,
} from '../../../lib/routing/express/watched-application.js';
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

describe('Express dispatches › current route of a request', () => {
  it('before the first route, and after the last one has called next(): is undefined', async () => {
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

  it('inner route that has called next(): is the outer route again', async () => {
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

describe('mounted application of Express', () => {
  const enter = () => () => {};
  const passesOn = (match: () => unknown) => {
    let mounted: MountedApplication | undefined;
    let passed: boolean | undefined;
    const instance = {
      router: { stack: [] },
      handle(_request: unknown, response: object) {
        passed = mounted?.passesOn(response, '/%E0%A4%A');
      },
    };
    mounted = MountedApplication.watch(instance, [{ match }], enter);
    (instance.handle as (...args: unknown[]) => void)({}, {}, () => {});
    return passed;
  };

  it('anything else than an application of Express: is not changed', () => {
    for (const instance of [undefined, {}, { handle: () => 'unchanged' }]) {
      expect(MountedApplication.watch(instance, [], enter)).toBeUndefined();
    }
  });

  it('path that no not-found handler matches: is passed on', () => {
    expect(passesOn(() => false)).toBe(true);
  });

  it('path that Express cannot decode: is answered', () => {
    expect(
      passesOn(() => {
        throw new URIError('malformed');
      }),
    ).toBe(false);
  });
});
