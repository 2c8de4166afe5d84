import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { CorsModuleOptions } from '../../lib/index.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';

const ALLOWED = 'https://app.example';
const REQUESTS = 120;

/** Bytes for each request beside what NestJS leaves. A request that is kept with its response takes half as much again. */
const MOST = 4000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

@Controller('cats')
class CatsController {
  @Get(':id')
  find(): string {
    return 'cat';
  }
}

/** Bytes of the old generation, which V8 collects rarely and at a high price. */
function oldGeneration(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? NaN;
}

/** The compiler of V8 and connections leave something, too, at times of their own: the least of some rounds counts. */
const ROUNDS = 4;

/** How much of each request collections of the young generation leave, in bytes. */
async function leftOf(app: RunningApplication, origin: string, status: number): Promise<number> {
  const send = async (count: number) => {
    for (let sent = 1; sent <= count; sent++) {
      expect((await app.from(origin, `/cats/${sent}`)).status).toBe(status);
      if (sent % 20 === 0) {
        collect({ type: 'minor' });
      }
    }
  };
  await send(REQUESTS);
  let least = Infinity;
  for (let round = 1; round <= ROUNDS; round++) {
    collect();
    const before = oldGeneration();
    await send(REQUESTS);
    least = Math.min(least, (oldGeneration() - before) / REQUESTS);
  }
  return least;
}

const CORS: CorsModuleOptions = { origin: [ALLOWED], exposedHeaders: 'all', rejectDisallowed: true, logging: 'off' };

const start = (platform: Platform, cors: CorsModuleOptions | false) =>
  startApplication(platform, 'NestFactory', { controllers: [CatsController], cors });

describe.each(PLATFORMS)('requests that have ended (%s)', (platform) => {
  let bare: RunningApplication;
  let app: RunningApplication;

  beforeAll(async () => {
    bare = await start(platform, false);
    app = await start(platform, CORS);
  });

  afterAll(() => Promise.all([app.close(), bare.close()]));

  // A WeakMap whose value refers to its key keeps both, the request and all that belongs to it, until V8 collects the old generation.
  it('old generation: gets as little of them as without the library', async () => {
    const without = await leftOf(bare, ALLOWED, 200);
    const left = [await leftOf(app, ALLOWED, 200), await leftOf(app, 'https://stranger.example', 403)];
    left.forEach((bytes) => expect(bytes - without).toBeLessThan(MOST));
  }, 180_000);
});
