import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, launch } from 'puppeteer-core';

const executablePath = '/usr/bin/firefox-esr';

/** A running Firefox, and how to end it. */
export interface RunningFirefox {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Preferences of `about:config`. */
export type Preferences = Readonly<Record<string, string | number | boolean>>;

/**
 * Cookies as in a window of Chromium that lets third-party cookies through: no storage of its own for every site that
 * embeds another, and Lax where a cookie does not say, from the first moment on.
 */
export const THIRD_PARTY_COOKIES: Preferences = {
  'network.cookie.cookieBehavior': 0,
  'network.cookie.sameSite.laxByDefault': true,
  'network.cookie.sameSite.laxPlusPOST.timeout': 0,
  'network.cookie.sameSite.noneRequiresSecure': true,
};

/**
 * A headless Firefox as Debian builds it, by WebDriver BiDi. Its profile and its home folder are its own and go when it is
 * closed. (Playwright needs a Firefox that it has patched.)
 */
export async function launchFirefox(preferences: Preferences = {}): Promise<RunningFirefox> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `These tests need Firefox and ${executablePath} does not exist: apt-get update && apt-get install firefox-esr`,
    );
  }
  const home = await mkdtemp(join(tmpdir(), 'nestjs-cors-firefox-'));
  const goHome = () => rm(home, { recursive: true, force: true, maxRetries: 5 });
  try {
    const browser = await launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      timeout: 120_000,
      // Whoever runs the tests may have no home folder that Firefox accepts, root in a container for one.
      env: { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, '.cache'), XDG_CONFIG_HOME: join(home, '.config') },
      extraPrefsFirefox: { 'browser.chrome.site_icons': false, 'media.autoplay.default': 0, ...preferences },
    });
    return { browser, close: () => browser.close().finally(goHome) };
  } catch (error) {
    await goHome();
    throw error;
  }
}
