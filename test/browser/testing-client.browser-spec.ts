import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserFrom, type TestBrowser } from '../../lib/entry-points/testing/index.js';
import { cacheCases, type Case, craftedCases, policyCases, Random, redirectCases } from './testing-client.cases.js';
import { PageConsole } from './testing-client.console.js';
import { comparable, type Ending, endInClient, endInPage } from './testing-client.endings.js';
import { openNormalWindow, openPrivateWindow, type Window } from './testing-client.profile.js';
import { Servers } from './testing-client.servers.js';

const SEED = Number(process.env['SEED'] ?? 20_261_121);
const WINDOWS = [
  ['normal', openNormalWindow],
  ['private', openPrivateWindow],
] as const;

describe.each(WINDOWS)('browserFrom() and Chromium with a %s window', (kind, open) => {
  let servers: Servers;
  let window: Window;
  let client: TestBrowser;
  const pages = new Map<string, { readonly page: Page; readonly console: PageConsole }>();

  beforeAll(async () => {
    servers = await Servers.start();
    window = await open();
    // Private windows of Chromium block third-party cookies.
    client = browserFrom('null', servers.signIn, { thirdPartyCookies: kind === 'normal' });
    // Having visited the application before, as itself, both browsers have its cookies.
    for (const origin of servers.namesOf(servers.signIn)) {
      const visit = await window.context.newPage();
      await visit.goto(`${origin}/login`);
      await visit.close();
      await client.pageOf(origin).fetch(`${origin}/login`);
    }
    for (const origin of servers.pageOrigins()) {
      const page = await window.context.newPage();
      pages.set(origin, { page, console: new PageConsole(page) });
      await page.goto(`${origin}/`);
    }
    servers.take();
  });

  afterAll(async () => {
    await window?.close();
    await servers?.stop();
  });

  async function inChromium(one: Case): Promise<Ending> {
    const { page, console } = pages.get(one.page) ?? {};
    if (page === undefined || console === undefined) {
      throw new Error(`No page of ${one.page} is open`);
    }
    return endInPage(page, console, one, servers);
  }

  const inClient = (one: Case): Promise<Ending> => endInClient(client.pageOf(one.page), one, servers);

  async function expectAlike(cases: readonly Case[]): Promise<void> {
    const expected: Ending[] = [];
    for (const one of cases) {
      expected.push(comparable(await inChromium(one)));
    }
    const differences: unknown[] = [];
    for (const [index, one] of cases.entries()) {
      const ending = comparable(await inClient(one));
      if (JSON.stringify(ending) !== JSON.stringify(expected[index])) {
        differences.push({ case: one.name, chromium: expected[index], client: ending });
      }
    }
    expect(differences).toEqual([]);
    // A run in which nothing can be read, or everything can, proves little.
    const blocked = expected.filter(({ seen }) => typeof seen === 'string').length;
    expect(blocked).toBeGreaterThan(cases.length / 10);
    expect(blocked).toBeLessThan((cases.length * 9) / 10);
  }

  it(`400 requests under policies of the library: end alike (seed ${SEED})`, () =>
    expectAlike(policyCases(new Random(SEED), 400, servers)));

  it(`300 requests that are answered with right and wrong headers: end alike (seed ${SEED + 1})`, () =>
    expectAlike(craftedCases(new Random(SEED + 1), 300, servers)));

  it(`100 requests to the same few URLs: use the same cached grants (seed ${SEED + 2})`, () =>
    expectAlike(cacheCases(new Random(SEED + 2), 100, servers)));

  it('unusual redirects: are followed, or not, alike', () => expectAlike(redirectCases(servers)));

  describe('where Chromium does not keep to the standard, and the client does:', () => {
    const crafted = (query: string) =>
      `http://127.0.0.1:${servers.crafted.express}/crafted?p.access-control-allow-origin=$origin&${query}`;

    // https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
    it("Authorization: is covered by '*' in Chromium", async () => {
      const page = `http://shop.localhost:${servers.pages}`;
      const url = crafted('p.access-control-allow-headers=*&r.access-control-allow-origin=$origin');
      const one: Case = { name: '', page, url, init: { headers: { Authorization: 'Bearer token' } } };
      expect((await inChromium(one)).seen).toMatchObject({ status: 200 });
      expect((await inClient(one)).seen).toBe('preflight-header');
    });

    // https://fetch.spec.whatwg.org/#concept-http-fetch: the redirect mode is looked at before the Location is.
    it("a redirect status without Location is no redirect for redirect: 'error' in Chromium", async () => {
      const page = `http://shop.localhost:${servers.pages}`;
      const url = crafted('r.status=302&r.access-control-allow-origin=*');
      const one: Case = { name: '', page, url, init: { redirect: 'error' } };
      expect((await inChromium(one)).seen).toMatchObject({ status: 302 });
      expect((await inClient(one)).seen).toBe('failed');
    });

    // https://fetch.spec.whatwg.org/#concept-response-location-url: the URL parser reads '' as the URL itself.
    it('redirect to an empty Location: is none in Chromium', async () => {
      const page = `http://shop.localhost:${servers.pages}`;
      const url = crafted('r.status=302&r.location=&r.access-control-allow-origin=*');
      const one: Case = { name: '', page, url, init: {} };
      expect((await inChromium(one)).seen).toMatchObject({ status: 302 });
      expect(await inClient(one)).toMatchObject({ seen: 'failed', received: { length: 21 } });
    });

    // Step 1 of https://fetch.spec.whatwg.org/#cors-preflight-fetch-0: the preflight has the request's whole URL list.
    it('preflight of a redirected request: forgets where it came from in Chromium', async () => {
      const page = `http://127.0.0.1:${servers.pages}`;
      const granting = crafted('p.access-control-allow-methods=*&r.access-control-allow-origin=$origin');
      const away = granting.replace('127.0.0.1', 'localhost');
      const url = `${away}&r.status=307&r.location=${encodeURIComponent(granting)}`;
      const one: Case = { name: '', page, url, init: { method: 'PUT' } };
      const siteOfSecondPreflight = ({ received }: Ending) => received[2]?.headers['sec-fetch-site'];
      expect(siteOfSecondPreflight(await inChromium(one))).toBe('same-site');
      expect(siteOfSecondPreflight(await inClient(one))).toBe('cross-site');
    });

    // Step 12 of https://fetch.spec.whatwg.org/#concept-main-fetch: "clear cache entries"
    it('grant of a request that fails: stays in the cache of Chromium', async () => {
      const page = `http://shop.localhost:${servers.pages}`;
      const url = crafted('p.access-control-allow-methods=PUT&p.access-control-max-age=600');
      const one: Case = { name: '', page, url, init: { method: 'PUT' } };
      const twice = async (end: (again: Case) => Promise<Ending>) => {
        const both = [await end(one), await end(one)];
        return both.flatMap(({ received }) => received.map(({ method }) => method));
      };
      expect(await twice(inChromium)).toEqual(['OPTIONS', 'PUT', 'PUT']);
      expect(await twice(inClient)).toEqual(['OPTIONS', 'PUT', 'OPTIONS', 'PUT']);
    });
  });
});
