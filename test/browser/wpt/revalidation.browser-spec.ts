import { describe, expect, it } from '@jest/globals';
import { onBothAdapters } from './lab.js';
import { UNREADABLE, sendFrom } from './page.js';

const ETAG = '"abcdef"';

/** Origins that are allowed for as long as they are in it. */
const allowed = new Set<string>();

onBothAdapters(
  ({ page }) => ({
    page: { origin: page },
    star: { origin: '*' },
    all: { origin: page, exposedHeaders: 'all' },
    lookup: { originLookup: { isOriginAllowed: (origin) => allowed.has(origin) } },
  }),
  (lab) => {
    /** Two requests for one URL, the second of which the browser sends with the `ETag` of the first. */
    const twice = async (policy: string, set: readonly string[], again: readonly string[], between = () => {}) => {
      const url = lab.site.url('remote', policy, { etag: ETAG, set, again, body: 'Success' });
      const first = await sendFrom(lab.page, url);
      between();
      return [first, await sendFrom(lab.page, url)] as const;
    };
    const conditions = () => lab.site.exchanges.map(({ headers }) => headers['if-none-match']);

    describe('cors/304.htm', () => {
      it.each(['page', 'star'])('304, policy %s: is granted as the stored response was', async (policy) => {
        const [first, second] = await twice(policy, ['A: 1'], ['A: 2']);
        expect(first).toMatchObject({ readable: true, body: 'Success' });
        expect(second).toMatchObject({ readable: true, status: 200, body: 'Success' });
        expect(second.headers).not.toHaveProperty('a');
        expect(conditions()).toEqual([undefined, ETAG]);
        expect(lab.last.status).toBe(304);
        expect(lab.last.answer['access-control-allow-origin']).toBe(policy === 'star' ? '*' : lab.origins.page);
      });

      it('304 that exposes more: more is exposed', async () => {
        const [first, second] = await twice('all', ['A: 3'], ['A: 4', 'B: 4']);
        expect(first.headers).toMatchObject({ a: '3' });
        expect(second.headers).toMatchObject({ a: '4', b: '4' });
        expect(lab.last.status).toBe(304);
      });

      it('304 that exposes less: less is exposed', async () => {
        const [first, second] = await twice('all', ['A: 5', 'B: 5'], ['A: 6']);
        expect(first.headers).toMatchObject({ a: '5', b: '5' });
        expect(second.headers).toMatchObject({ a: '6' });
        expect(second.headers).not.toHaveProperty('b');
        expect(lab.last.status).toBe(304);
      });

      it('origin that has lost its access: gets no 304, which would leave the grant in its cached response', async () => {
        allowed.add(lab.origins.page);
        const [first, second] = await twice('lookup', [], [], () => allowed.clear());
        expect(first).toMatchObject({ readable: true, body: 'Success' });
        expect(conditions()).toEqual([undefined, ETAG]);
        expect(second).toEqual(UNREADABLE);
        expect(lab.last.status).toBe(200);
        expect(lab.last.answer).not.toHaveProperty('access-control-allow-origin');
      });
    });

    it.each(['page', 'star'])(
      'cors/script-304.html: lets a script be loaded again after a 304, policy %s',
      async (policy) => {
        const url = lab.site.url('remote', policy, { etag: ETAG, type: 'text/javascript', body: 'function hep() {}' });
        const load = () =>
          lab.page.evaluate(
            (src) =>
              new Promise<string>((resolve) => {
                const script = document.createElement('script');
                script.crossOrigin = 'anonymous';
                script.addEventListener('load', ({ type }) => resolve(type));
                script.addEventListener('error', ({ type }) => resolve(type));
                script.src = src;
                document.body.append(script);
              }),
            url,
          );
        expect(await load()).toBe('load');
        expect(await load()).toBe('load');
        expect(lab.site.exchanges.map(({ status }) => status)).toEqual([200, 304]);
        expect(lab.last.answer['access-control-allow-origin']).toBe(policy === 'star' ? '*' : lab.origins.page);
      },
    );
  },
);
