import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../support/application.js';

/** Bytes for each request beside what NestJS leaves. A request that is kept with its response takes half as much again. */
const MOST = 3500;

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

interface Left {
  readonly without: number;
  readonly allowed: number;
  readonly refused: number;
}

/** In a process of its own: what other tests of this one leave is collected at times of its own. */
async function leftOn(platform: string): Promise<Left> {
  const node = ['--expose-gc', '--import', pathOf('../hostile/application/register.mjs')];
  const { stdout } = await promisify(execFile)(process.execPath, [...node, pathOf('garbage-process.ts'), platform]);
  return JSON.parse(stdout) as Left;
}

describe.each(PLATFORMS)('requests that have ended (%s)', (platform) => {
  // A WeakMap whose value refers to its key keeps both, the request and all that belongs to it, until V8 collects the old generation.
  it('old generation: gets as little of them as without the library', async () => {
    const { without, allowed, refused } = await leftOn(platform);
    expect(allowed - without).toBeLessThan(MOST);
    expect(refused - without).toBeLessThan(MOST);
  }, 180_000);
});
