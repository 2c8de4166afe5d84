import { describe, expect, it } from '@jest/globals';
import { UNREADABLE, addFrame } from './page.js';
import { bootProblems, onBothAdapters } from './lab.js';
import type { Origins } from './site.js';

type At = keyof Origins;

const CROSS_ORIGIN: readonly (readonly [string, At])[] = [
  ['the same host at another port', 'port'],
  ['the same host by another scheme', 'secure'],
  ['a subdomain', 'remote'],
  ['a subdomain at another port', 'remotePort'],
  ['a subdomain by another scheme', 'remoteSecure'],
];

onBothAdapters(
  ({ page, port, remote, remotePort, secure, remoteSecure }) => ({
    none: false,
    page: { origin: page },
    star: { origin: '*' },
    listed: { origin: ['http://example.com', page, 'https://example2.com'] },
    twice: { origin: [page, page] },
    servers: { origin: [port, remote, remotePort, secure, remoteSecure] },
    strict: { origin: 'http://example.com', rejectDisallowed: true },
  }),
  (lab) => {
    describe('cors/basic.htm', () => {
      it.each(CROSS_ORIGIN)('no policy: a page cannot read %s', async (_, at) => {
        expect(await lab.send(at, 'none')).toEqual(UNREADABLE);
        expect(lab.last.answer).not.toHaveProperty('access-control-allow-origin');
      });

      it.each(CROSS_ORIGIN)('policy that names the page: it may read %s', async (_, at) => {
        expect(await lab.send(at, 'page')).toMatchObject({ readable: true, status: 200 });
        expect(lab.last.answer).toMatchObject({
          'access-control-allow-origin': lab.origins.page,
          vary: expect.stringContaining('Origin'),
        });
      });

      it.each(['none', 'page'])('own origin: is read, policy %s', async (policy) => {
        expect(await lab.send('page', policy)).toMatchObject({ readable: true, status: 200 });
      });
    });

    describe.each([
      ['fetch/api/cors/cors-basic.any.js', false],
      ['fetch/api/cors/cors-keepalive.any.js', true],
    ])('%s', (_file, keepalive) => {
      it.each(CROSS_ORIGIN)('no-cors request to %s: is answered', async (_, at) => {
        const opaque = { readable: true, type: 'opaque', status: 0, statusText: '', headers: {}, body: '' };
        expect(await lab.fetch(at, 'none', { mode: 'no-cors', keepalive })).toEqual(opaque);
        expect(lab.last.status).toBe(200);
      });

      it.each(CROSS_ORIGIN)('no policy: a request to %s is refused', async (_, at) => {
        expect(await lab.fetch(at, 'none', { keepalive })).toEqual(UNREADABLE);
      });

      it.each(CROSS_ORIGIN)('policy with *: a request to %s is granted', async (_, at) => {
        expect(await lab.fetch(at, 'star', { keepalive })).toMatchObject({ type: 'cors', status: 200 });
        expect(lab.last.answer['access-control-allow-origin']).toBe('*');
      });
    });

    describe('fetch/api/cors/cors-keepalive.any.js, while the document goes away', () => {
      // Without TLS: once the page is gone, nobody is left to accept the certificate.
      const plain = CROSS_ORIGIN.filter(([, at]) => !at.toLowerCase().endsWith('secure'));
      const cases = plain.flatMap(([name, at]) =>
        ['GET', 'POST'].flatMap((method) =>
          (['star', 'none', 'strict'] as const).map((p) => [method, name, p, at] as const),
        ),
      );

      it.each(cases)('%s to %s under the policy %s: is answered', async (method, _, policy, at) => {
        const frame = await addFrame(lab.page, `${lab.origins.page}/page`);
        const url = lab.site.url(at, policy);
        await frame.evaluate(
          ([address, verb]) =>
            addEventListener('pagehide', () => void fetch(address, { method: verb, keepalive: true }).catch(() => {})),
          [url, method] as const,
        );
        const arrived = lab.site.nextAnswer();
        await lab.page.evaluate(() => document.querySelector('iframe')?.remove());
        const { answer, status } = await arrived;
        expect(answer['access-control-allow-origin']).toBe(policy === 'star' ? '*' : undefined);
        // The page is gone and reads nothing: what the handler does is all that is at stake.
        expect(status).toBe(policy === 'strict' ? 403 : 200);
      });
    });

    describe('fetch/api/cors/cors-origin.any.js', () => {
      const requests = [
        ...CROSS_ORIGIN.map(([name, at]) => ['GET', name, at] as const),
        ...['POST', 'HEAD', 'PUT'].map((method) => [method, 'a subdomain', 'remote'] as const),
      ];

      it.each(requests)('%s to %s: is granted to the origin that the policy names', async (method, _, at) => {
        expect(await lab.fetch(at, 'page', { method })).toMatchObject({ type: 'cors', status: 200 });
        expect(lab.methods).toEqual(method === 'PUT' ? ['OPTIONS', 'PUT'] : [method]);
      });

      it.each(requests)('%s to %s: is refused where the policy names the server instead', async (method, _, at) => {
        expect(await lab.fetch(at, 'servers', { method })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(method === 'PUT' ? ['OPTIONS'] : [method]);
      });

      it('policy with an empty origin: the application does not start', async () => {
        expect(await bootProblems({ origin: '' })).toEqual(['malformed-origin']);
      });
    });

    describe('fetch/api/cors/cors-multiple-origins.sub.any.js', () => {
      it.each(['listed', 'twice'])('policy with a list: the response names one origin: %s', async (policy) => {
        expect(await lab.fetch('port', policy)).toMatchObject({ type: 'cors', status: 200 });
        const path = new URL(lab.last.url, lab.origins.page).pathname;
        const { rawHeaders } = await lab.site.application.from(lab.origins.page, path);
        const lines = rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'Access-Control-Allow-Origin');
        expect(lines).toEqual([lab.origins.page]);
      });

      it.each([
        '"", http://example.com, http://wpt.localhost',
        '"", http://example.com, *',
        '"", http://wpt.localhost, http://wpt.localhost',
        '*, http://example.com, *',
        '*, http://example.com, http://wpt.localhost',
        ', http://example.com, https://example2.com',
      ])('list written as one origin: the application does not start: %s', async (list) => {
        expect(await bootProblems({ origin: list })).toEqual(['malformed-origin']);
        expect(await bootProblems({ origin: list.split(', ') })).not.toEqual([]);
      });
    });
  },
);
