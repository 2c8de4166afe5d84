import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { type CorsModuleOptions, CorsPolicy } from '../../lib/index.js';
import { type Platform, type RunningApplication, startApplication } from '../support/application.js';
import type { Received } from '../support/http-client.js';
import { type HookWork, ObservedHook } from './observed-hook.js';

const ALLOWED = 'https://app.example';
const STRANGER = 'https://stranger.example';

@Controller('cats')
class CatsController {
  @Get()
  list(): string[] {
    return [];
  }

  @Get(':id')
  @CorsPolicy({ maxAge: 60 })
  find(): string {
    return 'cat';
  }

  @Put(':id')
  replace(): string {
    return 'cat';
  }
}

/** A request, and the status that tells that it was the one that was meant. */
type Asked = readonly [send: (app: RunningApplication) => Promise<Received>, status: number];

const REQUESTS: Readonly<Record<string, Asked>> = {
  'GET, allowed origin': [(app) => app.from(ALLOWED, '/cats/7'), 200],
  'GET, static path': [(app) => app.from(ALLOWED, '/cats'), 200],
  'GET without Origin': [(app) => app.send('/cats/7'), 200],
  'GET, refused origin': [(app) => app.from(STRANGER, '/cats/7'), 200],
  'no such route': [(app) => app.from(ALLOWED, '/dogs'), 404],
  'granted preflight': [(app) => app.preflight(ALLOWED, 'PUT', '/cats/7', 'content-type'), 204],
  'granted preflight, static path': [(app) => app.preflight(ALLOWED, 'GET', '/cats', 'content-type'), 204],
  'refused preflight': [(app) => app.preflight(STRANGER, 'PUT', '/cats/7', 'content-type'), 403],
};

/** How the origins of the application are known; the lookup answers as a database does, later, and is kept. */
const ORIGINS: Readonly<Record<string, CorsModuleOptions>> = {
  list: { origin: [ALLOWED] },
  snapshot: { originLookup: { loadOrigins: () => [ALLOWED] } },
  'cached lookup': { originLookup: { isOriginAllowed: (origin) => Promise.resolve(origin === ALLOWED) } },
};

/** Steps say something where they grow, which is for `growth.spec.ts`. */
type Most = Omit<HookWork, 'steps'>;

type Budget = readonly [platform: Platform, origins: string, request: string, most: Most];

function budget(
  platform: Platform,
  origins: string,
  request: string,
  [lookups, collections, expressions, passes, searches, headers]: readonly [
    lookups: number,
    collections: number,
    expressions: number,
    passes: number,
    searches: number,
    headers: number,
  ],
): Budget {
  // What is known in memory costs no promise, whatever it is.
  return [
    platform,
    origins,
    request,
    { lookups, collections, expressions, passes, searches, promises: 0, headers },
  ] as const;
}

/**
 * What the hook may do for a request, at most: look-ups in Maps and Sets, Maps and Sets made, expressions run, passes over
 * arrays with functions, searches of find-my-way, headers set one by one. Lower them when a change makes them lower; think twice before
 * raising one, since every request pays for it.
 */
