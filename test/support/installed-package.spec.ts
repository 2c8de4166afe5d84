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
  it('folders above the file that the package is loaded from: are searched', () => {
    expect(installedPackage('driver', from)).toEqual({
      version: '3.1.2',
      folder: join(folder.path, 'node_modules/driver'),
    });
  });

  it('exports that hide package.json: is found all the same', () => {
    expect(installedPackage('closed', from)?.version).toBe('1.0.0');
  });

  it.each(['missing', 'broken', 'unversioned'])('package that is %s: is unknown', (name) => {
    expect(installedPackage(name, from)).toBeUndefined();
  });

  it('no file: is the copy that the library itself imports', () => {
    expect(installedPackage('class-validator')?.folder).toMatch(/node_modules.class-validator$/);
  });

  it('package of another name around the file: is not taken', () => {
    expect(packageAround(join(folder.path, 'node_modules/driver/cjs/index.js'), 'closed')).toBeUndefined();
  });
});
