import type { Frame } from 'puppeteer-core';
import { readFile } from 'node:fs/promises';
import type { Platform } from '../../support/application.js';
import { portOf } from '../../support/listening.js';
import { startApplication } from '../matrix/application.js';
import { CLIENTS, type ClientName, type Combination, HOSTS, urlOf } from '../matrix/combination.js';
import { expectedOf, outcomesOf } from '../matrix/expectations.js';
import { type Observation, observed } from '../matrix/observation.js';
import { makeRequests, PAGE_SCRIPT } from '../matrix/page-script.js';
import { Recorder } from '../matrix/recorder.js';
import { type Client, clientsOf, originsOf, servePagesWithFrame } from '../matrix/window.js';
import { launchFirefox, type RunningFirefox, THIRD_PARTY_COOKIES } from './firefox.js';

/** The matrix of fetches and XHRs, with its pages in a window of Firefox. */
export interface FirefoxMatrix {
  /** What Firefox and the application make of the combinations, by their ids. */
  observe(combinations: readonly Combination[]): Promise<Map<string, Observation>>;
  /** What they should make of them, by `nestjs-cors/testing` and the documentation. */
  expect(combinations: readonly Combination[]): Promise<Map<string, Observation>>;
  stop(): Promise<void>;
}

export async function startFirefoxMatrix(platform: Platform): Promise<FirefoxMatrix> {
  const firefox = await launchFirefox(THIRD_PARTY_COOKIES);
  const pageServer = await servePagesWithFrame();
  const pages = originsOf(pageServer);
  const recorder = new Recorder();
  const app = await startApplication(platform, pages, recorder);
  const port = portOf(app);
  const clients = clientsOf(pages, port);
  const frames = await openFrames(firefox, clients, port);

  async function observeOne(name: ClientName, combinations: readonly Combination[]): Promise<[string, Observation][]> {
    const mine = combinations.filter(({ client }) => client === name);
    const orders = mine.map((one) => ({ url: urlOf(one, port), calls: one.calls }));
    // Playwright's frames and puppeteer's evaluate alike.
    const seen = await makeRequests(frames.get(name) as never, orders);
    return mine.map(({ id }, index) => [id, observed(seen[index] ?? [], recorder.arrivalsOf(id), id)]);
  }

  return {
    async observe(combinations) {
      const all = await Promise.all(CLIENTS.map((name) => observeOne(name, combinations)));
      return new Map(all.flat());
    },
    async expect(combinations) {
      const outcomes = await outcomesOf(combinations, { pages, clients, port, deviations: {} });
      return expectedOf(combinations, outcomes);
    },
    async stop() {
      await firefox.close();
      await app.close();
      await pageServer.close();
    },
  };
}

/** Opens a page, or a frame, of every client, after a visit to the application by each of its names. */
async function openFrames(
  { browser }: RunningFirefox,
  clients: Readonly<Record<ClientName, Client>>,
  port: number,
): Promise<Map<ClientName, Frame>> {
  const visit = await browser.newPage();
  for (const host of HOSTS) {
    await visit.goto(`http://${host}:${port}/login`);
  }
  await visit.close();
  const script = await readFile(PAGE_SCRIPT, 'utf8');
  const frames = new Map<ClientName, Frame>();
  for (const name of CLIENTS) {
    const { origin, topLevel = origin } = clients[name];
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(script);
    await page.goto(`${topLevel}/`);
    const frame = origin === 'null' ? page.frames()[1] : page.mainFrame();
    if (frame === undefined) {
      throw new Error(`The page of ${name} has no frame`);
    }
    frames.set(name, frame);
  }
  return frames;
}
