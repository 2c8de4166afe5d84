import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { PLATFORMS } from '../../support/application.js';
import type { DrivenBrowser, DrivenPage } from '../firefox/driven-browser.js';
import { type PageServer, servePages } from '../pages.js';
import { type ElementsApplication, startElementsApplication } from './application.js';
import { casesOf, type ElementCase, type ElementEnding, endingOf, expectedEnding } from './cases.js';
import { ElementExpectations } from './expectations.js';
import { KINDS } from './kinds.js';
import { loadAll, LOADS } from './loads.js';
import { offeredPolicies, type PageOrigins, pageOrigins } from './policies.js';

/** Every kind of load under every policy, on both adapters, in one browser. */
export function describeLoading(drive: () => Promise<DrivenBrowser>): void {
  let pages: PageServer;
  let origins: PageOrigins;
  let browser: DrivenBrowser;

  beforeAll(async () => {
    pages = await servePages();
    origins = pageOrigins(pages.port);
    browser = await drive();
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  describe.each(PLATFORMS)('from an application on %s', (platform) => {
    let application: ElementsApplication;
    let expectations: ElementExpectations;
    const open = new Map<string, DrivenPage>();

    beforeAll(async () => {
      application = await startElementsApplication(platform, origins);
      expectations = await ElementExpectations.start(application.origin, offeredPolicies(origins));
      // The application's own page comes first: its cookie is what requests may or may not carry.
      open.set(application.origin, await browser.open(`${application.origin}/page`));
      for (const origin of Object.values(origins)) {
        open.set(origin, await browser.open(`${origin}/`));
      }
    });

    afterAll(async () => {
      await Promise.all([...open.values()].map((page) => page.close()));
      await expectations?.stop();
      await application?.close();
    });

    async function load(cases: readonly ElementCase[]): Promise<Map<ElementCase, ElementEnding>> {
      const endings = new Map<ElementCase, ElementEnding>();
      for (const [origin, page] of open) {
        const here = cases.filter((one) => one.page === origin);
        const source = LOADS[here[0]?.kind ?? 'image'].toString();
        const loads = here.map(({ url, crossOrigin }) => ({ url, crossOrigin }));
        const seen = await page.evaluate(loadAll, { source, loads });
        here.forEach((one, index) => {
          const arrivals = application.arrivals.takeOf(one.url.slice(application.origin.length));
          endings.set(one, endingOf(one, seen[index] ?? 'pending', arrivals));
        });
      }
      return endings;
    }

    it.each(KINDS)('every %s: is requested and ends as the standards say', async (kind) => {
      const cases = casesOf(kind, application.origin, [...open.keys()], offeredPolicies(origins));
      const endings = await load(cases);
      const expected: (readonly [ElementCase, ElementEnding])[] = [];
      for (const one of cases) {
        expected.push([one, await expectedEnding(one, expectations)]);
      }
      const differences = expected
        .filter(([one, ending]) => !isDeepStrictEqual(ending, endings.get(one)))
        .map(([one, ending]) => ({ ...one, expected: ending, seen: endings.get(one) }));
      expect(differences).toEqual([]);
      // A table in which everything is blocked, or nothing, proves little.
      const kindsOfEnding = new Set(expected.map(([, { seen }]) => seen));
      expect(kindsOfEnding).toContain('blocked');
      expect(kindsOfEnding.size).toBeGreaterThan(1);
    });
  });
}
