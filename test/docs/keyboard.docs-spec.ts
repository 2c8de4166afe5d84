/// <reference lib="dom" />
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { openSite } from './site.js';

let site: Awaited<ReturnType<typeof openSite>>;
let page: Page;

beforeAll(async () => {
  site = await openSite();
});

afterAll(() => site.close());

beforeEach(async () => {
  await page?.close();
  page = await site.browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${site.url}/policies.html`, { waitUntil: 'networkidle' });
});

/** Presses Tab until an element that matches has the focus. */
async function tabTo(selector: string, most = 30): Promise<void> {
  for (let press = 0; press < most; press += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) {
      return;
    }
  }
  throw new Error(`${most} times Tab did not lead to ${selector}`);
}

/** Whether the focused element shows that it is. */
function focusIsShown(): Promise<boolean> {
  return page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement as Element);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
  });
}

describe('the site with the keyboard alone', () => {
  it('first Tab: shows a link that skips to the content', async () => {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Skip to content');
    expect(await page.locator('.VPSkipLink').boundingBox()).toMatchObject({ width: expect.any(Number) });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('#VPContent') !== null)).toBe(true);
  });

  it.each(['/', 'Control+k'])('%s: opens the search, which finds a code and leads to it', async (key) => {
    await page.keyboard.press(key);
    const input = page.locator('.VPLocalSearchBox input');
    await input.waitFor();
    await page.keyboard.type('nonstandard-origin');
    await page.locator('.VPLocalSearchBox .result', { hasText: 'nonstandard-origin' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL((address) => address.pathname === '/errors.html' && address.hash === '#nonstandard-origin');
    await page.locator('h1', { hasText: 'Errors and reasons' }).waitFor();
    expect(await page.locator('#nonstandard-origin').isVisible()).toBe(true);
  });

  it('Escape: closes the search', async () => {
    await page.keyboard.press('/');
    await page.locator('.VPLocalSearchBox input').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.VPLocalSearchBox').waitFor({ state: 'detached' });
    expect(await page.locator('.VPLocalSearchBox').count()).toBe(0);
  });

  it('every stop on the way to the content: shows the focus', async () => {
    const hidden: string[] = [];
    await page.keyboard.press('Tab');
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press('Tab');
      if (!(await focusIsShown())) {
        hidden.push(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120) ?? ''));
      }
    }
    expect([...new Set(hidden)]).toEqual([]);
  });

  it('table that is wider than a narrow page: can be reached and scrolled', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await tabTo('.vp-doc .table', 80);
    const table = page.locator('.vp-doc .table:focus');
    expect(await table.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(true);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => (document.activeElement?.scrollLeft ?? 0) > 0);
    expect(await table.evaluate((box) => box.scrollLeft)).toBeGreaterThan(0);
  });

  it('menu of a narrow page: opens, and leads to another page', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await tabTo('.VPLocalNav .menu');
    await page.keyboard.press('Enter');
    await page.locator('.VPSidebar.open').waitFor();
    await tabTo('.VPSidebar a[href="/tenants.html"]', 60);
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'Tenants' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/tenants.html');
  });
});
