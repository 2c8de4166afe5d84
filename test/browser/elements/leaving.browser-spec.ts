/// <reference lib="dom" />
import { expect, it } from '@jest/globals';
import { answerOf, BrowserModel, type FetchRequest, type PolicyData, requestOf } from '../model/index.js';
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

const JSON_HEADERS = [['Content-Type', 'application/json']] as const;

/** https://w3c.github.io/beacon/#sendbeacon-method: what has an unusual type needs permission. */
const BEACONS = {
  text: { method: 'POST', headers: [['Content-Type', 'text/plain;charset=UTF-8']] },
  json: { method: 'POST', mode: 'cors', unsafeRequest: true, headers: JSON_HEADERS },
} as const;

const KEPT_ALIVE = { method: 'PUT', mode: 'cors', unsafeRequest: true, headers: JSON_HEADERS } as const;

/** What reaches the application, by the standards, if the library does what it promises. */
function expectedOf(
  { application, origins }: Setting,
  url: string,
  policy: PolicyData,
  request: Partial<FetchRequest>,
) {
  const answer = { status: 200, headers: [], body: '' };
  const resource = { policy, methods: ['POST', 'PUT'], fallback: {}, answer };
  const browser = new BrowserModel((asked) => answerOf(resource, asked));
  browser.cookies.store(application.origin, ['session=1; Path=/'], { origin: application.origin });
  const { arrivals } = browser.fetch({ origin: origins.app }, requestOf(url, request));
  return arrivals.map(({ method, headers, handled }): Sent => ({
    method,
    url,
    origin: headers['origin'],
    cookie: headers['cookie'],
    type: headers['content-type'],
    handled,
  }));
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
  it.each(['text', 'json'] as const)('a %s beacon reaches the handlers that it may reach', async (kind) => {
    const { application, origins, page } = setting();
    const policies = Object.entries(offeredPolicies(origins));
    const urls = policies.map(([name]) => `${application.origin}/${name}/orders?beacon=${kind}`);
    const expected = policies.flatMap(([, policy], index) =>
      expectedOf(setting(), urls[index] as string, policy, BEACONS[kind]),
    );
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

  it('a request that is kept alive asks for permission when its page is gone already', async () => {
    const { application, origins, page } = setting();
    const policies = Object.entries(offeredPolicies(origins));
    const urls = policies.map(([name]) => `${application.origin}/${name}/orders?kept=alive`);
    const expected = policies.flatMap(([, policy], index) =>
      expectedOf(setting(), urls[index] as string, policy, KEPT_ALIVE),
    );
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
