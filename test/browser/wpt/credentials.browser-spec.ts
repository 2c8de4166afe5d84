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

      it('gets no cookie by default', async () => {
        expect([await cookie(false, { set }), await cookie(false, { set })]).toEqual([undefined, undefined]);
      });

      it('gets a cookie only with a request that is made with credentials', async () => {
        expect([await cookie(true, { set }), await cookie(false), await cookie(true)]).toEqual([
          undefined,
          undefined,
          'test=yes',
        ]);
      });

      it('sets no cookie in the answer to a request without credentials', async () => {
        expect([await cookie(false, { set }), await cookie(true, { set }), await cookie(true)]).toEqual([
          undefined,
          undefined,
          'test=yes',
        ]);
      });

      it.each(['anonymous', 'star'])(
        'lets nobody read with credentials where the policy has none: %s',
        async (policy) => {
          expect(await lab.send('remote', policy, WITH)).toEqual(UNREADABLE);
          expect(lab.last.answer).not.toHaveProperty('access-control-allow-credentials');
          expect(await lab.send('remote', policy)).toMatchObject({ readable: true });
        },
      );

      it.each(['anonymous', 'star'])('lets no preflight with credentials pass there: %s', async (policy) => {
        expect(await lab.send('remote', policy, { ...WITH, headers: { 'x-test': '1' } })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
      });

      it('sends "true", in small letters, on the preflight and on the response', async () => {
        expect(await lab.send('remote', 'page', { ...WITH, headers: { 'x-test': '1' } })).toMatchObject({
          readable: true,
        });
        expect(lab.site.exchanges.map(({ answer }) => answer['access-control-allow-credentials'])).toEqual([
          'true',
          'true',
        ]);
      });

      it.each(['TRUE', 'True', '"true"', 'false', '1', '0', 1, 0])(
        'starts with no %j for credentials',
        async (value) => {
          const policy = { origin: 'https://a.example', credentials: value } as unknown as CorsPolicyDefinition;
          expect(await bootProblems(policy)).toEqual(['invalid-value']);
        },
      );

      it('starts with no credentials for everyone', async () => {
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
      ] as const)('set by %s, asked for by %s with the mode %s: %s', async (first, second, credentials, cookie) => {
        const set = ['Set-Cookie: a=1'];
        expect(await lab.fetch(first, 'page', { credentials }, { set })).toMatchObject({ status: 200 });
        const outcome = await lab.fetch(second, 'page', { credentials });
        expect(told(outcome).headers['cookie']).toBe(cookie);
        expect(Object.keys(outcome.headers)).not.toContain('cookie');
      });
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
      ] as const)('gets the cookies of the origin that it is sent on to, %s', async (_, headers, methods) => {
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

      it('has it unreadable where only the page is allowed', async () => {
        await setCookies();
        const to = lab.site.url('port', 'page');
        expect(await lab.fetch('remote', 'page', INCLUDE, { to, status: '301' })).toEqual(UNREADABLE);
        expect(lab.last.answer).not.toHaveProperty('access-control-allow-credentials');
      });
    });
  },
);
