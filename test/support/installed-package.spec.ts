import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { installedPackage, packageAround } from '../../lib/support/installed-package.js';
import { folderOf } from './folder-of-packages.js';

const folder = folderOf({
  'node_modules/driver/package.json': '{"name":"driver","version":"3.1.2","main":"cjs/index.js"}',
  'node_modules/driver/cjs/package.json': '{"type":"commonjs"}',
  'node_modules/driver/cjs/index.js': '',
  'node_modules/closed/package.json': '{"name":"closed","version":"1.0.0","exports":{".":"./index.js"}}',
  'node_modules/closed/index.js': '',
  'node_modules/broken/package.json': '{"name":',
  'node_modules/broken/index.js': '',
  'node_modules/unversioned/package.json': '{"name":"unversioned"}',
  'node_modules/unversioned/index.js': '',
});
const from = join(folder.path, 'application.js');

afterAll(() => folder.remove());

describe('the copy of a package that a file imports', () => {
  it('is found above the file that the package is loaded from', () => {
    expect(installedPackage('driver', from)).toEqual({
      version: '3.1.2',
      folder: join(folder.path, 'node_modules/driver'),
    });
  });

  it('is found where the exports of the package hide its package.json', () => {
    expect(installedPackage('closed', from)?.version).toBe('1.0.0');
  });

  it.each(['missing', 'broken', 'unversioned'])('is unknown for a package that is %s', (name) => {
    expect(installedPackage(name, from)).toBeUndefined();
  });

  it('is, without a file, the copy that the library itself imports', () => {
    expect(installedPackage('class-validator')?.folder).toMatch(/node_modules.class-validator$/);
  });

  it('is not one of another name that surrounds the file', () => {
    expect(packageAround(join(folder.path, 'node_modules/driver/cjs/index.js'), 'closed')).toBeUndefined();
  });
});
