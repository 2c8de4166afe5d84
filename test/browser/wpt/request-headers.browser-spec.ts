import { describe, expect, it } from '@jest/globals';
import { bootProblems, onBothAdapters } from './lab.js';
import { UNREADABLE, told } from './page.js';

const SIMPLE = {
  'content-type': 'text/plain',
  accept: 'test',
  'accept-language': 'nn',
  'content-language': 'nn',
};

const HINTS = {
  'save-data': 'on',
  'device-memory': '1.0',
  dpr: '2.0',
  width: '35',
  'viewport-width': '42',
  rtt: '1',
  downlink: '1.0',
  ect: '2g',
};

const LONG = '0123456789'.repeat(13);

onBothAdapters(
  ({ page }) => ({
    star: { origin: '*' },
    print: { origin: '*', allowedHeaders: ['x-print'] },
    strange: { origin: '*', allowedHeaders: ['y-lol', 'x-PriNT', 'Y-PRINT'] },
    credentials: { origin: page, credentials: true },
    get: { origin: page, credentials: true, methods: 'GET' },
    every: { origin: page, credentials: true, methods: '*' },
  }),
  (lab) => {
    describe('cors/request-headers.htm', () => {
      it('header that the policy names: is let through', async () => {
        expect(told(await lab.send('remote', 'print', { headers: { 'x-print': 'unicorn' } })).headers).toMatchObject({
          'x-print': 'unicorn',
        });
        expect(lab.preflights[0]?.answer['access-control-allow-headers']).toBe('x-print');
      });

      it('simple headers beside it: need no grant', async () => {
        const headers = { 'x-print': 'unicorn', ...SIMPLE };
        expect(told(await lab.send('remote', 'print', { headers })).headers).toMatchObject(headers);
        expect(lab.preflights[0]?.headers['access-control-request-headers']).toBe('x-print');
      });

      it('headers that the policy does not name: are refused', async () => {
        const headers = { 'x-print': 'unicorn', 'y-print': 'unicorn' };
        expect(await lab.send('remote', 'print', { headers })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
      });

      it('names in any case: are equal', async () => {
        const headers = { 'x-print': 'unicorn', 'y-print': 'narwhal' };
        expect(told(await lab.send('remote', 'strange', { headers })).headers).toMatchObject(headers);
      });

      it('empty names in the list: the application does not start', async () => {
        expect(await bootProblems({ origin: '*', allowedHeaders: ['', ' '] })).toEqual([
          'invalid-token',
          'invalid-token',
        ]);
      });
    });

    describe('cors/client-hint-request-headers.htm', () => {
      it.each([
        ['device-memory', ''],
        ['dpr', ''],
        ['width', ''],
        ['viewport-width', ''],
        ['rtt', ''],
        ['rtt', '-1'],
        ['downlink', ''],
        ['downlink', '-1.0'],
        ['ect', ''],
        ['ect', '6g'],
      ])('refuses the client hint %s: %j, which is none', async (name, value) => {
        expect(await lab.send('remote', 'print', { headers: { [name]: value } })).toEqual(UNREADABLE);
        expect(lab.last).toMatchObject({ status: 403, headers: { 'access-control-request-headers': name } });
      });
    });

    it('cors/client-hint-request-headers-2.tentative.htm: lets client hints through unnamed', async () => {
      const headers = { 'x-print': 'unicorn', ...SIMPLE, ...HINTS };
      expect(told(await lab.send('remote', 'print', { headers })).headers).toMatchObject(headers);
      expect(lab.preflights[0]?.headers['access-control-request-headers']).toBe('x-print');
    });

    describe('fetch/api/cors/cors-preflight-not-cors-safelisted.any.js', () => {
      const cases = [
        ['accept', '"'],
        ['accept', LONG],
        ['accept-language', '\u0001'],
        ['accept-language', '@'],
        ['authorization', 'basics'],
        ['content-language', '\u0001'],
        ['content-language', '@'],
        ['content-type', 'text/html'],
        ['content-type', `text/plain; long=${LONG}`],
        ['last-event-id', '"'],
        ['last-event-id', LONG],
        ['range', 'bytes 0-'],
        ['test', 'hi'],
      ] as const;

      it.each(cases)('grants the preflight for %s: %j where the policy names it', async (name, value) => {
        await lab.fetch('remote', 'star', { headers: { [name]: value } });
        expect(lab.preflights).toHaveLength(1);
        expect(lab.preflights[0]?.headers['access-control-request-headers']).toBe(name);
        expect(lab.preflights[0]?.answer['access-control-allow-headers']).toBe(name);
        // The HTTP parser of Node.js refuses control characters before anything of the application sees the request.
        expect(lab.methods).toEqual(value === '\u0001' ? ['OPTIONS'] : ['OPTIONS', 'GET']);
      });

      it.each(cases)('refuses the preflight for %s: %j where it does not', async (name, value) => {
        expect(await lab.fetch('remote', 'print', { headers: { [name]: value } })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
      });
    });

    describe('fetch/api/cors/cors-preflight-response-validation.any.js', () => {
      it('names of headers and methods that would make the response malformed: the application does not start', async () => {
        expect(await bootProblems({ allowedHeaders: 'header name with space' })).toEqual(['invalid-token']);
        expect(await bootProblems({ methods: 'Bad method name' })).toEqual(['invalid-token']);
      });

      it('preflight for such names: nothing of it is sent back', async () => {
        const { preflight } = lab.site.application;
        for (const [method, names] of [
          ['GET', 'x-print, header name with space'],
          ['Bad method name', 'x-print'],
        ] as const) {
          const { status, headers } = await preflight(lab.origins.page, method, '/star/answer', names);
          expect(status).toBe(403);
          expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
        }
      });
    });

    describe('fetch/api/cors/cors-preflight-star.any.js', () => {
      it.each([
        ['GET', { 'X-Test': '1' }, 'star', 'omit'],
        ['PUT', {}, 'star', 'omit'],
        ['PUT', { 'X-Test': '1' }, 'star', 'omit'],
        ['PUT', {}, 'every', 'include'],
        ['PUT', { 'X-Test': '1' }, 'every', 'include'],
        ['GET', { 'X-Test': '1' }, 'get', 'include'],
        ['GET', { Authorization: 'basics' }, 'every', 'include'],
      ] as const)(
        'grants by name, never with a star: %s with %j, %s, %s',
        async (method, headers, policy, credentials) => {
          const outcome = await lab.fetch('remote', policy, { method, headers, credentials });
          expect(told(outcome).headers['origin']).toBe(lab.origins.page);
          const [name] = Object.keys(headers);
          expect(lab.preflights[0]?.answer).toMatchObject({ 'access-control-allow-methods': method });
          expect(lab.preflights[0]?.answer['access-control-allow-headers']).toBe(name?.toLowerCase());
        },
      );

      // Granted by its name it would be a wildcard to every browser: the one case in which the server is stricter.
      it.each(['star', 'every'])('header whose name is a star, policy %s: is refused', async (policy) => {
        expect(await lab.fetch('remote', policy, { headers: { '*': '1' } })).toEqual(UNREADABLE);
        expect(lab.last).toMatchObject({ status: 403, headers: { 'access-control-request-headers': '*' } });
      });

      it('another method than the policy has: is refused', async () => {
        expect(await lab.fetch('remote', 'get', { method: 'PUT', credentials: 'include' })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
      });

      it.each(['*', 'SUPER', 'OK'])('method %s, which no route has: is refused under any policy', async (method) => {
        expect(await lab.fetch('remote', 'every', { method, credentials: 'include' })).toEqual(UNREADABLE);
        expect(lab.last).toMatchObject({ status: 403, headers: { 'access-control-request-method': method } });
      });

      it.each(['get', 'put'])('method in the wrong case: the application does not start: %s', async (methods) => {
        expect(await bootProblems({ methods })).toEqual(['method-case']);
      });
    });
  },
);