const BUDGETS: readonly Budget[] = [
  budget('express', 'list', 'GET, allowed origin', [4, 0, 3, 1, 0, 3]),
  budget('express', 'list', 'GET, static path', [4, 0, 3, 2, 0, 3]),
  budget('express', 'list', 'GET without Origin', [3, 0, 3, 1, 0, 0]),
  budget('express', 'list', 'GET, refused origin', [4, 0, 4, 1, 0, 1]),
  budget('express', 'list', 'no such route', [4, 0, 4, 1, 0, 3]),
  budget('express', 'list', 'granted preflight', [3, 0, 0, 1, 0, 5]),
  budget('express', 'list', 'granted preflight, static path', [3, 0, 0, 1, 0, 5]),
  budget('express', 'list', 'refused preflight', [2, 0, 0, 0, 0, 2]),
  budget('express', 'snapshot', 'GET, allowed origin', [5, 0, 3, 1, 0, 3]),
  budget('express', 'snapshot', 'GET, refused origin', [5, 0, 4, 1, 0, 1]),
  budget('express', 'snapshot', 'granted preflight', [7, 0, 1, 3, 0, 5]),
  budget('express', 'cached lookup', 'GET, allowed origin', [5, 0, 3, 1, 0, 3]),
  budget('express', 'cached lookup', 'GET, refused origin', [6, 0, 4, 1, 0, 1]),
  budget('express', 'cached lookup', 'granted preflight', [7, 0, 1, 3, 0, 5]),
  budget('fastify', 'list', 'GET, allowed origin', [3, 0, 1, 1, 0, 3]),
  budget('fastify', 'list', 'GET, static path', [3, 0, 1, 1, 0, 3]),
  budget('fastify', 'list', 'GET without Origin', [2, 0, 1, 1, 0, 0]),
  budget('fastify', 'list', 'GET, refused origin', [3, 0, 2, 1, 0, 1]),
  budget('fastify', 'list', 'no such route', [2, 1, 3, 3, 1, 3]),
  budget('fastify', 'list', 'granted preflight', [3, 0, 0, 1, 0, 5]),
  budget('fastify', 'list', 'granted preflight, static path', [3, 0, 0, 1, 0, 5]),
  budget('fastify', 'list', 'refused preflight', [2, 0, 0, 0, 0, 2]),
  budget('fastify', 'snapshot', 'GET, allowed origin', [2, 0, 1, 1, 0, 3]),
  budget('fastify', 'snapshot', 'GET, refused origin', [2, 0, 2, 1, 0, 1]),
  budget('fastify', 'snapshot', 'granted preflight', [12, 2, 0, 6, 1, 5]),
  budget('fastify', 'cached lookup', 'GET, allowed origin', [2, 0, 1, 1, 0, 3]),
  budget('fastify', 'cached lookup', 'GET, refused origin', [3, 0, 2, 1, 0, 1]),
  budget('fastify', 'cached lookup', 'granted preflight', [12, 2, 0, 6, 1, 5]),
];

/** What exceeds the budget, so that a failure names it. */
function excess({ work, expressions }: ObservedHook, most: Most): object {
  const names = Object.keys(most) as (keyof Most)[];
  const exceeded = names.filter((name) => work[name] > most[name]).map((name) => [name, work[name]] as const);
  const ran = work.expressions > most.expressions ? [['ran', expressions] as const] : [];
  return Object.fromEntries([...exceeded, ...ran]);
}

describe.each([...new Set(BUDGETS.map(([platform, origins]) => `${platform}, ${origins}`))])(
  'request hook (%s) › operations per request',
  (application) => {
    const [platform, origins] = application.split(', ') as [Platform, string];
    let app: RunningApplication;
    let hook: ObservedHook;

    beforeAll(async () => {
      const cors: CorsModuleOptions = { credentials: true, logging: 'off', ...ORIGINS[origins] };
      app = await startApplication(platform, 'NestFactory', { controllers: [CatsController], cors });
      hook = new ObservedHook(app.app);
    });

    afterAll(() => app.close());

    const budgets = BUDGETS.filter(([ofPlatform, ofOrigins]) => ofPlatform === platform && ofOrigins === origins);
    it.each(budgets)('%s, %s, %s: performs at most the allowed number', async (_platform, _origins, request, most) => {
      const [send, status] = REQUESTS[request] as Asked;
      // Its answer is kept from then on.
      await send(app);
      const { requests } = hook;
      expect((await send(app)).status).toBe(status);
      expect(excess(hook, most)).toEqual({});
      expect(hook.requests).toBe(requests + 1);
    });
  },
);

describe('operation counter › lookup that is not cached', () => {
  it('promises: are counted', async () => {
    const originLookup = { isOriginAllowed: () => Promise.resolve(true) };
    const app = await startApplication('express', 'NestFactory', {
      controllers: [CatsController],
      cors: { originLookup, cache: false },
    });
    const hook = new ObservedHook(app.app);
    await app.from(ALLOWED, '/cats/7');
    expect(hook.work.promises).toBeGreaterThan(0);
    await app.close();
  });
});
