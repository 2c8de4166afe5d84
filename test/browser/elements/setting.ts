import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { PLATFORMS } from '../../support/application.js';
import { type BrowserName, BROWSERS, type DrivenBrowser, type DrivenPage } from '../firefox/driven-browser.js';
import { type PageServer, servePages } from '../pages.js';
import { type ElementsApplication, startElementsApplication } from './application.js';
import { type PageOrigins, pageOrigins } from './policies.js';

/** What a test of elements happens in. */
export interface Setting {
  readonly browserName: BrowserName;
  readonly browser: DrivenBrowser;
  readonly application: ElementsApplication;
  readonly origins: PageOrigins;
  /** A page of `origins.app`. */
  readonly page: DrivenPage;
}

/** Describes something in every browser, with the application on every adapter. */
export function describeElements(title: string, describeIt: (setting: () => Setting) => void): void {
  describe.each(BROWSERS)(`${title}, in %s`, (browserName, drive) => {
    let browser: DrivenBrowser;
    let pages: PageServer;
    let origins: PageOrigins;

    beforeAll(async () => {
      pages = await servePages();
      origins = pageOrigins(pages.port);
      browser = await drive();
    });

    afterAll(async () => {
      await browser?.close();
      await pages?.close();
    });

    describe.each(PLATFORMS)('from %s', (platform) => {
      let application: ElementsApplication;
      let page: DrivenPage;

      beforeAll(async () => {
        application = await startElementsApplication(platform, origins);
        // A visit to the application leaves its cookie.
        page = await browser.open(`${application.origin}/page`);
        await page.goto(`${origins.app}/`);
      });

      afterEach(() => {
        application.arrivals.whenHandled = undefined;
        application.partners.add(origins.app);
      });

      afterAll(async () => {
        await page?.close();
        await application?.close();
      });

      describeIt(() => ({ browserName, browser, application, origins, page }));
    });
  });
}
