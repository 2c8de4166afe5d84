import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { PLATFORMS } from '../support/application.js';
import { type Received, send } from '../support/http-client.js';
import { type CachedApplication, startCachedApplication } from './cached.application.js';
import { Nginx } from './nginx.js';
import { ALLOWED, ALSO_ALLOWED } from './origins.js';

const PARTNER = 'https://partner.example';
const URL = '/goods/lookup';

/** Each test has a URL of its own, and what the cache keeps of it gets old once. */
describe.each(PLATFORMS)('a lookup that changes its mind, on %s behind a cache that revalidates', (platform) => {
  let application: CachedApplication;
  let nginx: Nginx<'revalidating'>;
  let urls = 0;

  beforeAll(async () => {
    application = await startCachedApplication(platform);
    application.lifetime.seconds = 2;
    nginx = await Nginx.start(application.address, { revalidating: { revalidate: true } });
  });
  afterAll(async () => {
    await nginx?.stop();
    await application?.close();
  });

  const fresh = () => `${URL}?url=${++urls}`;
  const ask = (origin: string, url: string, headers = {}) =>
    send(nginx.port('revalidating'), url, { headers: { Origin: origin, ...headers } });
  const told = ({ headers }: Received) => [headers['x-cache-status'], headers['access-control-allow-origin']];

  /** Asks as `origin` until the answer is none that the cache had at hand. */
  async function askWhenOld(origin: string, url: string): Promise<Received> {
    for (;;) {
      await delay(100);
      const received = await ask(origin, url);
      if (received.headers['x-cache-status'] !== 'HIT') {
        return received;
      }
    }
  }

  it("origin that is still allowed: the grant stays on the application's 304", async () => {
    const url = fresh();
    expect(told(await ask(ALLOWED, url))).toEqual(['MISS', ALLOWED]);
    expect(told(await askWhenOld(ALLOWED, url))).toEqual(['REVALIDATED', ALLOWED]);
    expect(told(await ask(ALSO_ALLOWED, url))).toEqual(['MISS', ALSO_ALLOWED]);
  });

  it('revoked origin: may read its own cached response until that is stale, and no other origin may', async () => {
    const url = fresh();
    application.origins.allowed.add(PARTNER);
    expect(told(await ask(PARTNER, url))).toEqual(['MISS', PARTNER]);
    application.origins.allowed.delete(PARTNER);
    expect(told(await ask(PARTNER, url))).toEqual(['HIT', PARTNER]);
    expect(told(await ask('https://other.example', url))).toEqual(['MISS', undefined]);
    expect(told(await askWhenOld(PARTNER, url))).toEqual(['EXPIRED', undefined]);
    expect(told(await ask(PARTNER, url))).toEqual(['HIT', undefined]);
  });

  it('origin that was allowed after its refusal was cached: may read as soon as that is stale', async () => {
    const url = fresh();
    application.origins.allowed.delete(PARTNER);
    expect(told(await ask(PARTNER, url))).toEqual(['MISS', undefined]);
    application.origins.allowed.add(PARTNER);
    expect(told(await askWhenOld(PARTNER, url))[1]).toBe(PARTNER);
  });

  it('revoked origin that has a granted copy: gets no 304, which would let it read on', async () => {
    const url = fresh();
    application.origins.allowed.add(PARTNER);
    const { etag } = (await ask(PARTNER, url)).headers;
    expect(etag).toBeDefined();
    application.origins.allowed.delete(PARTNER);
    expect((await askWhenOld(PARTNER, url)).headers['access-control-allow-origin']).toBeUndefined();
    const asked = await ask(PARTNER, url, { 'If-None-Match': etag });
    expect([asked.status, ...told(asked)]).toEqual([200, 'HIT', undefined]);
  });
});
