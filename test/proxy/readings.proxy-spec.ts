import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type RawAnswer, sendRaw } from '../routing/raw-request.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';
import { APP, EVIL, administered, administeredByController, proxying } from './readings.application.js';
import { SPELLINGS_OF_ADMIN, SPELLINGS_OF_PRIVATE } from './spellings.js';
import { Upstream } from './upstream.js';

/** What a page can send without a preflight, and a form of a page as well. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };

/** Grants that an answer carries. The oracle is what the one who answered says of itself in `X-Served`. */
function grantsOf({ headers }: RawAnswer): string[] {
  return Object.keys(headers).filter((name) => name.startsWith('access-control-'));
}

describe.each(PLATFORMS)('a reverse proxy in an application on %s, before nginx,', (platform: Platform) => {
  let upstream: Upstream;
  let application: RunningApplication;
  let rejecting: RunningApplication;

  beforeAll(async () => {
    upstream = await Upstream.start();
    application = await startApplication(platform, 'NestFactory', proxying(upstream.port, false));
    rejecting = await startApplication(platform, 'NestFactory', proxying(upstream.port, true));
  });
  afterAll(async () => {
    await application?.close();
    await rejecting?.close();
    await upstream?.stop();
  });

  it.each(SPELLINGS_OF_PRIVATE)(
    'path that nginx reads as private: is given to no other origin: GET %s',
    async (target) => {
      const answer = await sendRaw(application.port, 'GET', target, { origin: EVIL });
      expect(answer.headers['x-served'] === '/private' ? grantsOf(answer) : []).toEqual([]);
    },
  );

  it.each(SPELLINGS_OF_PRIVATE)('keeps a form away from what nginx reads as private: POST %s', async (target) => {
    const answer = await sendRaw(rejecting.port, 'POST', target, { origin: EVIL, ...FORM });
    expect(answer.headers['x-served']).not.toBe('/private');
    // Without an origin it is no page that asks: whom nginx serves then is whom a page must be kept from.
    const served = (await sendRaw(rejecting.port, 'POST', target, FORM)).headers['x-served'];
    expect([served, answer.status]).toEqual([served, served === '/private' ? 403 : answer.status]);
  });

  it.each(SPELLINGS_OF_PRIVATE)('grants credentials to the allowed origin at most: GET %s', async (target) => {
    const answer = await sendRaw(application.port, 'GET', target, { origin: APP });
    const granted = answer.headers['access-control-allow-origin'];
    expect(answer.headers['x-served'] === '/private' ? [undefined, APP] : [granted]).toContain(granted);
  });

  it('many of these targets: reach it, and it reads them as private', async () => {
    const reads = await Promise.all(SPELLINGS_OF_PRIVATE.map((target) => sendRaw(upstream.port, 'GET', target)));
    expect(reads.filter(({ headers }) => headers['x-served'] === '/private').length).toBeGreaterThan(12);
  });

  it('path with one reading, which is public: is given to every origin', async () => {
    for (const target of ['/assets/logo.txt', '/assets/a%20b.txt', '/assets/%c3%a9.txt', '/assets/']) {
      const answer = await sendRaw(rejecting.port, 'GET', target, { origin: EVIL });
      expect([answer.headers['x-served'], answer.headers['access-control-allow-origin']]).toEqual(['/assets', '*']);
    }
  });
});

describe.each(PLATFORMS)('an application on %s', (platform: Platform) => {
  let application: RunningApplication;

  afterEach(() => application.close());

  describe.each([
    ['that is mounted', administered],
    ['of a controller', administeredByController],
  ])('with a middleware %s', (_kind, setup) => {
    it.each(SPELLINGS_OF_ADMIN)(
      'target %s: gets no grant of a public path, and a form of another origin is rejected',
      async (target) => {
        application = await startApplication(platform, 'NestFactory', setup());
        const read = await sendRaw(application.port, 'GET', target, { origin: EVIL });
        expect(read.headers['x-served'] === undefined ? [] : grantsOf(read)).toEqual([]);
        const form = await sendRaw(application.port, 'POST', target, { origin: EVIL, ...FORM });
        expect(form.headers['x-served']).toBeUndefined();
        const served = (await sendRaw(application.port, 'POST', target, FORM)).headers['x-served'];
        expect([served, form.status]).toEqual([served, served === undefined ? form.status : 403]);
      },
    );
  });
});
