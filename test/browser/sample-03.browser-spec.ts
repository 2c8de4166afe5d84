import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { freePorts } from '../support/listening.js';
import { launchChromium } from './chromium.js';
import { allConnections, BoardConsolePage, BoardPage } from './sample-03-pages.js';
import { SampleProcess, type SampleSettings } from './sample-process.js';

/** The tests are one story: each goes on from the rows and the open pages that the one before left. */
describe('sample 03, in Chromium', () => {
  let browser: Browser;
  let directory: string;
  let settings: SampleSettings;
  let sample: SampleProcess;
  let acme: BoardPage;
  let globex: BoardPage;
  let admin: BoardConsolePage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nestjs-cors-sample-03-'));
    browser = await launchChromium();
    const ports = await freePorts(5);
    settings = {
      script: 'start:03',
      adapter: 'Express',
      environment: {
        PORTS: ports.slice(0, 2).join(),
        WEB_PORTS: ports.slice(2).join(),
        DATA_DIR: join(directory, 'rows'),
      },
    };
    sample = await SampleProcess.start(settings);
    const context = await browser.newContext();
    acme = new BoardPage(await context.newPage());
    globex = new BoardPage(await context.newPage());
    admin = new BoardConsolePage(await context.newPage());
  });

  afterAll(async () => {
    await sample?.stop();
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('start: prints where everything is and what to try', () => {
    for (const name of ["acme's board", "globex's board", 'console', 'instance 1', 'instance 2']) {
      expect(sample.url(name)).toMatch(/^http:/);
    }
    expect(sample.output.match(/devtools on http:\/\/localhost:\d+\/__cors\?token=[\w-]{43}\n/g)).toHaveLength(2);
  });

  it('each tenant: sees its orders by three transports of two instances', async () => {
    await acme.open(boardOf('acme'));
    await globex.open(boardOf('globex'));
    await admin.open(sample.url('console'));
    expect(await acme.heading()).toBe("acme's board");
    for (const board of [acme, globex]) {
      await board.waitUntil('6 of 6 connections are open.');
      await board.waitForOrders();
    }
    await admin.waitForOpen('acme', 3, 3);
    await admin.waitForOpen('globex', 3, 3);
  });

  it('origin that one instance removes: its connections are closed on both', async () => {
    expect(await admin.remove('acme')).toBe(`Removed ${boardOf('acme')}, through instance 1.`);
    await acme.waitUntil('No connection is open.');
    await admin.waitForOpen('acme', 0, 0);
    expect(await acme.latestEvents(6)).toEqual([
      'Instance 1, EventSource: The stream has ended.',
      'Instance 1, GraphQL: Closed with 1008.',
      'Instance 1, socket.io: Closed: transport close.',
      'Instance 2, EventSource: The stream has ended.',
      'Instance 2, GraphQL: Closed with 1008.',
      'Instance 2, socket.io: Closed: transport close.',
    ]);
  });

  it('removed origin: is refused however often it comes back, and the other tenant goes on', async () => {
    const received = await acme.received();
    for (let seconds = 0; seconds < 4; seconds++) {
      await globex.waitForOrders();
    }
    await globex.waitUntil('6 of 6 connections are open.');
    expect(await acme.connections()).toEqual(allConnections('closed'));
    expect(await acme.received()).toEqual(received);
    await admin.waitForOpen('globex', 3, 3);
  });

  it('origin that another instance adds again: its open page comes back', async () => {
    await admin.sendTo(2);
    expect(await admin.add('acme')).toBe(`Added ${boardOf('acme')}, through instance 2.`);
    await acme.waitUntil('6 of 6 connections are open.');
    expect(await acme.connections()).toEqual(allConnections('open'));
    await acme.waitForOrders();
    await admin.waitForOpen('acme', 3, 3);
  });

  it('restart: the rows are still there', async () => {
    expect(await admin.remove('globex')).toContain('Removed');
    await globex.waitUntil('No connection is open.');
    await sample.stop();
    sample = await SampleProcess.start(settings);

    await acme.waitUntil('6 of 6 connections are open.');
    await acme.waitForOrders();
    expect(await globex.connections()).toEqual(allConnections('closed'));
  });

  function boardOf(tenant: string): string {
    return sample.url(`${tenant}'s board`);
  }
});
