import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { launchChromium } from './chromium.js';

/** A window of a browser of its own. */
export interface Window {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * A headless Chromium with a window that lets third-party cookies through. What `browser.newContext()` opens is a private
 * window, which blocks them, and that is also what Debian's build does in a new profile.
 */
export async function openNormalWindow(): Promise<Window> {
  const profile = await mkdtemp(join(tmpdir(), 'nestjs-cors-chromium-'));
  await mkdir(join(profile, 'Default'));
  const preferences = { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function openPrivateWindow(): Promise<Window> {
  const browser = await launchChromium();
  return { context: await browser.newContext(), close: () => browser.close() };
}
