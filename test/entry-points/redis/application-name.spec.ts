import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applicationName, findName } from '../../../lib/entry-points/redis/application-name.js';

describe('the name of an application', () => {
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'nestjs-cors-name-'));
    for (const [folder, content] of [
      ['shop', '{ "name": "shop" }'],
      ['shop/dist', '{ "type": "module" }'],
      ['shop/node_modules/pm2', '{ "name": "pm2" }'],
      ['broken', '{'],
      ['odd', '{ "name": 7 }'],
    ] as const) {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, 'package.json'), content);
    }
  });

  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    ['the package above the main script', 'shop/dist/main.js', 'odd', 'shop'],
    [
      'that above the working directory, where the main script is a tool',
      'shop/node_modules/pm2/bin.js',
      'shop/dist',
      'shop',
    ],
    ['that above the working directory, where the script has none', 'broken/main.js', 'shop', 'shop'],
    ['that above the working directory, where there is no script', undefined, 'shop', 'shop'],
    ['none', 'broken/main.js', 'odd', 'unnamed'],
  ])('%s: gives the name', (_what, script, directory, name) => {
    expect(findName(script === undefined ? undefined : join(root, script), join(root, directory))).toBe(name);
  });

  it('second use: is not looked for again', () => {
    expect(applicationName()).toBe('nestjs-cors');
    expect(applicationName()).toBe('nestjs-cors');
  });
});
