import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Nginx } from '../proxy/nginx.js';
import { ALLOWED, ALSO_ALLOWED, REFUSED } from '../proxy/origins.js';
import { varyOf } from '../support/application.js';
import { type Received, send } from '../support/http-client.js';
import { ApplicationProcess, STARTING } from './application-process.js';

const CLIENTS = [undefined, REFUSED, ALLOWED, ALSO_ALLOWED, 'null'] as const;

// Its router is an Express application of its own, which Nest calls as a function: nothing restores the prototypes.
describe('@bull-board/nestjs behind a cache of nginx', () => {
  let application: ApplicationProcess;
  let nginx: Nginx<'forwards' | 'backwards'>;
  let paths: readonly string[];

  beforeAll(async () => {
    application = await ApplicationProcess.start('bull-board-application.ts', ALLOWED, ALSO_ALLOWED);
    const settings = { everything: true, ignoreLifetime: true };
    nginx = await Nginx.start(`127.0.0.1:${application.port}`, { forwards: settings, backwards: settings });
    const { body } = await ask(application.port, '/queues', undefined);
    const files = [...body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => `/queues/${file}`);
    paths = ['/queues', '/queues/api/queues', ...files];
  }, STARTING);

  afterAll(async () => {
    await nginx?.stop();
    await application?.stop();
  });

  it('page, API and files: are served', async () => {
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) {
      expect([path, (await ask(application.port, path, ALLOWED)).status]).toEqual([path, 200]);
    }
  });

  it('every response: says that it depends on the origin', async () => {
    for (const path of paths) {
      for (const origin of CLIENTS) {
        const answer = await ask(application.port, path, origin);
        expect([path, origin, varyOf(answer)]).toEqual([path, origin, expect.arrayContaining(['origin'])]);
      }
    }
  });

  it("exposedHeaders 'all': names what a script may read", async () => {
    for (const path of paths) {
      const { headers } = await ask(application.port, path, ALLOWED);
      expect([path, headers['access-control-expose-headers']]).toEqual([path, expect.stringContaining('etag')]);
    }
  });

  it.each(['forwards', 'backwards'] as const)(
    'cached response of one origin: is given to no other: %s',
    async (order) => {
      const clients = order === 'forwards' ? CLIENTS : [...CLIENTS].reverse();
      for (const path of paths) {
        for (const origin of clients) {
          const { headers } = await ask(nginx.port(order), path, origin);
          const granted = origin === ALLOWED || origin === ALSO_ALLOWED ? origin : undefined;
          expect([path, origin, headers['access-control-allow-origin']]).toEqual([path, origin, granted]);
        }
      }
    },
  );

  it('each origin: has a cached response of its own', async () => {
    const again = await ask(nginx.port('forwards'), '/queues', ALSO_ALLOWED);
    const oncemore = await ask(nginx.port('forwards'), '/queues', ALSO_ALLOWED);
    expect([again.status, oncemore.headers['x-cache-status']]).toEqual([200, 'HIT']);
  });
});

function ask(port: number, path: string, origin: string | undefined): Promise<Received> {
  return send(port, path, { headers: origin === undefined ? {} : { Origin: origin } });
}
