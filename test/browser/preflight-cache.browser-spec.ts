import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { CACHED } from '../e2e/cached-preflights/cached.js';
import { NOT_CACHED, NOT_CACHED_ON_FASTIFY } from '../e2e/cached-preflights/not-cached.js';
import { APP, type CachedPreflight } from '../e2e/cached-preflights/setups.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';
import { PageOfOrigin, arrivalsAt } from './preflight-cache.page.js';

/** A page asks an application by its address, not by a name of its own. */
const isAtAnyHost = ({ host }: CachedPreflight): boolean => host === undefined;

describe.each(PLATFORMS)('a preflight that Chromium has got from %s', (platform: Platform) => {
  let page: PageOfOrigin;
  let application: RunningApplication;

  beforeAll(async () => (page = await PageOfOrigin.open(APP)));
  afterEach(() => application.close());
  afterAll(() => page?.close());

  it.each([...NOT_CACHED, ...(platform === 'fastify' ? NOT_CACHED_ON_FASTIFY : [])].filter(isAtAnyHost))(
    '$title: is used for no other request',
    async (asked) => {
      const arrivals = await arrivalsOf(asked, ['PUT', 'POST', 'GET', 'HEAD', 'PUT']);
      expect(arrivals.slice(0, 2)).toEqual(['OPTIONS PUT', 'PUT']);
      expect(arrivals.slice(-2)).toEqual(['OPTIONS PUT', 'PUT']);
      const unasked = arrivals.filter((arrival, at) => isActual(arrival) && arrivals[at - 1] !== `OPTIONS ${arrival}`);
      expect(unasked).toEqual([]);
    },
  );

  it.each(CACHED.filter(isAtAnyHost))('$title: is used for the next request of its kind', async (asked) => {
    const method = asked.method ?? 'PUT';
    const arrivals = await arrivalsOf(asked, [method, method, method]);
    expect(arrivals).toEqual([`OPTIONS ${method}`, method, method, method]);
  });

  it('JSON POST: does not reach the handler that its preflight would not reach', async () => {
    expect(await arrivalsOf(NOT_CACHED[0] as CachedPreflight, ['PUT', 'POST'])).toEqual([
      'OPTIONS PUT',
      'PUT',
      'OPTIONS POST',
    ]);
  });

  /** What reaches the application when the page makes these requests, one after the other. */
  async function arrivalsOf({ setup, path = '/things/7' }: CachedPreflight, methods: readonly string[]) {
    // Chromium keeps its connections, and an application waits for them when it closes.
    const closing = { forceCloseConnections: true };
    const configuration = { ...setup(platform), options: closing, adapterOptions: closing };
    application = await startApplication(platform, 'NestFactory', configuration);
    const { headers } = await application.preflight(APP, methods[0] ?? '', path);
    const credentials = headers['access-control-allow-credentials'] === 'true' ? 'include' : 'omit';
    const arrivals = arrivalsAt(application.app.getHttpServer() as Server);
    await page.request({ url: `http://127.0.0.1:${application.port}${path}`, methods, credentials });
    return arrivals;
  }
});

function isActual(arrival: string): boolean {
  return !arrival.startsWith('OPTIONS ');
}
