import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { ConsolePage, customerVerdicts, ShopPage, strangerVerdicts } from './sample-02-pages.js';
import { freePorts } from '../support/listening.js';
import { SampleProcess, type SampleSettings } from './sample-process.js';

/** The tests of one adapter are one story: each goes on from the rows that the one before left in the database. */
describe.each(['Express', 'Fastify'] as const)('sample 02 on %s, in Chromium', (adapter) => {
  let browser: Browser;
  let directory: string;
  let settings: SampleSettings;
  let sample: SampleProcess;
  let acme: ShopPage;
  let globex: ShopPage;
  let admin: ConsolePage;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nestjs-cors-sample-02-'));
    browser = await launchChromium();
    const ports = await freePorts(7);
    settings = {
      script: 'start:02',
      adapter,
      environment: {
        PORTS: ports.slice(0, 4).join(),
        WEB_PORTS: ports.slice(4).join(),
        DATA_DIR: join(directory, 'rows'),
      },
    };
    sample = await SampleProcess.start(settings);
    const context = await browser.newContext();
    acme = new ShopPage(await context.newPage());
    globex = new ShopPage(await context.newPage());
    admin = new ConsolePage(await context.newPage());
  });

  afterAll(async () => {
    await sample?.stop();
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('start: prints where everything is and what to try', () => {
    expect(sample.output).toContain(`many tenants (${adapter}, four instances in one process)`);
    expect(sample.output.match(/devtools on http:\/\/localhost:\d+\/__cors\?token=[\w-]{43}\n/g)).toHaveLength(4);
    for (const name of ["acme's shop", "globex's shop", 'console', 'instance 1', 'instance 4']) {
      expect(sample.url(name)).toMatch(/^http:/);
    }
  });

  it('shop of acme: may read what is of acme on every instance, as one visitor, and nothing of globex', async () => {
    await acme.open(shopOf('acme'));
    expect(await acme.heading()).toBe("acme's shop");
    expect(await acme.standing()).toBe("All 4 instances let it read acme's orders.");
    expect(await acme.verdicts()).toEqual(customerVerdicts);
    for (const request of ['own-by-host', 'own-by-path']) {
      const visitors = await acme.visitors(request);
      expect(visitors).toHaveLength(4);
      expect(new Set(visitors).size).toBe(1);
    }
  });

  it('shop of globex: may read nothing, because its origin is in no row', async () => {
    await globex.open(shopOf('globex'));
    expect(await globex.standing()).toBe("No instance lets it read globex's orders.");
    expect(await globex.verdicts()).toEqual(strangerVerdicts);
  });

  it('signed in for a tenant: sees the origins of that tenant', async () => {
    await admin.open(sample.url('console'), 'acme');
    expect(await admin.isSignedIn()).toBe(false);
    expect(await admin.signIn('acme')).toBe('Signed in as acme.');
    expect(await admin.origins()).toEqual({ [shopOf('acme')]: 'verified' });

    await admin.choose('globex');
    expect(await admin.isSignedIn()).toBe(false);
    expect(await admin.signIn('globex')).toBe('Signed in as globex.');
    expect(await admin.origins()).toEqual({});
    expect(await admin.operatorReads()).toEqual(Array(4).fill('✓ Read 200'));
  });

  it.each([
    ['https://shop.example/', 'malformed-origin', 'Write "https://shop.example"'],
    ['http://shop.example', 'insecure-origin', '"https://shop.example"'],
    ['https://*.shop.example', 'pattern-not-allowed', 'Write each origin in full'],
    ['null', 'null-origin', 'null'],
  ])('%s: says what is wrong, and stores nothing', async (origin, code, advice) => {
    expect(await admin.add(origin)).toBe('Nothing was changed.');
    const problems = await admin.problems();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${code}\\b`));
    expect(problems[0]).toContain(advice);
    expect(await admin.origins()).toEqual({});
  });

  it('origin before its token is published: is pending, and its page refused', async () => {
    expect(await admin.add(shopOf('globex'))).toContain(`Added ${shopOf('globex')}.`);
    expect(await admin.origins()).toEqual({ [shopOf('globex')]: 'pending' });
    expect(await admin.verify(shopOf('globex'))).toBe('Nothing was changed.');
    expect((await admin.problems())[0]).toContain('ownership-not-proven');
    expect(await admin.explanation(shopOf('globex'))).toMatch(/^Instance 1: (?!Readable)/);

    await globex.open(shopOf('globex'));
    expect(await globex.verdicts()).toEqual(strangerVerdicts);
  });

  it('origin that one instance has verified: its open page may read on all instances', async () => {
    expect(await globex.publish(await admin.token(shopOf('globex')))).toContain('Published.');
    await admin.sendTo(3);
    expect(await admin.verify(shopOf('globex'))).toContain(`Verified ${shopOf('globex')}.`);
    expect(await admin.origins()).toEqual({ [shopOf('globex')]: 'verified' });

    await globex.watchUntil("All 4 instances let it read globex's orders.");
    expect(await globex.verdicts()).toEqual(customerVerdicts);
    const { hostname } = new URL(`http://globex.localhost`);
    expect(await globex.changes()).toContainEqual(
      expect.stringMatching(new RegExp(`GET ${hostname}/orders\\s+✓ Read 200 on 1, 2, 3, 4`)),
    );
    expect(await admin.explanation(shopOf('globex'))).toMatch(/^Instance 3: Readable/);
    // acme is another tenant.
    await acme.open(shopOf('acme'));
    expect(await acme.verdicts()).toEqual(customerVerdicts);
  });

  it('row that another instance removes: is refused on all instances, and the operator never', async () => {
    await admin.sendTo(2);
    expect(await admin.remove(shopOf('globex'))).toContain(`Removed ${shopOf('globex')}.`);
    expect(await admin.origins()).toEqual({});
    expect(await admin.operatorReads()).toEqual(Array(4).fill('✓ Read 200'));

    await globex.watchUntil("No instance lets it read globex's orders.");
    expect(await globex.verdicts()).toEqual(strangerVerdicts);
  });

  it('restart: rows and sessions are still there', async () => {
    expect(await admin.add('https://shop.example')).toContain('Added https://shop.example.');
    await sample.stop();
    sample = await SampleProcess.start(settings);

    await admin.open(sample.url('console'), 'globex');
    expect(await admin.origins()).toEqual({ 'https://shop.example': 'pending' });
    await acme.open(shopOf('acme'));
    expect(await acme.verdicts()).toEqual(customerVerdicts);
    expect(await admin.signOut()).toBe('Signed out.');
    expect(await admin.isSignedIn()).toBe(false);
  });

  function shopOf(tenant: string): string {
    return sample.url(`${tenant}'s shop`);
  }
});
