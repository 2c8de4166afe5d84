import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { bootProblems, onBothAdapters } from './lab.js';
import { UNREADABLE, addFrame, fetchFrom, sendFrom, told } from './page.js';

const PRINT = { headers: { 'x-print': 'unicorn' } };

onBothAdapters(
  ({ page, port }) => ({
    star: { origin: '*' },
    long: { origin: '*', maxAge: 12_000 },
    brief: { origin: '*', maxAge: 1 },
    never: { origin: '*', maxAge: 0 },
    'page-long': { origin: [page, port], maxAge: 12_000 },
    'null-long': { origin: [page, 'null'], maxAge: 12_000, dangerouslyAllow: ['null-origin'] },
  }),
  (lab) => {
    describe('cors/preflight-cache.htm', () => {
      it('header: needs a preflight', async () => {
        await lab.send('remote', 'star', PRINT);
        expect(lab.methods).toEqual(['OPTIONS', 'GET']);
        expect(lab.preflights[0]?.answer).not.toHaveProperty('access-control-max-age');
      });

      it('maxAge: the preflight is cached for that long', async () => {
        const url = lab.site.url('remote', 'long');
        await sendFrom(lab.page, url, PRINT);
        await sendFrom(lab.page, url, PRINT);
        expect(lab.methods).toEqual(['OPTIONS', 'GET', 'GET']);
        expect(lab.preflights[0]?.answer['access-control-max-age']).toBe('12000');
      });

      it('maxAge of 0: the preflight is not cached', async () => {
        const url = lab.site.url('remote', 'never');
        await sendFrom(lab.page, url, PRINT);
        await sendFrom(lab.page, url, PRINT);
        expect(lab.methods).toEqual(['OPTIONS', 'GET', 'OPTIONS', 'GET']);
        expect(lab.preflights[1]?.answer['access-control-max-age']).toBe('0');
      });

      it('maxAge that has passed: the next request has a preflight', async () => {
        const url = lab.site.url('remote', 'brief');
        await sendFrom(lab.page, url, PRINT);
        while (lab.preflights.length < 2) {
          await sleep(250);
          expect(await sendFrom(lab.page, url, PRINT)).toMatchObject({ readable: true });
        }
        expect(lab.preflights[1]?.answer).toEqual(lab.preflights[0]?.answer);
      });

      it.each([-1, NaN])('maxAge of %d: the application does not start', async (maxAge) => {
        expect(await bootProblems({ maxAge })).toEqual(['out-of-range']);
      });
    });

    describe('fetch/api/cors/cors-preflight-cache.any.js', () => {
      const post = (name: string) => ({ method: 'POST', headers: { [name]: 'test' } });

      it('granted headers: their names are cached', async () => {
        const url = lab.site.url('remote', 'long');
        await fetchFrom(lab.page, url, post('x-test-header'));
        expect(told(await fetchFrom(lab.page, url, post('x-test-header'))).method).toBe('POST');
        expect(lab.methods).toEqual(['OPTIONS', 'POST', 'POST']);
      });

      it('Authorization: is never granted from the cache', async () => {
        const url = lab.site.url('remote', 'long');
        await fetchFrom(lab.page, url, post('x-test-header'));
        await fetchFrom(lab.page, url, post('authorization'));
        expect(lab.methods).toEqual(['OPTIONS', 'POST', 'OPTIONS', 'POST']);
        expect(lab.preflights.map(({ answer }) => answer['access-control-allow-headers'])).toEqual([
          'x-test-header',
          'authorization',
        ]);
      });
    });

    describe('fetch/api/cors/cors-preflight-cache-tainted.any.js', () => {
      const post = { method: 'POST', headers: { 'x-test-header': 'test' } };

      it.each(['redirected first', 'redirected last'])('%s: each origin has its own preflight', async (order) => {
        const target = lab.site.url('port', 'null-long');
        const redirect = lab.site.url('remote', 'star', { to: target, status: '307' });
        const urls = order === 'redirected first' ? [redirect, target] : [target, redirect];
        for (const url of urls) {
          expect(told(await fetchFrom(lab.page, url, post)).method).toBe('POST');
        }
        const asked = lab.preflights.filter(({ url }) => target.endsWith(url));
        for (const { headers, answer } of asked) {
          expect(answer['access-control-allow-origin']).toBe(headers.origin);
          expect(String(answer.vary)).toContain('Origin');
        }
        expect(asked.map(({ headers }) => headers.origin)).toContain(urls[0] === redirect ? 'null' : lab.origins.page);
      });

      it('redirect: does not use what the page itself was granted', async () => {
        const target = lab.site.url('port', 'page-long');
        expect(told(await fetchFrom(lab.page, target, post)).method).toBe('POST');
        const redirect = lab.site.url('remote', 'star', { to: target, status: '307' });
        expect(await fetchFrom(lab.page, redirect, post)).toEqual(UNREADABLE);
      });
    });

    it('cors/preflight-cache-partitioning.sub.window.js: answers a frame alike in the pages of two sites', async () => {
      const url = lab.site.url('remote', 'page-long');
      for (const top of ['page', 'foreign'] as const) {
        const page = await lab.page.context().newPage();
        await page.goto(`${lab.origins[top]}/page`);
        const frame = await addFrame(page, `${lab.origins.port}/page`);
        expect(told(await fetchFrom(frame, url, PRINT)).headers).toMatchObject({ 'x-print': 'unicorn' });
        await page.close();
      }
      expect(lab.methods).toEqual(['OPTIONS', 'GET', 'OPTIONS', 'GET']);
      expect(lab.preflights[1]?.answer).toEqual(lab.preflights[0]?.answer);
    });
  },
);
