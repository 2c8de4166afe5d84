/// <reference lib="dom" />
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { filesOf, openSite } from './site.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PAGES = filesOf('.html');
const NARROW = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 900 };

interface Finding {
  readonly rule: string;
  readonly elements: readonly string[];
}

let site: Awaited<ReturnType<typeof openSite>>;
let page: Page;

beforeAll(async () => {
  site = await openSite();
  page = await site.browser.newPage({ reducedMotion: 'reduce' });
  // Every text is looked at as it stays, and not on its way there.
  await page.addInitScript(() => {
    const style = document.createElement('style');
    style.textContent = '* { transition: none !important; animation: none !important }';
    document.addEventListener('DOMContentLoaded', () => document.head.append(style));
  });
});

afterAll(() => site.close());

/** @param rules those that look, or all */
async function findings(rules?: readonly string[]): Promise<readonly Finding[]> {
  return page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(runOnly !== undefined && { runOnly: [...runOnly] }),
    });
    return violations.map(({ id, nodes }) => ({
      rule: id,
      elements: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
    }));
  }, rules);
}

describe('each page', () => {
  it.each(PAGES)('%s: axe has no findings, in light and dark, wide and narrow', async (path) => {
    const all: Record<string, readonly Finding[]> = {};
    await page.goto(`${site.url}/${path}`, { waitUntil: 'load' });
    await page.addScriptTag({ path: AXE });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const viewport of [WIDE, NARROW]) {
        await page.setViewportSize(viewport);
        // Dark pages differ in nothing but colors.
        all[`${colorScheme} ${viewport.width}`] = await findings(
          colorScheme === 'dark' ? ['color-contrast'] : undefined,
        );
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      }
    }
    expect(all).toEqual({ 'light 1280': [], 'light 390': [], 'dark 1280': [], 'dark 390': [] });
  });
});
