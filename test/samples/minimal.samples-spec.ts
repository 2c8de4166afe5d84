import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send } from '../support/http-client.js';
import { REPOSITORY, ended, Started } from './started.js';

/** What npm would link. Here it links nothing: there is no build yet when a checkout is installed. */
const COMMAND = join(REPOSITORY, 'dist/esm/entry-points/cli/main.js');
const SHOP = 'https://shop.example';
const STRANGER = 'https://other.example';

let sample: Started;
let url: string;
let port: number;

beforeAll(async () => {
  sample = await Started.script('start:00', { PORT: '0' }, /curl -i -X OPTIONS .*\n/);
  [, url = ''] = /may read (http:\/\/localhost:\d+\/orders):/.exec(sample.output) ?? [];
  port = Number(new URL(url).port);
});

afterAll(() => sample.stop());

describe('npm run start:00', () => {
  it.each([
    [SHOP, 'GET', 204, SHOP],
    [STRANGER, 'GET', 403, undefined],
    [SHOP, 'DELETE', 403, undefined],
  ])('preflight of %s for %s: is answered with %i', async (origin, method, status, allowed) => {
    const headers = { Origin: origin, 'Access-Control-Request-Method': method };
    const preflight = await send(port, '/orders', { method: 'OPTIONS', headers });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([status, allowed]);
  });
});

describe('nestjs-cors probe', () => {
  it('running sample: says what a script of each origin sees', async () => {
    const shop = await ended(COMMAND, ['probe', url, '--origin', SHOP, '--strict']);
    expect([shop.code, shop.stderr]).toEqual([0, '']);
    expect(shop.stdout).toContain('200');
    const stranger = await ended(COMMAND, ['probe', url, '--origin', STRANGER, '--strict', '--json']);
    expect(stranger.code).toBe(1);
    expect(() => JSON.parse(stranger.stdout) as unknown).not.toThrow();
  });
});

describe('nestjs-cors migrate', () => {
  it('project, from a terminal in its folder: prints its forRoot()', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-sample-'));
    try {
      mkdirSync(join(folder, 'src'));
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(join(REPOSITORY, 'node_modules/typescript'), join(folder, 'node_modules/typescript'));
      writeFileSync(
        join(folder, 'src/main.ts'),
        "const app = await NestFactory.create(AppModule);\napp.enableCors({ origin: process.env.CORS_ORIGINS?.split(',') });\n",
      );
      const { code, stdout, stderr } = await ended(COMMAND, ['migrate', '--strict'], folder);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain("origin: readOrigins(process.env.CORS_ORIGINS, 'CORS_ORIGINS'),\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
