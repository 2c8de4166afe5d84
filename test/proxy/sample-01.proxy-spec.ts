import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SampleProcess } from '../browser/sample-process.js';
import { freePorts } from '../support/listening.js';
import { corsHeaders } from '../support/application.js';
import { send } from '../support/http-client.js';
import { Nginx } from './nginx.js';

const SEED = Number(process.env['PROXY_SEED'] ?? 20_261_121);

const PATHS = [
  '/partners/catalogue',
  '/partners/orders/7',
  '/partners/orders/8',
  '/partners/account',
  '/public/prices',
  '/internal/metrics',
  '/nowhere',
];

/** The sample says nothing of caches, and this one keeps whatever it can: 401s and 404s too. */
describe.each(['Express', 'Fastify'] as const)('sample 01 on %s behind a caching proxy', (adapter) => {
  let folder: string;
  let sample: SampleProcess;
  let nginx: Nginx<'greedy' | 'off'>;
  let clients: (string | undefined)[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestjs-cors-sample-'));
    const [port, ...webPorts] = await freePorts(3);
    sample = await SampleProcess.start({
      adapter,
      environment: { PORT: String(port), WEB_PORTS: webPorts.join(), DATA_DIR: folder },
    });
    clients = [
      sample.firstPage,
      sample.secondPage,
      'https://stranger.example',
      'null',
      `${sample.firstPage}/`,
      undefined,
    ];
    nginx = await Nginx.start(`localhost:${port}`, { greedy: { everything: true }, off: { off: true } });
  }, 180_000);
  afterAll(async () => {
    await nginx?.stop();
    await sample?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(`any origin: gets the CORS headers that the sample itself gives it (PROXY_SEED=${SEED})`, async () => {
    const step = fc.record({
      path: fc.constantFrom(...PATHS),
      origin: fc.constantFrom(...clients),
      method: fc.constantFrom('GET', 'GET', 'HEAD'),
    });
    let hits = 0;
    for (const { path, origin, method } of fc.sample(step, { seed: SEED, numRuns: 300 })) {
      const sent = { method, headers: { ...(origin !== undefined && { Origin: origin }) } };
      const uncached = await send(nginx.port('off'), path, sent);
      const proxied = await send(nginx.port('greedy'), path, sent);
      expect([path, origin, proxied.status, corsHeaders(proxied)]).toEqual([
        path,
        origin,
        uncached.status,
        corsHeaders(uncached),
      ]);
      hits += proxied.headers['x-cache-status'] === 'HIT' ? 1 : 0;
    }
    expect(hits).toBeGreaterThan(200);
  });
});
