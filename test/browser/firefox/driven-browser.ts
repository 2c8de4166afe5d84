import { launchChromium } from '../chromium.js';
import { launchFirefox } from './firefox.js';

/** One page of a browser: the little that Chromium (playwright) and Firefox (puppeteer) are driven by alike. */
export interface DrivenPage {
  goto(url: string): Promise<void>;
  /** Runs a function in the page. It can name nothing but its argument; what it resolves to is JSON. */
  evaluate<Given, Result>(script: (given: Given) => Result | Promise<Result>, given: Given): Promise<Result>;
  close(): Promise<void>;
}

/** A browser with one window of its own: what a page stores is seen by the other pages, and gone when it is closed. */
export interface DrivenBrowser {
  /** Opens a page of its own at `url`. */
  open(url: string): Promise<DrivenPage>;
  close(): Promise<void>;
}

export type BrowserName = 'Chromium' | 'Firefox';

export async function driveChromium(): Promise<DrivenBrowser> {
  const browser = await launchChromium();
  const context = await browser.newContext();
  return {
    async open(url) {
      const page = await context.newPage();
      await page.goto(url);
      return {
        goto: async (next) => void (await page.goto(next)),
        // Playwright's type of the argument does not survive being generic twice.
        evaluate: (script, given) => page.evaluate(script as never, given as never),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

export async function driveFirefox(): Promise<DrivenBrowser> {
  const { browser, close } = await launchFirefox();
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return {
        goto: async (next) => void (await page.goto(next)),
        evaluate: (script, given) => page.evaluate(script as never, given as never),
        close: () => page.close(),
      };
    },
    close,
  };
}

/** Every browser that the tests run in. */
export const BROWSERS: readonly (readonly [name: BrowserName, drive: () => Promise<DrivenBrowser>])[] = [
  ['Chromium', driveChromium],
  ['Firefox', driveFirefox],
];
