import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { PLATFORMS } from '../support/application.js';
import { type CachedApplication, startCachedApplication } from './cached.application.js';
import { Nginx } from './nginx.js';
import { ALLOWED, ALSO_ALLOWED } from './origins.js';
import { requestSequence } from './request-sequences.js';
import { SequencePlayer } from './sequence-player.js';

const SEED = Number(process.env['PROXY_SEED'] ?? 20_261_121);

/** What many a handwritten middleware looks like: right for every origin, as long as nothing keeps its answers. */
function reflectOrigin({ headers: { origin } }: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (origin === ALLOWED || origin === ALSO_ALLOWED) {
    response.setHeader('Access-Control-Allow-Origin', origin);
  }
  next();
}

/** The sequences of the other specs are worth something only if they find what is wrong where something is. */
describe.each(PLATFORMS)('the same sequences of requests, on %s', (platform) => {
  let withoutVary: CachedApplication;
  let application: CachedApplication;
  let nginx: Nginx<'forgetful' | 'ignoring'>;
  const listed = [{ path: '/goods/list', readers: 'listed' as const }];

  beforeAll(async () => {
    withoutVary = await startCachedApplication(platform, {
      withCors: false,
      configure: (app) => app.use(reflectOrigin),
    });
    application = await startCachedApplication(platform);
    nginx = await Nginx.start(application.address, {
      forgetful: { upstream: withoutVary.address },
      ignoring: { ignoreVary: true },
    });
  });
  afterAll(async () => {
    await nginx?.stop();
    await withoutVary?.close();
    await application?.close();
  });

  function problemAt(port: number, routes?: typeof listed): Promise<string> {
    const player = new SequencePlayer(port, application.origins);
    const property = fc.asyncProperty(requestSequence({ lives: 1, ...(routes && { routes }) }), player.play);
    return fc.check(property, { seed: SEED, numRuns: 20, endOnFailure: true }).then(({ errorInstance }) => {
      return errorInstance instanceof Error ? errorInstance.message : 'nothing';
    });
  }

  it('application without Vary, and no cache: find nothing', async () => {
    expect(await problemAt(withoutVary.port, listed)).toBe('nothing');
  });

  it('application without Vary behind the cache: poison it', async () => {
    expect(await problemAt(nginx.port('forgetful'), listed)).toMatch(/got (the answer to|a grant to) .*HIT/);
  });

  it('cache that ignores Vary: poison it', async () => {
    expect(await problemAt(nginx.port('ignoring'))).toMatch(/got (the answer to|a grant to) .*HIT/);
  });
});
