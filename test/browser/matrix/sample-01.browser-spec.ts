import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import type { WireRequest } from '../documented/index.js';
import { freePorts } from '../../support/listening.js';
import { SampleProcess } from '../sample-process.js';
import { openNormalWindow, type Window } from '../testing-client.profile.js';
import { CHROMIUM } from './deviations.js';
import { Expectations } from './expectations.js';
import { makeRequests, PAGE_SCRIPT } from './page-script.js';
import { CALLS, PATHS, sampleResource } from './sample-01.world.js';
import type { Client } from './window.js';

const CLIENTS = ['first page', 'frame of the first page', 'second page', 'API itself'] as const;
const REQUESTS = PATHS.flatMap((path) => Object.entries(CALLS).map(([title, call]) => ({ path, title, call })));
const COMBINATIONS = CLIENTS.flatMap((client) => REQUESTS.map(({ path, title }) => [client, title, path] as const));

describe.each(['Express', 'Fastify'] as const)('sample 01 on %s, asked by', (adapter) => {
  let directory: string;
  let window: Window;
  let sample: SampleProcess;
  const observed = new Map<string, string>();
  const expected = new Map<string, string>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nestjs-cors-matrix-'));
    const [port, ...webPorts] = await freePorts(3);
    const environment = { PORT: String(port), WEB_PORTS: webPorts.join(), DATA_DIR: join(directory, 'rows') };
    sample = await SampleProcess.start({ adapter, environment });
    window = await openNormalWindow();
    await window.context.addInitScript({ path: PAGE_SCRIPT });
    const { firstPage: first, secondPage: second, api } = sample;
    const resourceOf = (request: WireRequest) => sampleResource(request, { first, second });
    const expectations = await Expectations.start([api], resourceOf, CHROMIUM);
    const clients: Record<(typeof CLIENTS)[number], Client> = {
      'first page': { origin: first },
      'frame of the first page': { origin: 'null', topLevel: first },
      'second page': { origin: second },
      'API itself': { origin: api },
    };
    // One page after the other: they share their cookies.
    for (const name of CLIENTS) {
      const page = await window.context.newPage();
      // A path that has no script of its own.
      await page.goto(`${clients[name].topLevel ?? clients[name].origin}/no-such-path`);
      const frame = clients[name].origin === 'null' ? await sandboxIn(page) : page.mainFrame();
      const orders = REQUESTS.map(({ path, call: init }) => ({
        url: api + path,
        calls: [{ via: 'fetch', init }] as const,
      }));
      const seen = await makeRequests(frame, orders);
      for (const [index, { path, title, call: init }] of REQUESTS.entries()) {
        const key = `${name} ${title} ${path}`;
        const got = seen[index]?.[0];
        observed.set(key, got === undefined ? 'nothing' : `${got.type} ${got.status}`);
        const { result } = await expectations.outcomeOf(clients[name].origin, api + path, { via: 'fetch', init });
        expected.set(key, result?.kind === 'response' ? `${result.type} ${result.status}` : 'nothing');
      }
    }
    await expectations.stop();
  });

  afterAll(async () => {
    await window?.close();
    await sample?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(COMBINATIONS)('the %s: %s, for %s', (client, title, path) => {
    const key = `${client} ${title} ${path}`;
    expect(observed.get(key)).toBe(expected.get(key));
  });
});

/** A sandboxed frame, whose origin is opaque. */
async function sandboxIn(page: Page): Promise<Frame> {
  await page.setContent('<iframe sandbox="allow-scripts" srcdoc="<title>frame</title>"></iframe>');
  return page.frames()[1] as Frame;
}
