import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import type { Browser } from 'playwright-core';
import { send } from '../support/http-client.js';
import { launchChromium } from './chromium.js';
import { TOKEN, startApp } from './devtools.app.js';
import { DevtoolsPage } from './devtools.page.js';

describe.each(['express', 'fastify'] as const)('the devtools on %s, in Chromium', (platform) => {
  let app: INestApplication;
  let port: number;
  let devtoolsUrl: (hostname?: string) => string;
  let browser: Browser;
  let devtools: DevtoolsPage;
  let strangers: Server;

  beforeAll(async () => {
    ({ app, port, devtoolsUrl } = await startApp(platform));
    browser = await launchChromium();
    devtools = new DevtoolsPage(await browser.newPage());
    strangers = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
    await new Promise<void>((resolve) => {
      strangers.listen(0, 'localhost', resolve);
    });
    await devtools.open(devtoolsUrl());
  });

  afterAll(async () => {
    await browser?.close();
    strangers?.close();
    // With a page that watched until now: its stream must not keep the application from closing.
    await app?.close();
  });

  beforeEach(() => devtools.page.getByRole('searchbox').fill(''));

  it('reload: works, with no token in the address', async () => {
    expect(devtools.page.url()).toBe(`http://localhost:${port}/api/__cors`);
    await devtools.open(devtools.page.url());
    const cookies = await devtools.page.context().cookies();
    expect(cookies).toMatchObject([
      { path: '/api/__cors', domain: 'localhost', httpOnly: true, sameSite: 'Strict', expires: -1 },
    ]);
  });

  it('second browser: says what to do', async () => {
    const url = devtoolsUrl();
    const [one, two] = [await browser.newContext(), await browser.newContext()];
    const first = new DevtoolsPage(await one.newPage());
    await first.open(url);
    const second = await two.newPage();
    expect((await second.goto(url))?.status()).toBe(401);
    expect(await second.getByRole('heading').innerText()).toBe('The CORS devtools need a token');
    const background = await second
      .locator('main')
      .evaluate((main) => getComputedStyle(main.ownerDocument.body).maxWidth);
    expect(background).toBe('640px');
    // Another window of the first browser has the cookie: the link leads it in.
    const again = await one.newPage();
    await again.goto(url);
    await again.locator('html[data-ready]').waitFor({ state: 'attached' });
    await one.close();
    await two.close();
  });

  it('token of the options: opens them, entered in a form', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const locked = `http://localhost:${port}/api/__cors`;
    expect((await page.goto(locked))?.status()).toBe(401);
    await page.getByLabel('token of CorsDevtoolsModule.forRoot()').fill('not-the-token');
    await page.getByRole('button', { name: 'Open the page' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('That is not the token.');
    await page.getByLabel('token of CorsDevtoolsModule.forRoot()').fill(TOKEN);
    await page.getByRole('button', { name: 'Open the page' }).click();
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    expect(page.url()).toBe(locked);
    await context.close();
  });

  it('session that is over: says so where it cannot reconnect', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route('**/events', (route) => route.fulfill({ status: 401, json: { statusCode: 401 } }));
    await page.goto(devtoolsUrl());
    const text = page.getByText('Session over: open the URL that the application logged when it started again.');
    await text.waitFor();
    expect(await text.isVisible()).toBe(true);
    await context.close();
  });

  it('link on a page of another site, without strict cookies: opens them', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://stranger.localhost:${(strangers.address() as AddressInfo).port}`);
    await page.evaluate((href) => {
      location.href = href;
    }, devtoolsUrl());
    await page
      .getByRole('link', { name: 'Open the page' })
      .or(page.locator('html[data-ready]'))
      .waitFor({ state: 'attached' });
    if (await page.getByRole('link', { name: 'Open the page' }).isVisible()) {
      await page.getByRole('link', { name: 'Open the page' }).click();
    }
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    expect(page.url()).toBe(`http://localhost:${port}/api/__cors`);
    await context.close();
  });

  it('routes: are listed but for its own, with the source of each field in words', async () => {
    expect(await devtools.routes()).toEqual([
      'GET /api/orders',
      'GET /api/orders/:id',
      'PUT /api/orders/:id',
      'DELETE /api/orders/:id',
      'GET /api/public/prices',
      'POST /api/public/prices',
    ]);
    expect(await devtools.routeCount()).toBe('6 routes');
    // Without `origin false`, which would read like a refusal beside a lookup.
    expect(await devtools.fields('PUT /api/orders/:id')).toEqual([
      'originLookup PartnerOrigins policy partners',
      'allowedHeaders content-type, if-match handler replace',
      'maxAge 0 handler replace',
    ]);
  });

  it('routes of one controller: show once what they share', async () => {
    expect(await devtools.sharedFields('OrdersController')).toEqual(['credentials true policy partners']);
    expect(await devtools.sharedFields('PricesController')).toEqual(['origin * policy public']);
    expect(await devtools.fields('GET /api/public/prices')).toEqual([]);
  });

  it('fields without a value: are shown on demand', async () => {
    await devtools.page.getByLabel('Show default fields').check();
    const shared = await devtools.sharedFields('OrdersController');
    const own = await devtools.fields('PUT /api/orders/:id');
    // All eleven but `origin`, which lists nothing beside a lookup.
    expect(shared.length + own.length).toBe(10);
    expect(shared).toContain('rejectDisallowed false default');
    await devtools.page.getByLabel('Show default fields').uncheck();
  });

  it('search: finds routes by any of their words', async () => {
    expect(await devtools.search('partners put')).toBe('1 of 6 routes');
    expect(await devtools.routes()).toEqual(['PUT /api/orders/:id']);
    expect(await devtools.search('PricesController')).toBe('2 of 6 routes');
    expect(await devtools.search('no such thing')).toBe('0 of 6 routes');
    await devtools.page.getByRole('button', { name: 'Clear the search' }).click();
    expect(await devtools.routeCount()).toBe('6 routes');
  });

  it('granted request: is explained with its preflight', async () => {
    const text = await devtools.explain({
      method: 'PUT',
      path: '/api/orders/1',
      origin: `http://partner.localhost:${port}`,
      headers: 'If-Match: "1"',
      credentials: true,
    });
    expect(text).toContain('✓ Readable');
    expect(text).toContain('Sent first, answered with 204.');
    expect(text).toContain('Access-Control-Allow-Headers: if-match');
    expect(text).toContain('PUT /api/orders/:id, OrdersController.replace');
  });

  it('refused request: is explained with what to do', async () => {
    const text = await devtools.explain({ path: '/api/orders/1', origin: 'https://stranger.example' });
    expect(text).toContain('✗ Not readable');
    expect(text).toContain('lookup-refused');
    expect(text).toContain('Add the origin to what the lookup reads');
    expect(text).toContain('A browser sends none for this request.');
  });

  it('wrong fields of the form: are named', async () => {
    const text = await devtools.explain({ method: 'P T', path: 'orders', origin: 'x', headers: 'b d: 1' });
    expect(text).toContain('method is no HTTP method');
    expect(text).toContain('path is no path');
    expect(text).toContain('headers has "b d"');
    const invalid = await devtools.page.locator('[aria-invalid=true]').all();
    expect(await Promise.all(invalid.map((field) => field.getAttribute('name')))).toEqual([
      'method',
      'path',
      'headers',
    ]);
  });

  describe('when the browser really sends', () => {
    it('granted origin: both agree', async () => {
      const { verdict, rows } = await devtools.reallySend({
        path: '/api/orders',
        origin: `http://partner.localhost:${port}`,
      });
      expect(verdict).toBe('✓ Agreement');
      expect(rows.slice(0, 2)).toEqual([
        ['Script may read', 'yes', '✓ yes'],
        ['Status', 'the application’s own', '✓ 200'],
      ]);
      expect(rows[2]?.[1]).toBe('the safelisted ones and x-total');
      expect(rows[2]?.[2]).toContain('x-total');
      expect(rows[2]?.[2]).not.toContain('x-secret');
    });

    it('error of the application that a granted origin reads: both agree', async () => {
      const { verdict, rows } = await devtools.reallySend({
        path: '/api/orders/7',
        origin: `http://partner.localhost:${port}`,
        credentials: true,
      });
      expect(verdict).toBe('✓ Agreement');
      expect(rows[1]).toEqual(['Status', 'the application’s own', '✓ 401']);
    });

    it.each([
      ['an origin that is refused', { path: '/api/orders' }, 'no'],
      ['a method that is refused', { method: 'DELETE', path: '/api/orders/1' }, 'no'],
      ['everyone', { path: '/api/public/prices' }, 'yes'],
      ['everyone, but with credentials', { path: '/api/public/prices', credentials: true }, 'no'],
      ['a path that no route has', { path: '/api/nothing' }, 'no'],
    ])('%s: both agree', async (_, request, readable) => {
      const { verdict, rows } = await devtools.reallySend({ ...request, origin: `http://sender.localhost:${port}` });
      expect(verdict).toBe('✓ Agreement');
      expect(rows[0]?.slice(0, 2)).toEqual(['Script may read', readable]);
    });

    it.each([
      ['a preflight that is granted', { headers: 'If-Match: "1"' }, 'yes'],
      ['a header that is refused', { headers: 'X-Other: 1' }, 'no'],
      ['headers that no script can set', { headers: 'Cookie: a=1\nHost: x\nSec-Any: 1' }, 'yes'],
    ])('%s: both agree', async (_, request, readable) => {
      const partner = { method: 'PUT', path: '/api/orders/1', origin: `http://partner.localhost:${port}` };
      const { verdict, rows } = await devtools.reallySend({ ...partner, ...request });
      expect(verdict).toBe('✓ Agreement');
      expect(rows[0]?.slice(0, 2)).toEqual(['Script may read', readable]);
    });

    it('other origin than that of the form: says from where it sends', async () => {
      await devtools.enter({ path: '/api/orders', origin: 'https://app.example.com' });
      expect(await devtools.page.locator('#sent-from').innerText()).toContain(`http://sender.localhost:${port}`);
      const { verdict } = await devtools.reallySend({ path: '/api/orders', origin: 'https://app.example.com' });
      expect(verdict).toBe('✓ Agreement');
      expect(await devtools.page.locator('.comparison').innerText()).toContain(
        `Really sent from http://sender.localhost:${port}`,
      );
    });

    it("page that has the sender's name: sends from localhost", async () => {
      const other = new DevtoolsPage(await browser.newPage());
      await other.open(devtoolsUrl('sender.localhost'));
      expect(await other.page.getByLabel('Origin of the script').inputValue()).toBe(`http://localhost:${port}`);
      const { verdict, rows } = await other.reallySend({ path: '/api/orders' });
      expect(verdict).toBe('✓ Agreement');
      expect(rows[0]?.slice(0, 2)).toEqual(['Script may read', 'no']);
      expect(other.errors).toEqual([]);
      await other.page.close();
    });

    it('different results: shows both, in words and in red', async () => {
      const { page } = devtools;
      // No request is known on which they do, so the explanation is made to err.
      await page.route('**/explanation?*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...((await response.json()) as object), readable: false } });
      });
      const request = { path: '/api/orders', origin: `http://partner.localhost:${port}` };
      const { verdict, rows } = await devtools.reallySend(request);
      expect(verdict).toBe('✗ Disagreement');
      expect(rows[0]).toEqual(['Script may read', 'no', '✗ differs: yes']);
      const red = await devtools.tone();
      await page.unroute('**/explanation?*');
      await devtools.reallySend(request);
      const green = await devtools.tone();
      expect(red[0]).toBeGreaterThan(red[1]);
      expect(green[1]).toBeGreaterThan(green[0]);
    });

    it('request that no script can send: says so', async () => {
      const { verdict } = await devtools.reallySend({
        method: 'TRACE',
        path: '/api/orders',
        origin: `http://partner.localhost:${port}`,
      });
      expect(verdict).toBe('✗ Nothing to compare');
    });
  });

  describe('the feed', () => {
    it('refused request of another page: is shown and counted', async () => {
      const stranger = await browser.newPage();
      const origin = `http://stranger.localhost:${(strangers.address() as AddressInfo).port}`;
      await stranger.goto(origin);
      const ask = () =>
        stranger.evaluate(
          (url) =>
            fetch(url).then(
              () => 'read',
              () => 'refused',
            ),
          `http://localhost:${port}/api/orders`,
        );
      expect(await ask()).toBe('refused');
      expect(await devtools.decision(origin)).toMatch(/✗ Refused GET \/api\/orders response × 1 from .*lookup-refused/);
      expect(await ask()).toBe('refused');
      await devtools.page.locator('#feed li').filter({ hasText: origin }).filter({ hasText: '× 2' }).waitFor();
      await stranger.close();
    });

    it('decision: fills the form', async () => {
      await devtools.page.locator('#feed li').filter({ hasText: 'stranger.localhost' }).getByRole('button').click();
      expect(await devtools.page.getByLabel('Path', { exact: true }).inputValue()).toBe('/api/orders');
      expect(await devtools.page.getByLabel('Origin of the script').inputValue()).toContain(
        'http://stranger.localhost:',
      );
    });

    it.each([
      '<img src=x onerror="document.title=\'owned\'">',
      '"><script>document.title="owned"</script>',
      'javascript:document.title="owned"',
    ])('origin like %s: is shown literally', async (origin) => {
      await send(port, '/api/orders', { headers: { Origin: origin } });
      expect(await devtools.decision(origin)).toContain('origin-malformed');
      expect(await devtools.page.title()).toBe('CORS devtools');
      expect(await devtools.page.locator('#feed img, #feed script').count()).toBe(0);
      const text = await devtools.explain({ path: '/api/orders', origin });
      expect(text).toContain(origin);
      expect(await devtools.page.locator('#result img, #result script').count()).toBe(0);
    });

    it('pause: no new decisions appear', async () => {
      await devtools.page.getByRole('button', { name: 'Pause' }).click();
      await send(port, '/api/orders', { headers: { Origin: 'https://paused.example' } });
      await devtools.page.getByText('1 held back').waitFor();
      expect(await devtools.page.locator('#feed').innerText()).not.toContain('paused.example');
      await devtools.page.getByRole('button', { name: 'Go on' }).click();
      expect(await devtools.decision('paused.example')).toContain('× 1');
    });

    it('only refusals: are shown on demand', async () => {
      await send(port, '/api/public/prices', { headers: { Origin: 'https://granted.example' } });
      await devtools.decision('granted.example');
      await devtools.page.getByLabel('Refusals only').check();
      expect(await devtools.page.locator('#feed li:visible').filter({ hasText: '✓ Granted' }).count()).toBe(0);
      await devtools.page.getByLabel('Refusals only').uncheck();
      expect(await devtools.decision('granted.example')).toContain('any-origin');
    });
  });

  it('copy as curl and as fetch: quotes what a shell would read', async () => {
    await devtools.enter({
      method: 'PUT',
      path: "/api/orders/it's",
      origin: 'https://app.example.com',
      headers: 'If-Match: "1"',
    });
    await devtools.page.getByRole('button', { name: 'Copy as curl' }).click();
    const copied = devtools.page.locator('#copied code');
    expect(await copied.innerText()).toBe(
      [
        `curl -i -X 'PUT' 'http://localhost:${port}/api/orders/it'\\''s' \\`,
        "  -H 'Origin: https://app.example.com' \\",
        `  -H 'If-Match: "1"'`,
      ].join('\n'),
    );
    await devtools.page.getByRole('button', { name: 'Copy as fetch' }).click();
    expect(await copied.innerText()).toContain(`await fetch("http://localhost:${port}/api/orders/it's", {`);
  });

  it('window of 1280 by 900: shows five decisions at once', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const other = new DevtoolsPage(page);
    await other.open(devtoolsUrl());
    for (const origin of ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `https://${name}.example`)) {
      await send(port, '/api/orders', { headers: { Origin: origin } });
      await other.decision(origin);
    }
    expect(await other.decisionsInView()).toBeGreaterThanOrEqual(5);
    await page.close();
  });

  it('keyboard alone: is enough', async () => {
    const { keyboard } = devtools.page;
    await devtools.page.locator('#decisions').focus();
    await keyboard.press('/');
    await keyboard.type('put');
    expect(await devtools.routeCount()).toBe('1 of 6 routes');
    // The checkbox, the route, and from there straight to the button.
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    expect(await devtools.page.getByLabel('Path', { exact: true }).inputValue()).toBe('/api/orders/1');
    await keyboard.press('Enter');
    await devtools.page.locator('.explanation').waitFor();
    await keyboard.press('/');
    await keyboard.press('Escape');
    expect(await devtools.routeCount()).toBe('6 routes');
  });

  it('audit: is listed', async () => {
    expect(await devtools.page.locator('#findings').innerText()).toContain('state-change-open-to-all');
  });

  it('console: has no error', () => {
    expect(devtools.errors).toEqual([]);
  });

  it('string of any client: becomes no markup', async () => {
    const outcome = await devtools.page.locator('body').evaluate((body) => {
      try {
        body.innerHTML = '<p>';
        return 'became markup';
      } catch (error) {
        return String(error);
      }
    });
    expect(outcome).toContain('TypeError');
  });

  it.each(['light', 'dark'] as const)('contrast in %s: is sufficient everywhere', async (colorScheme) => {
    await devtools.page.emulateMedia({ colorScheme });
    expect(await devtools.faintTexts()).toEqual([]);
  });

  it('phone: fits', async () => {
    await devtools.page.setViewportSize({ width: 360, height: 740 });
    const width = await devtools.page.locator('html').evaluate((root) => root.scrollWidth);
    expect(width).toBe(360);
  });
});
