import { afterAll, beforeAll, describe } from '@jest/globals';
import { PLATFORMS, type Platform } from '../../support/application.js';
import { BROWSERS, type DrivenBrowser, type DrivenPage } from '../firefox/driven-browser.js';
import { type PageServer, servePages } from '../pages.js';
import { type PageOrigins, pageOrigins, type SocketsApplication } from './application.js';
import { loadSocketIo } from './page-scripts.js';

/** What a test of sockets happens in. */
export interface Setting {
  readonly application: SocketsApplication;
  readonly origins: PageOrigins;
  /** A page of `origins.allowed`, one of `origins.stranger`, and the application's own. Its cookie is in the browser. */
  readonly allowed: DrivenPage;
  readonly stranger: DrivenPage;
  readonly own: DrivenPage;
}

/** A browser, and the servers of its pages. */
interface Surroundings {
  readonly browser: DrivenBrowser;
  readonly pages: PageServer;
}

/** Describes what happens in every browser. One of each is started for all that is described. */
export function describeBrowsers(describeThem: (surroundings: () => Surroundings) => void): void {
  describe.each(BROWSERS)('in %s', (_, drive) => {
    let browser: DrivenBrowser;
    let pages: PageServer;

    beforeAll(async () => {
      pages = await servePages();
      browser = await drive();
    });

    afterAll(async () => {
      await browser?.close();
      await pages?.close();
    });

    describeThem(() => ({ browser, pages }));
  });
}

/** Describes an application on every adapter. */
export function describeApplication(
  title: string,
  surroundings: () => Surroundings,
  start: (platform: Platform, origins: PageOrigins) => Promise<SocketsApplication>,
  describeIt: (setting: () => Setting) => void,
): void {
  describe.each(PLATFORMS)(`${title} on %s`, (platform) => {
    let setting: Setting;

    beforeAll(async () => {
      const { browser, pages } = surroundings();
      const origins = pageOrigins(pages.port);
      const application = await start(platform, origins);
      const own = await browser.open(application.login);
      const allowed = await browser.open(`${origins.allowed}/`);
      const stranger = await browser.open(`${origins.stranger}/`);
      await Promise.all([allowed, stranger, own].map(loadSocketIo));
      setting = { application, origins, allowed, stranger, own };
    });

    afterAll(async () => {
      await Promise.all([setting?.allowed, setting?.stranger, setting?.own].map((page) => page?.close()));
      await setting?.application.close();
    });

    describeIt(() => setting);
  });
}
