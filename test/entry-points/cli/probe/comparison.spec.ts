import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../../../support/application.js';
import { baseUrlOf } from '../../../../lib/entry-points/testing/network.js';
import { APP, closeServers, probed, proxyTo, serve, without } from './deployed.js';

const PARTNER = 'https://partner.example';
const STRANGER = 'https://stranger.example';

describe.each(PLATFORMS)('nestjs-cors probe --module, where the application runs on %s', (platform) => {
  const module = ['--module', 'shop.mjs#AppModule', '--adapter', platform];
  const put = ['--method', 'PUT', '--header', 'If-Match: 1', '--credentials', ...module];
  let app: INestApplication;
  let own: string;

  beforeAll(async () => {
    const { AppModule } = (await import('../fixtures/shop.mjs' as string)) as { AppModule: new () => unknown };
    const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
    app = await NestFactory.create(AppModule, adapter as ExpressAdapter, { logger: false });
    own = await baseUrlOf(app);
  });

  afterAll(() => app.close());
  afterEach(closeServers);

  it.each([
    ['/orders', PARTNER],
    ['/orders', STRANGER],
    ['/nowhere', APP],
  ])('request to %s from %s, and nothing between: finds no difference', async (path, origin) => {
    const { json } = await probed(own + path, '--origin', origin, ...module);
    const codes = json.findings.map(({ code }) => code);
    expect(codes.filter((code) => /^(changed|added|removed|stripped|granted)/.test(code))).toEqual([]);
    expect(codes.includes('unknown-route')).toBe(path === '/nowhere');
  });

  it('preflight, and nothing between: finds no difference', async () => {
    const { faults } = await probed(`${own}/orders/7`, '--origin', PARTNER, ...put);
    expect(faults).toEqual([]);
  });

  it.each<[code: string, changed: string, Parameters<typeof proxyTo>[1]]>([
    [
      'duplicated-header',
      'access-control-allow-origin',
      ({ status, lines }) => ({ status, lines: [...lines, 'Access-Control-Allow-Origin', PARTNER] }),
    ],
    ['stripped-vary', 'Vary', ({ status, lines }) => ({ status, lines: without(lines, /^vary$/i) })],
    [
      'changed-header',
      'access-control-allow-origin',
      ({ status, lines }) => ({
        status,
        lines: [...without(lines, /^access-control-allow-origin$/i), 'Access-Control-Allow-Origin', '*'],
      }),
    ],
    [
      'removed-header',
      'access-control-allow-credentials',
      ({ status, lines }) => ({ status, lines: without(lines, /^access-control-allow-credentials$/i) }),
    ],
    [
      'added-header',
      'access-control-expose-headers',
      ({ status, lines }) => ({ status, lines: [...lines, 'Access-Control-Expose-Headers', 'X-Total'] }),
    ],
    ['changed-status', '502', () => ({ status: 502, lines: ['Server', 'nginx'] })],
    ['changed-status', 'redirects', () => ({ status: 308, lines: ['Location', '/orders/7/'] })],
    ['changed-status', '404', () => ({ status: 404, lines: [] })],
  ])('%s: is reported where something between changes the preflight (%s)', async (code, changed, change) => {
    const url = await proxyTo(own, change);
    const { json, faults } = await probed(`${url}/orders/7`, '--origin', PARTNER, ...put);
    expect(faults).toContain(code);
    expect(json.findings.find((finding) => finding.code === code)?.message).toContain(changed);
  });

  /** What an nginx with a rule for OPTIONS answers: https://enable-cors.org and the like show such rules. */
  const RULES: readonly [title: string, headers: Record<string, string>][] = [
    ['the star alone', { Server: 'nginx/1.28', 'Access-Control-Allow-Origin': '*' }],
    [
      'the origin that asks, and a list of methods and headers',
      {
        'Access-Control-Allow-Origin': PARTNER,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE, OPTIONS',
        'Access-Control-Allow-Headers': 'If-Match,Content-Type',
        'Access-Control-Max-Age': '1728000',
        Vary: 'Origin, Accept-Encoding',
      },
    ],
    ['no CORS header', {}],
  ];
  const withRule = (headers: Record<string, string>, status = 204): Promise<string> =>
    proxyTo(own, ({ status: got, lines }, { method }) =>
      method === 'OPTIONS' ? { status, lines: Object.entries(headers).flat() } : { status: got, lines },
    );

  it.each(RULES)('preflight that something in front answers: is reported once: %s', async (_title, headers) => {
    for (const status of [204, 200]) {
      const url = await withRule(headers, status);
      const { json, faults } = await probed(`${url}/orders/7`, '--origin', PARTNER, ...put);
      expect(faults).toEqual(['replaced-preflight']);
      const [finding] = json.findings;
      expect(finding?.message).toBe(
        `The answer to the preflight of ${url}/orders/7 (${status}) has none of the application's headers: something in front of ` +
          `it answered the preflight itself${'Server' in headers ? ' (Server: nginx/1.28)' : ''}.`,
      );
      expect(finding?.hint).toContain('Remove its rule for OPTIONS');
    }
  });

  it.each(RULES)(
    'refused preflight that something in front answers: is reported with the reason of the refusal: %s',
    async (_title, headers) => {
      const url = await withRule(headers);
      const { json, faults } = await probed(`${url}/orders/7`, '--origin', STRANGER, ...put);
      expect(faults).toEqual(['replaced-preflight']);
      expect(json.findings[0]?.message).toContain(' The application refuses the preflight (lookup-refused).');
    },
  );

  it('response of something else: has no advice about the policy', async () => {
    for (const status of [404, 418]) {
      const url = await withRule({ 'Access-Control-Allow-Origin': PARTNER }, status);
      const { faults } = await probed(`${url}/orders/7`, '--origin', PARTNER, ...put);
      expect(faults).toEqual(['changed-status']);
    }
  });

  it('refused request after the preflight of something else: has the advice about the request', async () => {
    const url = await withRule({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'x-trace' });
    const request = [`${url}/orders`, '--origin', STRANGER, '--header', 'X-Trace: 1', ...module];
    expect((await probed(...request)).faults).toEqual(['replaced-preflight', 'missing-header']);
  });

  it.each([
    ['a preflight', '/orders/7', put, ['changed-status'], 'or Origin was taken away on the way, and the application'],
    ['a request', '/orders', module, ['removed-header', 'removed-header'], 'and Origin to the application (nginx: '],
  ])(
    '%s without Origin: says that Origin may have been removed on the way',
    async (_title, path, argv, codes, text) => {
      const url = await proxyTo(own, (head) => head, '', ['origin']);
      const { json, faults } = await probed(url + path, '--origin', PARTNER, ...argv);
      expect(faults).toEqual(codes);
      expect(`${json.findings[0]?.message} ${json.findings[0]?.hint}`).toContain(text);
    },
  );

  it('proxy that allows what the policy refuses: is reported', async () => {
    const url = await proxyTo(own, ({ status, lines }) => ({
      status,
      lines: [...lines, 'Access-Control-Allow-Origin', STRANGER],
    }));
    const { json, faults } = await probed(`${url}/orders`, '--origin', STRANGER, ...module);
    expect([json.readable, faults]).toEqual([true, ['granted-although-refused']]);
  });

  it("502 of a proxy: is told from the application's response", async () => {
    const url = await serve((_request, response) => response.writeHead(502, { Server: 'nginx' }).end());
    const { json, faults } = await probed(`${url}/orders`, '--origin', PARTNER, ...module);
    expect(faults).toEqual(['changed-status']);
    expect(json.findings.find(({ code }) => code === 'changed-status')?.message).toContain('a proxy wrote it');
  });

  it('proxy that strips a prefix: is compared by --path, and without it the output says how', async () => {
    const url = await proxyTo(own, (head) => head, '/api');
    const request = [`${url}/api/orders`, '--origin', PARTNER, ...module];
    const { json, faults } = await probed(...request);
    expect([json.readable, faults]).toEqual([true, ['unknown-route']]);
    expect((await probed(...request, '--path', '/orders')).faults).toEqual([]);
  });
});
