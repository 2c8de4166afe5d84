import { describe, expect, it } from '@jest/globals';
import { bootProblems, onBothAdapters } from './lab.js';

const SAFELISTED = {
  'cache-control': 'no-cache',
  'content-language': 'nn',
  'content-type': 'text/html',
  expires: 'Thu, 01 Dec 1994 16:00:00 GMT',
  'last-modified': 'Thu, 01 Dec 1994 10:00:00 GMT',
  pragma: 'no-cache',
};

const lines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

onBothAdapters(
  ({ page }) => ({
    star: { origin: '*' },
    custom: {
      origin: '*',
      exposedHeaders: [
        ...['X-Custom-Header', 'X-Custom-Header-Empty', 'X-Custom-Header-Comma'],
        ...['X-Second-Expose', 'Date'],
      ],
    },
    'bb-8': { origin: '*', exposedHeaders: 'BB-8' },
    'bb-8-first': { origin: '*', exposedHeaders: 'bb-8,no' },
    'bb-8-last': { origin: '*', exposedHeaders: ['no', 'bb-8'] },
    'bb-8-quoted': { origin: '*', exposedHeaders: ["'bb-8'"] },
    'exposed-star': { origin: '*', exposedHeaders: '*' },
    filtered: { origin: page, credentials: true, exposedHeaders: ['Age', 'Server', 'Warning'] },
    all: { origin: page, credentials: true, exposedHeaders: 'all' },
  }),
  (lab) => {
    describe('cors/response-headers.htm', () => {
      const set = [
        ...['X-Custom-Header: test', 'X-Custom-Header: test', 'X-Custom-Header-Empty: '],
        ...['X-Custom-Header-Comma: 1', 'X-Custom-Header-Comma: 2'],
        ...['X-Nonexposed: unicorn', 'X-Second-Expose: flyingpig', 'Server: nest', 'X-Powered-By: nest'],
        ...['Set-Cookie: test1=t1; Max-Age=2', 'Set-Cookie2: test2=t2; Max-Age=2', ...lines(SAFELISTED)],
      ];

      it.each(['send', 'fetch'] as const)(
        'headers that the policy names, and safelisted ones: are exposed: %s',
        async (ask) => {
          const { headers } = await lab[ask]('remote', 'custom', {}, { set, body: 'TEST' });
          expect(headers).toEqual({
            ...SAFELISTED,
            'content-type': expect.stringMatching(/^text\/html/),
            'content-length': '4',
            date: expect.stringMatching(/GMT$/),
            'x-custom-header': 'test, test',
            'x-custom-header-comma': '1, 2',
            'x-custom-header-empty': '',
            'x-second-expose': 'flyingpig',
          });
        },
      );

      it('several names: are sent in one line', async () => {
        const { rawHeaders } = await lab.site.application.from(lab.origins.page, '/custom/answer');
        const values = rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'Access-Control-Expose-Headers');
        expect(values).toHaveLength(1);
        expect(values[0]?.split(/, ?/)).toHaveLength(5);
      });
    });

    describe('cors/access-control-expose-headers-parsing.window.js', () => {
      it.each([
        ['bb-8', 'hey'],
        ['bb-8-first', 'hey'],
        ['bb-8-last', 'hey'],
        // A quotation mark of this kind is part of a name, so that this is the name of another header.
        ['bb-8-quoted', undefined],
      ])('names in a list: are written so that browsers understand them: %s', async (policy, value) => {
        const set = ['Content-Language: mkay', 'BB-8: hey'];
        const { headers } = await lab.fetch('remote', policy, {}, { set });
        expect(headers['content-language']).toBe('mkay');
        expect(headers['bb-8']).toBe(value);
      });

      it.each(['bb-8##%%&^&^*()()11!', 'no no', '##%%&^&^*()()11!', '', 'bb-8\f', 'bb-8\v', '"bb-8"'])(
        'name that would break the whole list: the application does not start: %j',
        async (name) => {
          expect(await bootProblems({ exposedHeaders: ['bb-8', name] })).toEqual(['invalid-token']);
        },
      );
    });

    describe('fetch/api/cors/cors-filtering.sub.any.js', () => {
      const hidden = { Age: '27', Server: 'nest', Warning: 'Mind the gap' };
      const forbidden = { 'Set-Cookie': 'name=value', 'Set-Cookie2': 'name=value' };

      it.each(Object.entries({ ...SAFELISTED, 'content-length': '3' }))(
        '%s without a name in the policy: is readable',
        async (name, value) => {
          const { headers } = await lab.fetch('port', 'star', {}, { set: [`${name}: ${value}`], body: 'TST' });
          expect(headers[name]).toMatch(new RegExp(`^${value}`));
        },
      );

      it.each(Object.entries({ ...hidden, ...forbidden }))(
        '%s without a name in the policy: is not readable',
        async (name, value) => {
          const { headers } = await lab.fetch('port', 'star', {}, { set: [`${name}: ${value}`] });
          expect(headers).not.toHaveProperty(name.toLowerCase());
        },
      );

      it.each(Object.entries(hidden))('%s with a name in the policy: is readable', async (name, value) => {
        const { headers } = await lab.fetch('port', 'filtered', {}, { set: [`${name}: ${value}`] });
        expect(headers[name.toLowerCase()]).toBe(value);
      });

      it.each(Object.keys(forbidden))(
        'policy that names %s, which no script may read: the application does not start',
        async (name) => {
          expect(await bootProblems({ exposedHeaders: [name] })).toEqual(['forbidden-header']);
        },
      );

      it.each(['omit', 'include'] as const)('cookies, credentials %s: are never named', async (credentials) => {
        const set = [...lines(forbidden), 'X-Other: 1'];
        const { headers } = await lab.fetch('port', 'all', { credentials }, { set });
        expect(headers).toMatchObject({ 'x-other': '1' });
        expect(headers).not.toHaveProperty('set-cookie');
        expect(String(lab.last.answer['access-control-expose-headers'])).not.toMatch(/set-cookie/i);
      });
    });

    describe('fetch/api/cors/cors-expose-star.sub.any.js', () => {
      const set = ['Test: X', 'Set-Cookie: X', '*: whoa'];

      it('star: everything but cookies is readable', async () => {
        const { type, headers } = await lab.fetch('port', 'exposed-star', {}, { set });
        expect(type).toBe('cors');
        expect(headers).toMatchObject({ test: 'X', '*': 'whoa' });
        expect(headers).not.toHaveProperty('set-cookie');
      });

      it('star with credentials, where it is an ordinary name: the application does not start', async () => {
        expect(await bootProblems({ origin: 'https://a.example', credentials: true, exposedHeaders: '*' })).toEqual([
          'exposed-wildcard-with-credentials',
        ]);
      });

      it("exposedHeaders 'all' with credentials: names the headers themselves", async () => {
        const { headers } = await lab.fetch('port', 'all', { credentials: 'include' }, { set });
        expect(headers).toMatchObject({ test: 'X', '*': 'whoa' });
        expect(headers).not.toHaveProperty('set-cookie');
      });

      it('star among several names: the application does not start', async () => {
        expect(await bootProblems({ exposedHeaders: ['x-test', '*'] })).toEqual(['wildcard-in-list']);
      });
    });
  },
);
