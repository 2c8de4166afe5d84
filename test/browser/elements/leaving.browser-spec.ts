/// <reference lib="dom" />
import { expect, it } from '@jest/globals';
import type { FetchInit } from '../../../lib/entry-points/testing/index.js';
import { ElementExpectations } from './expectations.js';
import { offeredPolicies } from './policies.js';
import { describeElements, type Setting } from './setting.js';

/** A request that is sent without waiting for its answer, in what the policy decides. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  readonly type: string | undefined;
  readonly handled: boolean;
}

const JSON_BODY = new Blob(['{}'], { type: 'application/json' });

/** https://w3c.github.io/beacon/#sendbeacon-method: what has an unusual type needs permission. */
const BEACONS: Readonly<Record<'text' | 'json', FetchInit>> = {
  text: { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'hello' },
  json: { method: 'POST', mode: 'cors', credentials: 'include', body: JSON_BODY },
};

const KEPT_ALIVE: FetchInit = { method: 'PUT', mode: 'cors', credentials: 'include', body: JSON_BODY };

/** What reaches the application from `nestjs-cors/testing`, if the library does what the documentation promises. */
async function expectedOf(
  { application, origins }: Setting,
  urls: readonly string[],
  init: FetchInit,
): Promise<Sent[]> {
  const expectations = await ElementExpectations.start(application.origin, offeredPolicies(origins));
  const expected: Sent[] = [];
  for (const url of urls) {
    const { arrivals } = await expectations.outcomeOf(origins.app, url, init);
    for (const { method, headers, handled } of arrivals) {
      const { origin, cookie, 'content-type': type } = headers;
      expected.push({ method, url, origin, cookie, type, handled });
    }
  }
  await expectations.stop();
  return expected;
}

/** What has reached the application when as much did as was expected, and then a request that was sent after it. */
async function arrived({ application, page }: Setting, part: string, count: number): Promise<Sent[]> {
  const { arrivals, origin } = application;
  const deadline = Date.now() + 10_000;
  while (arrivals.countOf(part) < count && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await page.evaluate(
    (url) => fetch(url, { method: 'PUT' }).then(({ status }) => status),
    `${origin}/function-credentials/orders?after`,
  );
  return arrivals.takeAll(part).map(({ method, url, headers, handled }) => ({
    method,
    url: `${origin}${url}`,
    origin: headers['origin'],
    cookie: headers['cookie'],
    type: headers['content-type'],
    handled,
  }));
}

/** Requests to different URLs come in any order. */
const byUrl = (sent: readonly Sent[]) => sent.toSorted((one, other) => one.url.localeCompare(other.url));

describeElements('what a page sends without waiting for an answer', (setting) => {
  it.each(['text', 'json'] as const)('beacon of %s: reaches the handlers that it may reach', async (kind) => {
    const { application, origins, page } = setting();
    const urls = Object.keys(offeredPolicies(origins)).map(
      (name) => `${application.origin}/${name}/orders?beacon=${kind}`,
    );
    const expected = await expectedOf(setting(), urls, BEACONS[kind]);
    const taken = await page.evaluate(
      ([type, targets]) =>
        targets.map((url) =>
          navigator.sendBeacon(url, type === 'text' ? 'hello' : new Blob(['{}'], { type: 'application/json' })),
        ),
      [kind, urls] as const,
    );
    expect(taken).not.toContain(false);
    expect(byUrl(await arrived(setting(), `beacon=${kind}`, expected.length))).toEqual(byUrl(expected));
    expect(expected.filter(({ handled }) => handled).length).toBeGreaterThan(2);
    expect(expected.filter(({ handled }) => !handled).length).toBeGreaterThan(0);
  });

  it('keepalive request of a page that is gone: sends its preflight', async () => {
    const { application, origins, page } = setting();
    const urls = Object.keys(offeredPolicies(origins)).map((name) => `${application.origin}/${name}/orders?kept=alive`);
    const expected = await expectedOf(setting(), urls, KEPT_ALIVE);
    await page.evaluate((targets) => {
      addEventListener('pagehide', () => {
        for (const url of targets) {
          const headers = { 'Content-Type': 'application/json' };
          void fetch(url, { method: 'PUT', keepalive: true, credentials: 'include', headers, body: '{}' });
        }
      });
    }, urls);
    await page.goto(`${origins.app}/next`);
    expect(byUrl(await arrived(setting(), 'kept=alive', expected.length))).toEqual(byUrl(expected));
    expect(expected.filter(({ handled }) => handled)).toHaveLength(4);
  });
});
