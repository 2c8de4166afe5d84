import { getHeapSpaceStatistics } from 'node:v8';
import { Controller, Get } from '@nestjs/common';
import type { CorsModuleOptions } from '../../lib/index.js';
import { type Platform, type RunningApplication, startApplication } from '../support/application.js';

/*
 * What requests leave to the old generation, in a process that does nothing else: `node --expose-gc garbage-process.ts <platform>`
 * prints the bytes for each request as JSON, without the library and with it.
 */

const ALLOWED = 'https://app.example';
const REQUESTS = 120;
/** The compiler of V8 and connections leave something, too, at times of their own: the least of some rounds counts. */
const ROUNDS = 4;

const collect = globalThis.gc as (options?: { type: 'minor' }) => void;

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

/** How much of each request collections of the young generation leave, in bytes. */
async function leftOf(app: RunningApplication, origin: string, expected: number): Promise<number> {
  const send = async () => {
    for (let sent = 1; sent <= REQUESTS; sent++) {
      const { status } = await app.from(origin, `/cats/${sent}`);
      if (status !== expected) {
        throw new Error(`The request was answered with ${status}, not with ${expected}`);
      }
      if (sent % 20 === 0) {
        collect({ type: 'minor' });
      }
    }
  };
  await send();
  let least = Infinity;
  for (let round = 1; round <= ROUNDS; round++) {
    collect();
    const before = oldGeneration();
    await send();
    least = Math.min(least, (oldGeneration() - before) / REQUESTS);
  }
  return least;
}

const CORS: CorsModuleOptions = { origin: [ALLOWED], exposedHeaders: 'all', rejectDisallowed: true, logging: 'off' };

const start = (cors: CorsModuleOptions | false) =>
  startApplication(process.argv[2] as Platform, 'NestFactory', { controllers: [CatsController], cors });

const bare = await start(false);
const app = await start(CORS);
const left = {
  without: await leftOf(bare, ALLOWED, 200),
  allowed: await leftOf(app, ALLOWED, 200),
  refused: await leftOf(app, 'https://stranger.example', 403),
};
await Promise.all([app.close(), bare.close()]);
console.log(JSON.stringify(left));
