import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { partnerVerdicts, SamplePage, strangerVerdicts } from './sample-page.js';
import { freePorts } from '../support/listening.js';
import { SampleProcess, type SampleSettings } from './sample-process.js';

/** The tests of one adapter are one story: each goes on from the rows that the one before left in the database. */
describe.each(['Express', 'Fastify'] as const)('sample 01 on %s, in Chromium', (adapter) => {
  let browser: Browser;
  let directory: string;
  let settings: SampleSettings;
  let sample: SampleProcess;
  let first: SamplePage;
  let second: SamplePage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nestjs-cors-sample-01-'));
    browser = await launchChromium();
    const [port, ...webPorts] = await freePorts(3);
    settings = {
      adapter,
      environment: { PORT: String(port), WEB_PORTS: webPorts.join(), DATA_DIR: join(directory, 'rows') },
    };
    sample = await SampleProcess.start(settings);
    const context = await browser.newContext();
    first = new SamplePage(await context.newPage());
    second = new SamplePage(await context.newPage());
  });

  afterAll(async () => {
    await sample?.stop();
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('start: prints which server listens, its URLs and what to try', () => {
    expect(sample.output).toContain(`rows in a database (${adapter})`);
    expect(sample.output).toContain(`first page   ${sample.firstPage}   in the database`);
    expect(sample.output).toContain(`second page  ${sample.secondPage}   not in the database`);
    expect(sample.output).toContain(`API          ${sample.api}`);
    expect(sample.output).toMatch(/devtools {5}http:\/\/localhost:\d+\/__cors\?token=[\w-]{43}\n/);
  });

  it('page that is not in the database: cannot sign in, not even without reading', async () => {
    const context = await browser.newContext();
    const page = new SamplePage(await context.newPage());
    await page.open(sample.secondPage);
    expect(await page.verdicts()).toEqual(strangerVerdicts);
    expect(await context.cookies(sample.api + '/partners')).toEqual([]);
    await context.close();
  });

  it('page in the database: may read the partner routes with their 401, 404 and 413', async () => {
    await first.open(sample.firstPage);
    expect(await first.ownOrigin()).toBe(sample.firstPage);
    expect(await first.verdicts()).toEqual(partnerVerdicts);
    expect(await first.answer('catalogue')).toBe('["anvil","bell","candle"]');
    expect(await first.answer('replace-order')).toBe('{"id":7,"quantity":3}');
    expect(await first.answer('account')).toMatch(/^\{"account":"partner \d+"\}$/);
    expect(await first.answer('unauthorized')).toContain('Sign in first');
    expect(await first.answer('missing-order')).toContain('There is no order 999');
    expect(await first.answer('too-large')).toMatch(/too large/);
  });

  it('page that is not in the database: may read only what is public', async () => {
    await second.open(sample.secondPage);
    expect(await second.ownOrigin()).toBe(sample.secondPage);
    expect(await second.origins()).toEqual([sample.firstPage]);
    expect(await second.verdicts()).toEqual(strangerVerdicts);
  });

  it('origin that no browser sends: the form says what is wrong, and stores nothing', async () => {
    expect(await second.addOrigin(`${sample.secondPage}/`)).toBe(
      `"${sample.secondPage}/" is not how a browser writes that origin. Did you mean ${sample.secondPage}?`,
    );
    expect(await second.addOrigin('shop')).toContain('"shop" is no origin');
    expect(await second.addOrigin(sample.firstPage)).toBe(`${sample.firstPage} is in the database already.`);
    expect(await second.origins()).toEqual([sample.firstPage]);
  });

  it("form that has added the second page's origin: that page may read everything, without a restart", async () => {
    expect(await second.addOrigin(sample.secondPage)).toContain(`Added ${sample.secondPage}.`);
    expect(await second.origins()).toEqual([sample.firstPage, sample.secondPage]);
    expect(await second.sendRequests()).toEqual(partnerVerdicts);
  });

  it('row that is removed: ends that access alone, without a restart', async () => {
    expect(await second.removeOrigin(sample.secondPage)).toContain(`Removed ${sample.secondPage}.`);
    expect(await second.sendRequests()).toEqual(strangerVerdicts);
    expect(await first.sendRequests()).toEqual(partnerVerdicts);
  });

  it('restart: the rows are still there', async () => {
    await second.addOrigin(sample.secondPage);
    await second.removeOrigin(sample.firstPage);
    await sample.stop();
    sample = await SampleProcess.start(settings);

    await first.open(sample.firstPage);
    expect(await first.origins()).toEqual([sample.secondPage]);
    expect(await first.verdicts()).toEqual(strangerVerdicts);
    await second.open(sample.secondPage);
    expect(await second.verdicts()).toEqual(partnerVerdicts);
  });
});
