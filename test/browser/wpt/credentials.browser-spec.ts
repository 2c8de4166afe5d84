import { afterEach, describe, expect, it } from '@jest/globals';
import type { CorsPolicyDefinition } from '../../../lib/index.js';
import { bootProblems, onBothAdapters } from './lab.js';
import { UNREADABLE, told } from './page.js';

const INCLUDE = { credentials: 'include' } as const;
const WITH = { withCredentials: true };

onBothAdapters(
  ({ page }) => ({
    page: { origin: page, credentials: true },
    opaque: { origin: 'null', credentials: true, dangerouslyAllow: ['null-origin'] },
    anonymous: { origin: page },
    star: { origin: '*' },
  }),
  (lab) => {
    afterEach(() => lab.page.context().clearCookies());

    describe('cors/credentials-flag.htm', () => {
      const set = ['Set-Cookie: test=yes'];
      const cookie = async (withCredentials: boolean, wanted = {}) =>
        told(await lab.send('remote', 'page', { withCredentials }, wanted)).headers['cookie'];

      it('default: no cookie is sent', async () => {
        expect([await cookie(false, { set }), await cookie(false, { set })]).toEqual([undefined, undefined]);
      });

      it('request with credentials: is the only one with a cookie', async () => {
        expect([await cookie(true, { set }), await cookie(false), await cookie(true)]).toEqual([
          undefined,
          undefined,
          'test=yes',
        ]);
      });

      it('response to a request without credentials: sets no cookie', async () => {
        expect([await cookie(false, { set }), await cookie(true, { set }), await cookie(true)]).toEqual([
          undefined,
          undefined,
          'test=yes',
        ]);
      });

      it.each(['anonymous', 'star'])(
        'policy without credentials: a request with them is not readable: %s',
        async (policy) => {
          expect(await lab.send('remote', policy, WITH)).toEqual(UNREADABLE);
          expect(lab.last.answer).not.toHaveProperty('access-control-allow-credentials');
          expect(await lab.send('remote', policy)).toMatchObject({ readable: true });
        },
      );

      it.each(['anonymous', 'star'])(
        'policy without credentials: a preflight for them is refused: %s',
        async (policy) => {
          expect(await lab.send('remote', policy, { ...WITH, headers: { 'x-test': '1' } })).toEqual(UNREADABLE);
          expect(lab.methods).toEqual(['OPTIONS']);
        },
      );

      it('preflight and response: send "true", in lower case', async () => {
        expect(await lab.send('remote', 'page', { ...WITH, headers: { 'x-test': '1' } })).toMatchObject({
          readable: true,
        });
        expect(lab.site.exchanges.map(({ answer }) => answer['access-control-allow-credentials'])).toEqual([
          'true',
          'true',
        ]);
      });

      it.each(['TRUE', 'True', '"true"', 'false', '1', '0', 1, 0])(
        '%j for credentials: the application does not start',
        async (value) => {
          const policy = { origin: 'https://a.example', credentials: value } as unknown as CorsPolicyDefinition;
          expect(await bootProblems(policy)).toEqual(['invalid-value']);
        },
      );

      it('credentials for every origin: the application does not start', async () => {
        expect(await bootProblems({ origin: '*', credentials: true })).toEqual(['wildcard-with-credentials']);
      });
    });

    describe('fetch/api/cors/cors-cookies.any.js', () => {
      it.each([
        ['page', 'page', 'omit', undefined],
        ['remote', 'remote', 'include', 'a=1'],
        ['page', 'remote', 'include', undefined],
        ['remote', 'page', 'include', undefined],
        ['remote', 'remote', 'same-origin', undefined],
        ['remote', 'remote2', 'include', undefined],
      ] as const)(
        'cookie set by %s, request to %s with the mode %s: sends %s',
        async (first, second, credentials, cookie) => {
          const set = ['Set-Cookie: a=1'];
          expect(await lab.fetch(first, 'page', { credentials }, { set })).toMatchObject({ status: 200 });
          const outcome = await lab.fetch(second, 'page', { credentials });
          expect(told(outcome).headers['cookie']).toBe(cookie);
          expect(Object.keys(outcome.headers)).not.toContain('cookie');
        },
      );
    });

    describe('fetch/api/cors/cors-cookies-redirect.any.js', () => {
      const setCookies = async () => {
        await lab.fetch('remote', 'page', INCLUDE, { set: ['Set-Cookie: a=1; Path=/'] });
        await lab.fetch('port', 'page', INCLUDE, { set: ['Set-Cookie: a=2; Path=/'] });
        lab.site.take();
      };

      it.each([
        ['without a preflight', {}, ['GET', 'GET']],
        ['with preflights', { a: 'b' }, ['OPTIONS', 'GET', 'OPTIONS', 'GET']],
      ] as const)('redirected request: sends the cookies of the new origin, %s', async (_, headers, methods) => {
        await setCookies();
        const to = lab.site.url('port', 'opaque');
        const outcome = await lab.fetch('remote', 'page', { ...INCLUDE, headers }, { to, status: '301' });
        expect(told(outcome).headers).toMatchObject({ cookie: 'a=2', origin: 'null' });
        expect(lab.methods).toEqual(methods);
        expect(lab.last.answer).toMatchObject({
          'access-control-allow-origin': 'null',
          'access-control-allow-credentials': 'true',
        });
      });

      it('only the page allowed: the redirected request is not readable', async () => {
        await setCookies();
        const to = lab.site.url('port', 'page');
        expect(await lab.fetch('remote', 'page', INCLUDE, { to, status: '301' })).toEqual(UNREADABLE);
        expect(lab.last.answer).not.toHaveProperty('access-control-allow-credentials');
      });
    });
  },
);
