import { describe, expect, it } from '@jest/globals';
import { bootProblems, onBothAdapters } from './lab.js';
import { UNREADABLE, told } from './page.js';

const GOOD_STATUSES = [200, 201, 202, 203, 204, 205, 206, 299];
const BAD_STATUSES = [
  ...[300, 301, 302, 303, 304, 305, 306, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417],
  ...[500, 501, 502, 503, 504, 505, 680, 790],
];

const HEADERS = {
  'x-test-header1': 'value',
  'x-test-header2': 'value',
  'X-test-header3': 'value',
  'x-test-header-b': 'value',
  'x-test-header-D': 'value',
  'x-test-header-C': 'value',
  'x-test-header-a': 'value',
  'Content-Type': 'application/json',
};
const SAFE = { Accept: '*', 'Accept-Language': 'bzh', 'Content-Language': 'eu' };
const SORTED = Object.keys(HEADERS)
  .map((name) => name.toLowerCase())
  .sort()
  .join(',');

onBothAdapters(
  ({ page }) => ({
    star: { origin: '*' },
    none: false,
    page: { origin: page, credentials: true },
    listed: { origin: '*', allowedHeaders: Object.keys(HEADERS) },
    bare: { origin: '*', allowedHeaders: [] },
    'read-only': { origin: '*', methods: ['GET', 'POST'] },
    ...Object.fromEntries(
      GOOD_STATUSES.map((status) => [`status-${status}`, { origin: '*', optionsSuccessStatus: status }]),
    ),
  }),
  (lab) => {
    describe('fetch/api/cors/cors-preflight.any.js', () => {
      it.each(['DELETE', 'PUT', 'PATCH'])('%s that the route has: is granted', async (method) => {
        expect(told(await lab.fetch('remote', 'star', { method })).method).toBe(method);
        expect(lab.methods).toEqual(['OPTIONS', method]);
        expect(lab.preflights[0]?.headers).not.toHaveProperty('access-control-request-headers');
        expect(lab.preflights[0]?.answer).toMatchObject({ 'access-control-allow-methods': method });
        expect(lab.preflights[0]?.answer).not.toHaveProperty('access-control-allow-headers');
      });

      it.each([
        ['DELETE', 'read-only'],
        ['PUT', 'read-only'],
        ['PATCH', 'read-only'],
        ['DELETE', 'none'],
        // Methods are case-sensitive, and only six of them are written in capitals by browsers.
        ['patcH', 'star'],
        ['NEW', 'star'],
        ['chicken', 'star'],
      ])('%s under the policy %s: is refused', async (method, policy) => {
        expect(await lab.fetch('remote', policy, { method })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
        expect(lab.last).toMatchObject({ status: 403, headers: { 'access-control-request-method': method } });
      });

      it.each(['GET', 'PUT'])(
        '%s with several headers: is granted, with the non-safelisted ones in order',
        async (method) => {
          const asked = { method, headers: { ...HEADERS, ...SAFE } };
          const outcome = await lab.fetch('remote', 'listed', method === 'GET' ? asked : { ...asked, body: '{}' });
          expect(told(outcome).headers).toMatchObject({ 'x-test-header-d': 'value', accept: '*' });
          expect(lab.preflights[0]?.headers['access-control-request-headers']).toBe(SORTED);
          expect(lab.preflights[0]?.answer['access-control-allow-headers']).toBe(SORTED);
        },
      );

      it.each([
        ['GET', HEADERS],
        ['PUT', HEADERS],
        ['GET', { 'x-test-header1': 'value' }],
      ])('%s with headers that the policy does not name: is refused', async (method, headers) => {
        expect(await lab.fetch('remote', 'bare', { method, headers: { ...headers, ...SAFE } })).toEqual(UNREADABLE);
        expect(lab.methods).toEqual(['OPTIONS']);
      });

      it('no header allowed: a PUT with safelisted headers only is granted', async () => {
        expect(told(await lab.fetch('remote', 'bare', { method: 'PUT', headers: SAFE })).method).toBe('PUT');
      });

      it('every header allowed: authorization is covered by name', async () => {
        const headers = { authorization: 'foobar' };
        expect(told(await lab.fetch('remote', 'star', { headers })).headers).toMatchObject(headers);
        expect(lab.preflights[0]?.answer['access-control-allow-headers']).toBe('authorization');
      });

      it('other headers allowed: authorization is refused', async () => {
        expect(await lab.fetch('remote', 'listed', { headers: { authorization: 'foobar' } })).toEqual(UNREADABLE);
      });
    });

    describe.each([
      ['cors/preflight-failure.htm', 'send'],
      ['fetch/api/cors/cors-preflight-status.any.js', 'fetch'],
    ] as const)('%s', (_file, ask) => {
      it.each(GOOD_STATUSES)('preflight with the status %i: lets the request through', async (status) => {
        const outcome = await lab[ask]('remote', `status-${status}`, { headers: { 'x-test': 'test' } });
        expect(outcome).toMatchObject({ readable: true, status: 200 });
        expect(lab.preflights.map((preflight) => preflight.status)).toEqual([status]);
      });

      it('refused preflight with the status 403: stops the request', async () => {
        expect(await lab[ask]('remote', 'none', { headers: { 'x-test': 'test' } })).toEqual(UNREADABLE);
        expect(lab.site.exchanges.map(({ status }) => status)).toEqual([403]);
      });
    });

    describe('fetch/api/cors/cors-preflight-referrer.any.js', () => {
      const policies = ['no-referrer', '', 'origin', 'origin-when-cross-origin', 'unsafe-url'] as const;
      const cases = policies.flatMap((policy) => [[policy, undefined] as const, [policy, '/myreferrer'] as const]);

      it.each(cases)('referrer policy %j and referrer %j: get the same response', async (referrerPolicy, referrer) => {
        const asked = { headers: { 'x-force-preflight': '' }, referrerPolicy };
        const outcome = await lab.fetch('remote', 'page', referrer === undefined ? asked : { ...asked, referrer });
        expect(lab.preflights[0]?.headers['referer']).toBe(told(outcome).headers['referer']);
        expect(lab.preflights[0]?.answer).toMatchObject({
          'access-control-allow-origin': lab.origins.page,
          'access-control-allow-headers': 'x-force-preflight',
          'access-control-allow-credentials': 'true',
        });
      });
    });

    describe('fetch/api/cors/cors-preflight-unterminated-body.any.js', () => {
      it.each(['star', 'none', 'status-200'])('preflight: ends at once, without a body: %s', async (policy) => {
        const received = await lab.site.application.sendRaw(
          [
            `OPTIONS /${policy}/answer HTTP/1.1`,
            'Host: wpt.localhost',
            'Origin: http://wpt.localhost',
            'Access-Control-Request-Method: GET',
            'Access-Control-Request-Headers: x-preflight-test',
            'Connection: close',
            '\r\n',
          ].join('\r\n'),
        );
        const [head = '', body] = received.split('\r\n\r\n');
        expect(body).toBe('');
        expect(head).not.toMatch(/^transfer-encoding:/im);
        // A 204 ends with its head; everything else says that nothing follows.
        expect(/^content-length: 0$/im.test(head)).toBe(policy !== 'star');
      });

      it('actual response after it: is read', async () => {
        const headers = { 'x-preflight-test': '1' };
        expect(await lab.fetch('remote', 'star', { headers }, { body: 'actual request' })).toMatchObject({
          status: 200,
          body: 'actual request',
        });
      });
    });
  },
);

it.each(BAD_STATUSES)('cors/preflight-failure.htm: starts with no %i as the status of success', async (status) => {
  expect(await bootProblems({ optionsSuccessStatus: status })).toEqual(['out-of-range']);
});
