import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { selfSignedCertificate } from '../../../support/self-signed-certificate.js';
import { APP, closeServers, GRANT, probe, probed, serve } from './deployed.js';

afterEach(closeServers);

describe('nestjs-cors probe', () => {
  it('request without a preflight: is sent alone, and the output says what a script sees', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.origin} ${request.headers['user-agent']}`);
      response.writeHead(200, { ...GRANT, 'X-Total': '7', 'Access-Control-Expose-Headers': 'X-Total' }).end('[]');
    });
    const { code, out, err } = await probe(`${url}/orders?page=1`, '--origin', APP);
    expect([code, err]).toEqual([0, '']);
    expect(seen).toEqual([`GET /orders?page=1 ${APP} nestjs-cors-probe`]);
    expect(out).toContain(`Request    GET ${url}/orders?… -> 200\n`);
    expect(out).toMatch(/\n\nReadable: a script sees the status 200, the headers x-total, and the body\.\n/);
  });

  it('request with a preflight, by the Fetch standard: is sent after it', async () => {
    const url = await serve((request, response) => {
      const preflight = { 'Access-Control-Allow-Headers': 'x-trace' };
      response.writeHead(request.method === 'OPTIONS' ? 204 : 200, { ...GRANT, ...preflight }).end();
    });
    const { json, faults } = await probed(`${url}/orders`, '--origin', APP, '--header', 'X-Trace: 1');
    expect(json.exchanges.map(({ kind, method, status }) => [kind, method, status])).toEqual([
      ['preflight', 'OPTIONS', 204],
      ['request', 'GET', 200],
    ]);
    expect([json.readable, faults]).toEqual([true, []]);
  });

  it('request that may change something: is sent only with --send', async () => {
    const methods: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      methods.push(request.method);
      response.writeHead(204, { ...GRANT, 'Access-Control-Allow-Methods': 'DELETE' }).end();
    });
    const request = [`${url}/orders/7`, '--origin', APP, '--method', 'DELETE'];
    const { json } = await probed(...request);
    expect([methods, json.readable, json.outcome]).toEqual([['OPTIONS'], null, { kind: 'not-sent' }]);
    expect((await probe(...request)).out).toContain('Add --send to send it.');
    methods.length = 0;
    expect((await probed(...request, '--send')).json.readable).toBe(true);
    expect(methods).toEqual(['OPTIONS', 'DELETE']);
    methods.length = 0;
    await probed(`${url}/orders`, '--origin', APP, '--method', 'POST');
    expect(methods).toEqual([]);
  });

  it('findings: are sorted by weight, with one cause for two values of a header', async () => {
    const headers = { Vary: 'Origin', 'Access-Control-Allow-Origin': [APP, '*'] };
    const url = await serve((_request, response) => response.writeHead(200, headers).end());
    const { json } = await probed(`${url}/orders`, '--origin', APP, '--credentials');
    expect(json.findings.map(({ code }) => code)).toEqual([
      'duplicated-header',
      'local-network',
      'third-party-cookies',
    ]);
  });

  it.each<[code: string, status: number, headers: Record<string, string | string[]>, argv: string[]]>([
    ['preflight-redirected', 301, { Location: 'orders/' }, []],
    ['preflight-redirected', 302, { Location: 'https://login.example.com/?state=hunter2' }, []],
    ['preflight-needs-login', 401, { 'WWW-Authenticate': 'Bearer' }, []],
    ['preflight-needs-login', 403, {}, []],
    ['preflight-not-answered', 404, {}, []],
    ['preflight-not-answered', 200, {}, []],
    ['preflight-refused', 403, { Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' }, []],
    ['gateway-error', 502, { Server: 'nginx/1.27' }, []],
    ['gateway-error', 522, { Server: 'cloudflare' }, []],
    ['limited', 429, {}, []],
    ['method-not-allowed', 204, { ...GRANT, 'Access-Control-Allow-Methods': 'GET' }, []],
    ['header-not-allowed', 204, { ...GRANT, 'Access-Control-Allow-Methods': 'PUT' }, ['--header', 'X-Trace: 1']],
    ['credentials-not-allowed', 204, { ...GRANT, 'Access-Control-Allow-Methods': 'PUT' }, ['--credentials']],
    ['wildcard-with-credentials', 204, { 'Access-Control-Allow-Origin': '*' }, ['--credentials']],
    ['duplicated-header', 204, { Vary: 'Origin', 'Access-Control-Allow-Origin': [APP, APP] }, []],
    [
      'answer-for-another-origin',
      204,
      { Vary: 'Origin', Age: '7', 'Access-Control-Allow-Origin': 'https://other.example' },
      [],
    ],
  ])('%s: is reported for a preflight that is answered with %i %j', async (code, status, headers, argv) => {
    const url = await serve((_request, response) => response.writeHead(status, headers).end());
    const { json, faults } = await probed(`${url}/orders`, '--origin', APP, '--method', 'PUT', ...argv);
    expect(faults).toContain(code);
    expect([json.readable, json.outcome.kind]).toEqual([false, 'blocked']);
    expect(JSON.stringify(json)).not.toContain('hunter2');
  });

  it.each<[code: string, headers: Record<string, string>, argv: string[]]>([
    ['wildcard-with-credentials', { 'Access-Control-Allow-Origin': '*' }, ['--credentials']],
    ['credentials-not-allowed', { ...GRANT, 'Access-Control-Allow-Methods': 'PUT' }, ['--credentials']],
    ['method-not-allowed', GRANT, []],
    ['header-not-allowed', { ...GRANT, 'Access-Control-Allow-Methods': 'PUT' }, ['--header', 'X-Trace: 1']],
  ])("%s: says that the response may be a proxy's, unless its Vary shows otherwise", async (code, headers, argv) => {
    const hintOf = async (more: Record<string, string>): Promise<string | undefined> => {
      const url = await serve((_request, response) => response.writeHead(204, { ...headers, ...more }).end());
      const { json } = await probed(`${url}/orders`, '--origin', APP, '--method', 'PUT', ...argv);
      return json.findings.find((finding) => finding.code === code)?.hint;
    };
    const ofProxy =
      "If the policy says so already, the answer or its headers are a proxy's (Server: nginx): remove its rule";
    expect(await hintOf({ Server: 'nginx' })).toContain(ofProxy);
    expect(await hintOf({ Server: 'nginx', Vary: 'Origin, Access-Control-Request-Method' })).not.toContain('proxy');
  });

  it.each<[code: string, name: string, argv: string[], note: string]>([
    ['method-not-allowed', 'Access-Control-Allow-Methods', [], "'*' does not cover any method of"],
    [
      'header-not-allowed',
      'Access-Control-Allow-Headers',
      ['--header', 'X-Trace: 1'],
      "'*' does not cover Authorization, nor any header of",
    ],
  ])('%s: says why a star in %s is not enough', async (code, name, argv, note) => {
    const credentials = { 'Access-Control-Allow-Credentials': 'true', 'Access-Control-Allow-Methods': 'PUT' };
    const url = await serve((_request, response) =>
      response.writeHead(204, { ...GRANT, ...credentials, [name]: '*' }).end(),
    );
    const request = [`${url}/orders`, '--origin', APP, '--method', 'PUT', '--credentials', ...argv];
    const { json } = await probed(...request);
    expect(json.findings.find((finding) => finding.code === code)?.message).toContain(note);
  });

  it.each<[title: string, url: (answering: string) => string, line: RegExp]>([
    [
      'a redirect',
      (url) => url,
      /a TypeError\. Chrome's console says: Access to fetch at .*: Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request\.$/m,
    ],
    [
      'mixed content',
      () => 'http://api.example.com/?key=hunter2',
      /a TypeError\. Chrome's console says: Mixed Content: The page at 'https:\/\/app\.example\.com\/' was loaded over HTTPS, but requested an insecure resource 'http:\/\/api\.example\.com\/\?…'\. /,
    ],
    ['no connection', () => 'http://127.0.0.1:1', /a TypeError\. OPTIONS http:\/\/127\.0\.0\.1:1\/ got no response: /],
  ])("%s: has Chrome's sentence, or its own where there is none", async (_title, urlOf, line) => {
    const url = await serve((_request, response) => response.writeHead(301, { Location: '/a/' }).end());
    const { out } = await probe(urlOf(url), '--origin', APP, '--method', 'PUT');
    expect(out).toMatch(line);
  });

  it.each<[code: string, status: number, headers: Record<string, string>]>([
    ['gateway-error', 504, {}],
    ['missing-header', 500, {}],
    ['vary-without-origin', 200, { 'Access-Control-Allow-Origin': APP }],
  ])('%s: is reported for a request that is answered with %i %j', async (code, status, headers) => {
    const url = await serve((_request, response) => response.writeHead(status, headers).end());
    expect((await probed(url, '--origin', APP)).faults).toEqual([code]);
  });

  it.each([
    ['/orders', '/orders/', 'Write the final URL in the page: '],
    ['/orders', '/login', 'If that is a page for signing in, let OPTIONS requests pass without it'],
  ])('knows a slash from a page for signing in: %s to %s', async (path, location, hint) => {
    const url = await serve((_request, response) => response.writeHead(308, { Location: location }).end());
    const { json } = await probed(url + path, '--origin', APP, '--method', 'PUT');
    expect(json.findings.find(({ code }) => code === 'preflight-redirected')?.hint).toContain(hint);
  });

  it('follows redirects to other servers as a browser does, with Origin: null from the second one on', async () => {
    const target = await serve((_request, response) => response.writeHead(200, GRANT).end());
    const url = await serve((_request, response) =>
      response.writeHead(302, { ...GRANT, Location: `${target}/?token=hunter2` }).end(),
    );
    const { json, faults } = await probed(url, '--origin', APP);
    expect(json.exchanges.map(({ url: each, status }) => [each, status])).toEqual([
      [`${url}/`, 302],
      [`${target}/?…`, 200],
    ]);
    expect(faults).toEqual(['redirect-changes-origin']);
  });

  it('sends nothing for a page that may not ask: an unencrypted URL below https', async () => {
    const { json, faults } = await probed('http://api.example.com/', '--origin', APP);
    expect([json.exchanges, json.outcome.step, faults]).toEqual([[], 'mixed-content', ['mixed-content']]);
  });

  it('page of the same origin: finds no faults, and says that CORS does not apply', async () => {
    const url = await serve((_request, response) => response.writeHead(200).end());
    const { json, faults } = await probed(url, '--origin', url);
    expect([json.readable, faults, json.findings.map(({ code }) => code)]).toEqual([true, [], ['same-origin']]);
  });

  it("notes: name browsers that block cookies of another site, and Chromium's prompt for local addresses", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { ...GRANT, 'Access-Control-Allow-Credentials': 'true' }).end(),
    );
    const { json, faults } = await probed(url, '--origin', APP, '--credentials');
    expect([json.readable, faults]).toEqual([true, []]);
    expect(json.findings.map(({ code }) => code)).toEqual(['local-network', 'third-party-cookies']);
  });

  it('self-signed certificate: is trusted on this machine only', async () => {
    const server = createServer(selfSignedCertificate(), (_request, response) => response.writeHead(200, GRANT).end());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    expect((await probed(`https://127.0.0.1:${port}`, '--origin', APP)).json.readable).toBe(true);
    // An address of this machine that is not a loopback host by its name.
    const { faults } = await probed(`https://0.0.0.0:${port}`, '--origin', APP);
    expect(faults).toEqual(['untrusted-certificate']);
    server.close();
  });

  it('no server: says so', async () => {
    const url = await serve(() => {});
    await closeServers();
    const { json, faults } = await probed(url, '--origin', APP);
    expect([faults, json.outcome.step]).toEqual([['no-connection'], 'connection']);
  });

  it('body: is not waited for', async () => {
    const url = await serve((_request, response) => response.writeHead(200, GRANT).write('data: 1\n\n'));
    expect((await probed(url, '--origin', APP)).json.readable).toBe(true);
  });

  it('output: has no header values of the request, no queries and no control characters', async () => {
    const url = await serve((_request, response) => {
      const headers = {
        ...GRANT,
        'Access-Control-Allow-Headers': 'authorization',
        Server: 'x\u009B31m',
        'X-Secret': 'hunter2',
      };
      response.writeHead(200, headers).end();
    });
    const request = [`${url}/?token=hunter2`, '--origin', APP, '--header', 'Authorization: Bearer hunter2'];
    for (const format of [[], ['--json']]) {
      const { out } = await probe(...request, ...format);
      expect(out).toMatch(/authorization/i);
      expect(out).not.toMatch(/hunter2|\u009B/);
    }
  });

  it.each([
    ['readable', GRANT, 0],
    ['not readable', {}, 1],
    ['readable, and wrong for a cache', { 'Access-Control-Allow-Origin': APP }, 1],
  ])('--strict, and a response that is %s: sets the exit code', async (_name, headers, code) => {
    const url = await serve((_request, response) => response.writeHead(200, headers).end());
    expect((await probe(url, '--origin', APP, '--strict')).code).toBe(code);
    expect((await probe(url, '--origin', APP)).code).toBe(0);
  });

  it('timeout: ends', async () => {
    const url = await serve(() => {});
    const { code, err } = await probe(url, '--origin', APP, '--timeout', '1');
    expect(code).toBe(2);
    expect(err).toMatch(
      /^The command did not finish within 1 s \(--timeout\): it waits for a response of 127\.0\.0\.1:/,
    );
  });

  it.each<[string[], string | RegExp]>([
    [[], /^Write one URL: nestjs-cors probe https:/],
    [['https://a.example', 'https://b.example'], /^Write one URL: /],
    [['api.example.com/orders', '--origin', APP], /Write it in full: https:\/\/api\.example\.com\/orders\n$/],
    [['ftp://api.example.com', '--origin', APP], /^The URL must begin with https:/],
    [['https://user:hunter2@api.example.com', '--origin', APP], /^The URL must not hold a user name or a password/],
    [['https://api.example.com'], 'Write the origin of the page: --origin https://app.example.com\n'],
    [['https://api.example.com', '--origin', APP, '--method', 'TRACE'], /^Browsers send no TRACE for scripts/],
    [['https://api.example.com', '--origin', APP, '--header', 'Cookie: a=b'], /^Scripts can't set Cookie/],
    [
      ['https://api.example.com', '--origin', APP, '--path', 'orders'],
      'A path starts with a slash: write "/orders".\n',
    ],
  ])('arguments %j: prints a sentence, with exit code 2', async (argv, message) => {
    const { code, out, err } = await probe(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(err).not.toContain('hunter2');
  });
});
