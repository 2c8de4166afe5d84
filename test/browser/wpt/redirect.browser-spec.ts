import { describe, expect, it } from '@jest/globals';
import { onBothAdapters } from './lab.js';
import { type Outcome, UNREADABLE, fetchFrom, sendFrom, told } from './page.js';
import type { Origins } from './site.js';

type At = keyof Origins;
type Expected = 'page' | 'null' | 'refused' | 'untouched';

/** Where a request goes first and under which policy, where it is sent on to, and what `Origin` says there in the end. */
const REDIRECTS: readonly (readonly [At, string, At, string, Expected])[] = [
  ['page', 'star', 'remote', 'star', 'page'],
  ['page', 'star', 'remote', 'page', 'page'],
  ['page', 'star', 'remote', 'opaque', 'refused'],
  ['page', 'star', 'remote', 'none', 'refused'],
  ['page', 'page', 'remote', 'star', 'page'],
  ['page', 'page', 'remote', 'page', 'page'],
  ['page', 'page', 'remote', 'opaque', 'refused'],
  ['page', 'page', 'remote', 'none', 'refused'],
  ['page', 'opaque', 'remote', 'star', 'page'],
  ['page', 'none', 'remote', 'star', 'page'],
  ...(['page', 'remote2'] as const).flatMap((last) =>
    (['star', 'page'] as const).flatMap((first) => [
      ['remote', first, last, 'star', 'null'] as const,
      ['remote', first, last, 'page', 'refused'] as const,
      ['remote', first, last, 'opaque', 'null'] as const,
      ['remote', first, last, 'none', 'refused'] as const,
    ]),
  ),
  ...(['star', 'page'] as const).flatMap((first) => [
    ['remote', first, 'remote', 'star', 'page'] as const,
    ['remote', first, 'remote', 'page', 'page'] as const,
    ['remote', first, 'remote', 'opaque', 'refused'] as const,
    ['remote', first, 'remote', 'none', 'refused'] as const,
  ]),
  ...(['page', 'remote', 'remote2'] as const).flatMap((last) => [
    ['remote', 'opaque', last, 'star', 'untouched'] as const,
    ['remote', 'none', last, 'star', 'untouched'] as const,
  ]),
  ['remote', 'star', 'remote', 'remote', 'refused'],
  ['remote', 'star', 'remote2', 'remote', 'refused'],
  ['remote', 'remote', 'remote', 'star', 'untouched'],
];

const STATUSES = ['301', '302', '303', '307', '308'];

/** Credentials in a `Location`, and what is left of them in the URL that the browser parses. */
const USER_INFO = ['test:test@', 'user:@', 'user@', ':pass@'];

onBothAdapters(
  ({ page, remote }) => ({
    star: { origin: '*' },
    page: { origin: page },
    remote: { origin: remote },
    opaque: { origin: 'null', dangerouslyAllow: ['null-origin'] },
    none: false,
  }),
  (lab) => {
    const expectAnswers = (outcome: Outcome, at: At, policy: string, expected: Expected) => {
      if (expected === 'untouched') {
        expect(outcome).toEqual(UNREADABLE);
        expect(lab.site.exchanges).toHaveLength(1);
        return;
      }
      expect(lab.site.exchanges).toHaveLength(2);
      if (expected === 'refused') {
        expect(outcome).toEqual(UNREADABLE);
        // To its own page the application may say nothing that would help: the request is tainted by then.
        expect(lab.last.answer).not.toHaveProperty('access-control-allow-origin');
        return;
      }
      const origin = expected === 'page' ? lab.origins.page : 'null';
      expect(told(outcome).headers['origin']).toBe(origin);
      expect(lab.last.headers.host).toBe(new URL(lab.origins[at]).host);
      expect(lab.last.answer['access-control-allow-origin']).toBe(policy === 'star' ? '*' : origin);
    };

    describe('cors/redirect-origin.htm', () => {
      it.each(REDIRECTS)(
        'from %s (%s) to %s (%s): the origin is %s',
        async (first, firstPolicy, last, lastPolicy, expected) => {
          const to = lab.site.url(last, lastPolicy);
          const outcome = await lab.send(first, firstPolicy, {}, { to, status: '302' });
          expectAnswers(outcome, last, lastPolicy, expected);
        },
      );
    });

    describe('fetch/api/cors/cors-redirect.any.js', () => {
      const cases = STATUSES.flatMap((status) => [
        [status, 'remote', 'remote', 'page'] as const,
        [status, 'remote', 'port', 'null'] as const,
        [status, 'page', 'remote', 'page'] as const,
        [status, 'remote', 'page', 'null'] as const,
      ]);

      it.each(cases)(
        '%s from %s to %s without a preflight: is followed, as %s',
        async (status, first, last, expected) => {
          const policy = expected === 'page' ? 'page' : 'opaque';
          const outcome = await lab.fetch(first, 'page', {}, { to: lab.site.url(last, policy), status });
          expect(lab.methods).toEqual(['GET', 'GET']);
          expectAnswers(outcome, last, policy, expected);
        },
      );
    });

    describe('cors/redirect-userinfo.htm', () => {
      it.each([...USER_INFO, ':@'])('redirect to //%s: is not followed', async (info) => {
        const to = lab.site.url('remote', 'star').replace('://', `://${info}`);
        const outcome = await lab.send('remote', 'star', {}, { to, status: '302' });
        // "//:@" is nothing but punctuation: it parses to a URL without credentials.
        expect(outcome.readable).toBe(info === ':@');
        expect(lab.site.exchanges).toHaveLength(info === ':@' ? 2 : 1);
      });

      it('redirect to //@: is followed', async () => {
        const to = lab.site.url('remote', 'star', { value: 'last' }).replace('://', '://@');
        expect(told(await lab.send('remote', 'star', {}, { to, status: '302' })).value).toBe('last');
      });

      it.each(USER_INFO)('Origin with %s: is not the allowed origin', async (info) => {
        const origin = lab.origins.page.replace('://', `://${info}`);
        const { headers } = await lab.site.application.from(origin, '/page/answer');
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      });
    });

    describe('fetch/api/cors/cors-redirect-credentials.any.js', () => {
      const ways = [
        ['page', 'port'],
        ['port', 'page'],
        ['port', 'port'],
        ['port', 'remote'],
      ] as const;
      const cases = STATUSES.flatMap((status) =>
        ways.flatMap(([first, last]) => USER_INFO.map((info) => [status, first, last, info] as const)),
      );

      it.each(cases)('%s from %s to %s with //%s: is not followed', async (status, first, last, info) => {
        const to = lab.site.url(last, 'star').replace('://', `://${info}`);
        const wanted = { to, status };
        expect(await fetchFrom(lab.page, lab.site.url(first, 'star', wanted))).toEqual(UNREADABLE);
        expect(lab.site.exchanges).toHaveLength(1);
      });

      it.each(STATUSES)('%s from the page’s origin to another, without a user: is followed', async (status) => {
        const url = lab.site.url('page', 'none', { to: lab.site.url('port', 'page'), status });
        expect(told(await sendFrom(lab.page, url)).headers['origin']).toBe(lab.origins.page);
      });
    });
  },
);
