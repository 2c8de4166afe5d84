import { afterAll, afterEach, beforeAll, describe, expect, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CorsConfigurationError, type CorsPolicyDefinition } from '../../../lib/index.js';
import type { CorsProblemCode } from '../../../lib/entry-points/diagnostics/index.js';
import { PLATFORMS, createApplication } from '../../support/application.js';
import { launchChromium } from '../chromium.js';
import { type Opaque, askFrom } from './opaque.js';
import { type Asked, type Outcome, fetchFrom, sendFrom } from './page.js';
import { type Exchange, type Origins, type Policies, Site } from './site.js';

const STARTING = 120_000;

/** A page in Chromium and an application that it asks. */
export class Lab {
  site!: Site;
  page!: Page;

  get origins(): Origins {
    return this.site.origins;
  }

  /** Has the page call `fetch()` on a URL of `Site.url()`. */
  fetch(
    at: keyof Origins,
    policy: string,
    asked?: Asked,
    wanted?: Record<string, string | string[]>,
  ): Promise<Outcome> {
    return fetchFrom(this.page, this.site.url(at, policy, wanted), asked);
  }

  /** Has the page send an `XMLHttpRequest`, as the older cases do. */
  send(
    at: keyof Origins,
    policy: string,
    asked?: Parameters<typeof sendFrom>[2],
    wanted?: Record<string, string | string[]>,
  ): Promise<Outcome> {
    return sendFrom(this.page, this.site.url(at, policy, wanted), asked);
  }

  /** Whether a script without an origin of its own may read the response of this URL. */
  askFrom(kind: Opaque, url: string): Promise<boolean> {
    return askFrom(this.page, kind, url);
  }

  /** The methods that reached the application, in order; a preflight is an OPTIONS. */
  get methods(): string[] {
    return this.site.exchanges.map(({ method }) => method);
  }

  get preflights(): Exchange[] {
    return this.site.exchanges.filter(isPreflight);
  }

  get last(): Exchange {
    return this.site.exchanges.at(-1) as Exchange;
  }
}

/** Runs cases on Express and on Fastify, each with an application of its own, in one Chromium. Once per file. */
export function onBothAdapters(policies: Policies, cases: (lab: Lab) => void): void {
  // A request that is never answered is to fail soon; a browser may take its time to start.
  jest.setTimeout(30_000);
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, STARTING);
  afterAll(() => browser?.close());

  describe.each(PLATFORMS)('on %s', (platform) => {
    const lab = new Lab();

    beforeAll(async () => {
      lab.site = await Site.start(platform, policies);
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      lab.page = await context.newPage();
      await lab.page.goto(`${lab.origins.page}/page`);
    }, STARTING);

    afterAll(async () => {
      await lab.page?.context().close();
      await lab.site?.stop();
    });

    // Whatever a case is about: no answer may have a form that the standard makes browsers reject.
    afterEach(() => lab.site?.take().forEach(expectWellFormed));

    cases(lab);
  });
}

/** The codes of what is wrong with a policy: what keeps an application with it from starting. */
export async function bootProblems(policy: CorsPolicyDefinition): Promise<CorsProblemCode[]> {
  const app = await createApplication('express', 'NestFactory', { cors: policy });
  try {
    await app.init();
    return [];
  } catch (error) {
    if (error instanceof CorsConfigurationError) {
      return error.problems.map(({ code }) => code);
    }
    throw error;
  } finally {
    await app.close();
  }
}

function isPreflight({ method, headers }: Exchange): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function expectWellFormed(exchange: Exchange): void {
  const { headers, answer, status } = exchange;
  const allowed = answer['access-control-allow-origin'];
  expect([undefined, '*', headers.origin]).toContain(allowed);
  expect([undefined, 'true']).toContain(answer['access-control-allow-credentials']);
  if (allowed === undefined || allowed === '*') {
    expect(answer).not.toHaveProperty('access-control-allow-credentials');
  }
  if (allowed === undefined) {
    expect(Object.keys(answer).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
  if (isPreflight(exchange)) {
    expect(status === 403).toBe(allowed === undefined);
    expect(String(answer.vary)).toMatch(/Origin, Access-Control-Request-Method, Access-Control-Request-Headers$/);
    expect([undefined, headers['access-control-request-method']]).toContain(answer['access-control-allow-methods']);
  }
}
