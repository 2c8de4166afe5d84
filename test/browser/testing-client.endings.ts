import type { Page } from 'playwright-core';
import type { TestBrowser } from '../../lib/entry-points/testing/index.js';
import type { Case } from './testing-client.cases.js';
import type { PageConsole } from './testing-client.console.js';
import type { Recorded, Servers } from './testing-client.servers.js';

/** How a fetch ended. */
export interface Ending {
  /** What the script sees, the step of the CORS protocol that failed, or just that something did. */
  readonly seen: object | string;
  /** What reached the servers. */
  readonly received: readonly Recorded[];
}

/** The client closes each connection; when something was answered is no matter of CORS. */
const OF_THE_CONNECTION = /^(?:date|connection|keep-alive)$/;

/** In Chromium, as the script of a page. A call that throws and a network error look alike to a script. */
export async function endInPage(
  page: Page,
  console: PageConsole,
  { url, init }: Case,
  servers: Servers,
): Promise<Ending> {
  console.forget();
  const seen = await page.evaluate(
    async ([target, options]) => {
      try {
        const response = await fetch(target, options as RequestInit);
        const { type, status, ok, redirected, url: last } = response;
        return { type, status, ok, redirected, url: last, headers: [...response.headers], body: await response.text() };
      } catch {
        return undefined;
      }
    },
    [url, init] as const,
  );
  const received = servers.take();
  if (seen !== undefined) {
    return { seen: { ...seen, headers: visible(seen.headers) }, received };
  }
  return { seen: (received.length > 0 ? await console.step() : undefined) ?? 'failed', received };
}

/** With the client under test. */
export async function endInClient(browser: TestBrowser, { url, init }: Case, servers: Servers): Promise<Ending> {
  const result = await browser.fetch(url, init).catch(() => undefined);
  const received = servers.take();
  if (result?.kind !== 'response') {
    return { seen: result && /^(?:preflight|cors)/.test(result.step) ? result.step : 'failed', received };
  }
  const { type, status, ok, redirected, url: last, headers } = result;
  return {
    seen: { type, status, ok, redirected, url: last, headers: visible(headers), body: await result.text() },
    received,
  };
}

/** Without what Chromium does differently: the preflights of redirected requests have a test of their own. */
export function comparable({ seen, received }: Ending): Ending {
  const requests = received.map((request) => {
    const { 'sec-fetch-site': _site, ...headers } = request.headers;
    return request.method === 'OPTIONS' && request.url.includes('hop=2') ? { ...request, headers } : request;
  });
  return { seen, received: requests };
}

function visible(headers: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !OF_THE_CONNECTION.test(name)));
}
