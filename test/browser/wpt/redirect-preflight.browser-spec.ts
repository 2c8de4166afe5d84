import { describe, expect, it } from '@jest/globals';
import { onBothAdapters } from './lab.js';
import { UNREADABLE, told } from './page.js';

const STATUSES = ['301', '302', '303', '307', '308'];
const TEST = { headers: { 'x-test': 'test' } };

onBothAdapters(
  ({ page }) => ({
    star: { origin: '*' },
    bare: { origin: '*', allowedHeaders: [] },
    page: { origin: page },
    none: false,
  }),
  (lab) => {
    describe('cors/redirect-preflight-2.htm', () => {
      it("page's own origin redirects to another one: that one gets a preflight, and its refusal stops the request", async () => {
        const to = lab.site.url('remote', 'bare');
        expect(await lab.send('page', 'none', TEST, { to, status: '302' })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['GET', 'OPTIONS']);
        expect(lab.last.status).toBe(403);
      });

      it('other origin that grants the preflight: the request goes on', async () => {
        const to = lab.site.url('remote', 'page');
        expect(told(await lab.send('page', 'none', TEST, { to, status: '302' })).headers).toMatchObject(TEST.headers);
        expect(lab.methods).toEqual(['GET', 'OPTIONS', 'GET']);
      });
    });

    describe.each([
      ['cors/redirect-preflight.htm', 'send'],
      ['fetch/api/cors/cors-preflight-redirect.any.js', 'fetch'],
    ] as const)('%s', (_file, ask) => {
      it.each(STATUSES)('handler that redirects with a %s: the preflight is answered before it', async (status) => {
        const to = lab.site.url('remote', 'page');
        const outcome = await lab[ask]('remote', 'page', TEST, { to, status });
        // The preflight is no redirect, and the place that the actual request is sent on to is asked again.
        expect(told(outcome).headers).toMatchObject(TEST.headers);
        expect(lab.methods).toEqual(['OPTIONS', 'GET', 'OPTIONS', 'GET']);
        expect(lab.preflights.map((preflight) => preflight.status)).toEqual([204, 204]);
        expect(lab.preflights.filter(({ answer }) => 'location' in answer)).toEqual([]);
      });

      it.each(STATUSES)(
        'refused preflight, with a handler that redirects with a %s: is not redirected',
        async (status) => {
          const to = lab.site.url('remote', 'star');
          expect(await lab[ask]('remote', 'bare', TEST, { to, status })).toEqual(UNREADABLE);
          expect(lab.methods).toEqual(['OPTIONS']);
          expect(lab.last.status).toBe(403);
          expect(lab.last.answer).not.toHaveProperty('location');
        },
      );
    });

    describe('fetch/api/cors/cors-redirect-preflight.any.js', () => {
      const ways = [
        ['page', 'remote', 'page'],
        ['remote', 'page', 'null'],
        ['remote', 'port', 'null'],
      ] as const;
      const cases = STATUSES.flatMap((status) => ways.map((way) => [status, ...way] as const));

      it.each(cases)('preflight after a %s from %s to %s, as %s: is granted', async (status, first, last, origin) => {
        const to = lab.site.url(last, 'star');
        const outcome = await lab.fetch(first, 'star', TEST, { to, status });
        expect(told(outcome).headers).toMatchObject({
          ...TEST.headers,
          origin: origin === 'null' ? 'null' : lab.origins.page,
        });
        expect(lab.preflights.at(-1)?.answer['access-control-allow-headers']).toBe('x-test');
        expect(lab.methods.slice(-2)).toEqual(['OPTIONS', 'GET']);
      });

      it.each(cases)('preflight after a %s from %s to %s, as %s: is refused', async (status, first, last, _) => {
        const to = lab.site.url(last, 'bare');
        expect(await lab.fetch(first, 'star', TEST, { to, status })).toEqual(UNREADABLE);
        expect(lab.methods.at(-1)).toBe('OPTIONS');
        expect(lab.last.status).toBe(403);
      });

      it.each(['port', 'page'] as const)('tainted preflight at %s, with the page allowed: is refused', async (last) => {
        const to = lab.site.url(last, 'page');
        expect(await lab.fetch('remote', 'page', TEST, { to, status: '307' })).toEqual(UNREADABLE);
        expect(lab.last).toMatchObject({ method: 'OPTIONS', status: 403, headers: { origin: 'null' } });
      });
    });
  },
);
