import { createServer, type OutgoingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { browserFrom } from '../../lib/entry-points/testing/index.js';
import { close, listen } from '../support/listening.js';
import { launchChromium } from './chromium.js';
import { type PageServer, servePages } from './pages.js';

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly credentials?: 'include';
  readonly mode?: 'same-origin';
}

/** `PAGE` stands for the origin of the page, `OTHER` for that of a second server. */
type Case = readonly [title: string, asked: Asked, status: number, headers: Record<string, string | readonly string[]>];

const PUT: Asked = { method: 'PUT' };
const WITH_COOKIES: Asked = { credentials: 'include' };
const TRACE: Asked = { headers: { 'x-trace': '1' } };
const ORIGIN = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';
const METHODS = 'Access-Control-Allow-Methods';
const HEADERS = 'Access-Control-Allow-Headers';
const GRANT = { [ORIGIN]: 'PAGE' };
const WITH_CREDENTIALS = { ...GRANT, [CREDENTIALS]: 'true' };

const CASES: readonly Case[] = [
  ['no header', {}, 200, {}],
  ['a star, with credentials', WITH_COOKIES, 200, { [ORIGIN]: '*', [CREDENTIALS]: 'true' }],
  ['another origin', {}, 200, { [ORIGIN]: 'https://other.example' }],
  ['a slash at the end', {}, 200, { [ORIGIN]: 'PAGE/' }],
  ['no scheme', {}, 200, { [ORIGIN]: 'app.example.com' }],
  ['null', {}, 200, { [ORIGIN]: 'null' }],
  ['nothing', {}, 200, { [ORIGIN]: '' }],
  ['origins with a space', {}, 200, { [ORIGIN]: 'PAGE https://other.example' }],
  ['origins with a comma', {}, 200, { [ORIGIN]: 'PAGE, *' }],
  ['two headers', {}, 200, { [ORIGIN]: ['PAGE', 'PAGE'] }],
  ['two stars', {}, 200, { [ORIGIN]: ['*', '*'] }],
  ['no credentials', WITH_COOKIES, 200, GRANT],
  ['credentials in upper case', WITH_COOKIES, 200, { ...GRANT, [CREDENTIALS]: 'TRUE' }],
  ['a preflight without headers', PUT, 204, {}],
  ['a refused preflight', PUT, 403, {}],
  ['a preflight for another origin', PUT, 204, { [ORIGIN]: 'https://other.example' }],
  ['a preflight with a star', { ...PUT, ...WITH_COOKIES }, 204, { [ORIGIN]: '*' }],
  ['a preflight without credentials', { ...PUT, ...WITH_COOKIES }, 204, GRANT],
  ['a preflight with 404', PUT, 404, GRANT],
  ['a preflight with 304', PUT, 304, GRANT],
  ['a redirected preflight', PUT, 301, { ...GRANT, Location: '/x' }],
  ['a redirected preflight without headers', PUT, 308, { Location: '/x' }],
  ['a preflight with 308 without a target', PUT, 308, GRANT],
  ['a preflight with 308 without a target and headers', PUT, 308, {}],
  ['no methods', PUT, 204, GRANT],
  ['other methods', { method: 'PATCH' }, 204, { ...GRANT, [METHODS]: 'GET, PUT' }],
  ['a method in lower case', { method: 'patch' }, 204, { ...GRANT, [METHODS]: 'PATCH' }],
  ['any method, with credentials', { ...PUT, ...WITH_COOKIES }, 204, { ...WITH_CREDENTIALS, [METHODS]: '*' }],
  ['methods without commas', PUT, 204, { ...GRANT, [METHODS]: 'GET PUT' }],
  ['no headers of the request', TRACE, 204, GRANT],
  ['other headers of the request', TRACE, 204, { ...GRANT, [HEADERS]: 'x-other' }],
  ['any header, with credentials', { ...TRACE, ...WITH_COOKIES }, 204, { ...WITH_CREDENTIALS, [HEADERS]: '*' }],
  ['headers without commas', TRACE, 204, { ...GRANT, [HEADERS]: 'x-trace a-b' }],
  ['a redirect to what does no CORS', {}, 302, { ...GRANT, Location: 'OTHER/none' }],
  ['a redirect with a password', {}, 302, { ...GRANT, Location: 'http://user:hunter2@127.0.0.1:1/' }],
  ['a URL of another origin for mode same-origin', { mode: 'same-origin' }, 200, GRANT],
];

describe("the sentences of Chromium's console", () => {
  const servers: Server[] = [];
  let browser: Browser;
  let page: Page;
  let pages: PageServer;
  let answer: { readonly status: number; readonly headers: OutgoingHttpHeaders };
  let said: string[] = [];
  let [origin, api, other] = ['', '', ''];

  beforeAll(async () => {
    const listening = async (): Promise<string> => {
      const server = createServer(({ url }, response) => {
        const { status, headers } = url === '/none' ? { status: 200, headers: {} } : answer;
        response.writeHead(status, headers).end();
      });
      servers.push(server);
      return `http://127.0.0.1:${await listen(server)}`;
    };
    [api, other] = [await listening(), await listening()];
    pages = await servePages();
    origin = `http://127.0.0.1:${pages.port}`;
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => said.push(message.text()));
    await page.goto(`${origin}/`);
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
    await Promise.all(servers.map(close));
  });

  const written = (value: string): string => value.replaceAll('PAGE', origin).replaceAll('OTHER', other);

  it.each(CASES)(
    'any failing fetch: are the messages of the testing client: %s',
    async (_title, asked, status, headers) => {
      const lines = Object.entries(headers).map(([name, value]): [string, string | string[]] => [
        name,
        typeof value === 'string' ? written(value) : value.map(written),
      ]);
      answer = { status, headers: Object.fromEntries(lines) };
      said = [];
      const url = `${api}/orders?page=1`;
      const rejected = page.evaluate(
        async ([target, init]) => {
          try {
            await fetch(target, init);
            return false;
          } catch {
            return true;
          }
        },
        [url, asked] as const,
      );
      const isMessage = (text: string): boolean => /^(?:Access to fetch|Fetch API)/.test(text);
      const [isRejected] = await Promise.all([rejected, said.some(isMessage) || page.waitForEvent('console')]);
      const result = await browserFrom(origin, api).fetch(url, asked);
      expect(isRejected).toBe(true);
      expect(said.find(isMessage)).toBe(result.kind === 'network-error' ? result.message : result.kind);
    },
  );
});
