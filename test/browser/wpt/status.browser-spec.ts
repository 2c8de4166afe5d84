import { describe, expect, it } from '@jest/globals';
import { onBothAdapters } from './lab.js';
import { UNREADABLE } from './page.js';

const NONSIMPLE = { 'x-nonsimple': 'true' };

onBothAdapters(
  ({ page }) => ({
    star: { origin: '*' },
    page: { origin: page, exposedHeaders: ['X-Request-Method'], allowedHeaders: ['x-nonsimple'] },
    bare: { origin: page, allowedHeaders: [] },
    none: false,
  }),
  (lab) => {
    describe('cors/status.htm', () => {
      const custom = { 'X-Custom': 'preflight' };

      it.each([
        ['none', {}, '400', ['GET']],
        ['none', custom, '200', ['OPTIONS']],
        ['bare', custom, '200', ['OPTIONS']],
      ] as const)(
        'tells a script nothing of a refused request: %s, %j, %s',
        async (policy, headers, status, methods) => {
          expect(await lab.send('remote', policy, { headers }, { status })).toEqual(UNREADABLE);
          expect(lab.methods).toEqual(methods);
        },
      );

      it.each([
        [{}, ['GET']],
        [custom, ['OPTIONS', 'GET']],
      ] as const)('status of an error, with %j: is readable', async (headers, methods) => {
        expect(await lab.send('remote', 'star', { headers }, { status: '400' })).toMatchObject({ status: 400 });
        expect(lab.methods).toEqual(methods);
      });
    });

    describe('cors/status-async.htm', () => {
      it.each([
        ['GET', 200, 'OK', 'Not today.'],
        ['GET', 201, 'OK/Created', 'Not today 01.'],
        ['GET', 202, 'OK/Accepted', 'Not today 02.'],
        ['GET', 203, 'OK/Non-Authoritative Information', 'Not today 03.'],
        ['GET', 204, 'OK/No Content', ''],
        ['GET', 205, 'OK/Reset Content', ''],
        ['GET', 206, 'OK/Partial Content', 'Not today 06.'],
        ['GET', 209, 'OK', 'Not today 09.'],
        ['GET', 299, 'OK', 'Not today 99.'],
        ['POST', 200, 'OK', '<x>402</x>'],
        ['HEAD', 200, 'OK', ''],
        ['PUT', 200, 'OK', '400'],
        ['GET', 400, 'OHAI', ''],
        ['HEAD', 401, 'OHAI', ''],
        ['POST', 404, 'OHAI', ''],
        ['POST', 500, 'OHAI', ''],
        // The preflight has a status of its own, so that the strange one of the handler can be read.
        ['PUT', 599, 'OHAI', ''],
      ])('%s with the status %i %s: is readable', async (method, status, text, body) => {
        const wanted = { status: String(status), text, body, set: [`X-Request-Method: ${method}`] };
        const outcome = await lab.send('remote', 'page', { method }, wanted);
        expect(outcome).toMatchObject({ readable: true, status, statusText: text, body });
        expect(outcome.headers['x-request-method']).toBe(method);
      });

      it.each([
        ['PUT', 599, {}, 'none'],
        ['CHICKEN', 501, {}, 'page'],
        ['GET', 400, NONSIMPLE, 'bare'],
        ['HEAD', 401, NONSIMPLE, 'bare'],
        ['POST', 404, NONSIMPLE, 'bare'],
        ['PUT', 599, NONSIMPLE, 'bare'],
        ['CHICKEN', 501, NONSIMPLE, 'page'],
      ])(
        '%s that is stopped at its preflight: the handler’s %i is not readable',
        async (method, status, headers, policy) => {
          const wanted = { status: String(status), text: 'OHAI', body: '' };
          expect(await lab.send('remote', policy, { method, headers }, wanted)).toEqual(UNREADABLE);
          expect(lab.site.exchanges.map((exchange) => [exchange.method, exchange.status])).toEqual([['OPTIONS', 403]]);
        },
      );
    });

    describe('cors/status-preflight.htm', () => {
      it.each([
        ...[200, 204, 400, 401].map((status) => ['GET', status] as const),
        ...[200, 204, 400, 401, 501, 599].map((status) => ['HEAD', status] as const),
        ...[204, 400, 401, 404].map((status) => ['POST', status] as const),
        ['PUT', 599] as const,
      ])('%s with the status %i after its preflight: is readable', async (method, status) => {
        const wanted = { status: String(status), body: '' };
        expect(await lab.send('remote', 'page', { method, headers: NONSIMPLE }, wanted)).toMatchObject({
          readable: true,
          status,
          body: '',
        });
        expect(lab.site.exchanges.map((exchange) => exchange.status)).toEqual([204, status]);
      });
    });
  },
);
