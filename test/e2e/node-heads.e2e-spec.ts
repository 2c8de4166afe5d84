import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Platform } from '../support/application.js';
import { calls } from './node-heads/call-arbitrary.js';
import type { Call } from './node-heads/calls.js';
import { APP, EVIL, ROUTES, type Route, complaintsAbout, ungoverned } from './node-heads/policies.js';
import { type RunningServer, cases, startBare, startBehind } from './node-heads/servers.js';
import { type Asked, type Wire, askOverHttp1, askOverHttp2 } from './node-heads/wire.js';

const seed = Number(process.env['HEADS_SEED'] ?? 1);
const numRuns = Number(process.env['HEADS_RUNS'] ?? 400);

const question = fc.record({
  route: fc.constantFrom<Route>(...ROUTES),
  method: fc.constantFrom<Asked['method']>('GET', 'GET', 'GET', 'HEAD'),
  origin: fc.constantFrom(APP, APP, EVIL, undefined),
  connection: fc.constantFrom('close', 'keep-alive'),
});

const WIRES: readonly (readonly [name: string, version: 1 | 2, platform: Platform])[] = [
  ['Express over HTTP/1.1', 1, 'express'],
  ['Fastify over HTTP/1.1', 1, 'fastify'],
  ['Fastify over HTTP/2', 2, 'fastify'],
];

/** What the calls come to, but for what the policies govern and the moment of the response. */
function shown({ heads, body }: Wire, outcomes: readonly string[] | undefined) {
  return {
    outcomes,
    heads: heads.map(({ first, lines }) => [
      first,
      ...ungoverned(lines).map(([name, value]) => `${name}: ${/^date$/i.test(name) ? '' : value}`),
    ]),
    body,
  };
}

describe.each(WIRES)(`response headers on %s, HEADS_SEED=${seed}`, (_name, version, platform) => {
  let bare: RunningServer;
  let behind: RunningServer;
  let number = 0;

  beforeAll(async () => {
    bare = await startBare(version);
    behind = await startBehind(platform, version);
  });

  afterAll(() => Promise.all([bare.close(), behind.close()]));

  async function ask(server: RunningServer, asked: Omit<Asked, 'number'>, done: readonly Call[]) {
    const id = String(++number);
    const performed = new Promise<void>((resolve) => cases.set(id, { calls: done, done: resolve }));
    const wire = await (version === 1 ? askOverHttp1 : askOverHttp2)(server.port, { ...asked, number: id }, performed);
    const { outcomes } = cases.get(id) ?? {};
    cases.delete(id);
    return { wire, shown: shown(wire, outcomes) };
  }

  async function compare(
    { route, ...asked }: { route: Route } & Omit<Asked, 'number' | 'path'>,
    done: readonly Call[],
  ) {
    const path = `/${route}`;
    const expected = await ask(bare, { ...asked, path }, done);
    // What the policy replaces anyway makes a bare HTTP/2 server fail where it has several values, or control characters.
    const given = JSON.stringify(done).toLowerCase();
    const isSingle = given.split('access-control-allow-credentials').length < 3 && !given.includes('credentials",[');
    fc.pre(version === 1 || (isSingle && !/\\(?:u0000|r|n)|" padded "/.test(given)));
    const received = await ask(behind, { ...asked, path }, done);
    expect(received.shown).toEqual(expected.shown);
    for (const [at, { first, lines }] of received.wire.heads.entries()) {
      if (!/^(?:HTTP\/1.1 )?1/.test(first)) {
        const bareLines = expected.wire.heads[at]?.lines ?? [];
        expect(complaintsAbout(lines, bareLines, route, asked.origin)).toEqual([]);
      }
    }
  }

  it('any calls of the handler: are those of a bare Node.js server, except for the headers of the policy', async () => {
    await fc.assert(fc.asyncProperty(question, calls, compare), {
      seed,
      numRuns,
      interruptAfterTimeLimit: 30_000,
      markInterruptAsFailure: true,
    });
  }, 120_000);
});
