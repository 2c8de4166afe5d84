import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS, type Platform, corsHeaders } from '../support/application.js';
import { send } from '../support/http-client.js';
import { ApplicationProcess, STARTING } from './application-process.js';
import type { Resources } from './two-applications-application.js';

const ONE = 'https://one.example';
const TWO = 'https://two.example';

let program: ApplicationProcess;

// In a process of its own: what is left over of an application can be told apart from what jest has open.
beforeAll(async () => {
  program = await ApplicationProcess.start('two-applications-application.ts');
}, STARTING);

afterAll(() => program.stop());

const start = (platform: Platform, allowed: string) => program.ask<number>('start', { platform, allowed });
const close = (port: number) => program.ask('close', port);
const resources = () => program.ask<Resources>('resources');

const from = (port: number, origin: string, path: string, headers = {}, method = 'GET') =>
  send(port, path, { method, headers: { Origin: origin, ...headers } });
const preflight = (port: number, origin: string, path: string) =>
  from(port, origin, path, { 'Access-Control-Request-Method': 'GET' }, 'OPTIONS');

/** Every way in which an application allows an origin: by its options, a decorator's lookup, a list, a guard. */
const PATHS = ['/listed', '/looked-up', '/in-a-list', '/rejecting', '/shared', '/nowhere'];

async function expectOnly(port: number, allowed: string, other: string): Promise<void> {
  for (const path of PATHS) {
    expect(corsHeaders(await from(port, allowed, path))).toMatchObject({ 'access-control-allow-origin': allowed });
    expect((await preflight(port, allowed, path)).status).toBe(204);
    expect(corsHeaders(await from(port, other, path))).toEqual({});
    expect((await preflight(port, other, path)).status).toBe(403);
  }
}

describe.each(PLATFORMS)('two applications in one process, on %s', (platform) => {
  it.each(PLATFORMS)('the other one on %s: have their own policies at the same time', async (other) => {
    const [one, two] = [await start(platform, ONE), await start(other, TWO)];
    await Promise.all([expectOnly(one, ONE, TWO), expectOnly(two, TWO, ONE)]);
    await close(one);
    await expectOnly(two, TWO, ONE);
    await close(two);
  });

  it('lookups and changes: are their own', async () => {
    const [one, two] = [await start(platform, ONE), await start(platform, TWO)];
    await from(one, ONE, '/looked-up');
    expect(await program.ask('kept', one)).toBe(1);
    expect(await program.ask('kept', two)).toBe(0);
    await program.ask('add', { port: one, origin: 'https://new.example' });
    expect(corsHeaders(await from(one, 'https://new.example', '/in-a-list'))).not.toEqual({});
    expect(corsHeaders(await from(two, 'https://new.example', '/in-a-list'))).toEqual({});
    await Promise.all([close(one), close(two)]);
  });

  it('one after the other: nothing is left of the first one', async () => {
    const first = await start(platform, ONE);
    await expectOnly(first, ONE, TWO);
    await close(first);
    const second = await start(platform, TWO);
    await expectOnly(second, TWO, ONE);
    await close(second);
  });

  it('closed: leave no timer, socket, subscription or listener', async () => {
    // Once, for what Node.js and NestJS open with the first application and keep.
    const warmUp = await start(platform, ONE);
    await expectOnly(warmUp, ONE, TWO);
    await close(warmUp);
    const before = await resources();
    for (let round = 0; round < 3; round++) {
      const port = await start(platform, ONE);
      await expectOnly(port, ONE, TWO);
      const running = await resources();
      expect(running.subscriptions).toBeGreaterThan(before.subscriptions);
      await close(port);
    }
    expect(await resources()).toEqual(before);
  });
});
