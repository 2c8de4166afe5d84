import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../support/application.js';

const file = (path: string): string => new URL(path, import.meta.url).href;

/** What a process of its own prints: who imports packages of sockets. */
async function printedBy(...commandLine: readonly string[]): Promise<readonly string[]> {
  const loaders = ['../hostile/application/register.mjs', './imports/register.mjs'].flatMap((path) => [
    '--import',
    file(path),
  ]);
  const { stdout } = await promisify(execFile)(process.execPath, [...loaders, ...commandLine]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe.each(PLATFORMS)('an application without gateways on %s', (platform) => {
  it('boot: imports no package of sockets because of the library, and listens to no upgrade', async () => {
    const printed = await printedBy(fileURLToPath(file('./imports/main.ts')), platform);
    expect(printed.filter((line) => !line.includes('/node_modules/'))).toEqual(['upgrade listeners: 0']);
    // Nest looks for its own package, which shows that imports are seen at all.
    expect(printed.filter((line) => line.startsWith('@nestjs/websockets'))).not.toEqual([]);
    // The process compiles the library first.
  }, 180_000);
});
