import { mkdirSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadReference, splitReference } from '../../../lib/entry-points/cli/module-reference.js';
import { folderOf } from '../../support/folder-of-packages.js';

const folder = folderOf({ 'c#/dist/main.mjs': 'export class AppModule {}' });

afterAll(() => folder.remove());

describe('what --module names', () => {
  it.each([
    ['dist/app.module.js#AppModule', 'dist/app.module.js', 'AppModule'],
    ['dist/app.module.js', 'dist/app.module.js', undefined],
    ['dist/app.module.js#', 'dist/app.module.js', undefined],
    ['dist\\app.module.js#AppModule', 'dist\\app.module.js', 'AppModule'],
    ['C:\\app\\dist\\app.module.js#AppModule', 'C:\\app\\dist\\app.module.js', 'AppModule'],
    ['C:\\c#\\app\\dist\\app.module.js', 'C:\\c#\\app\\dist\\app.module.js', undefined],
    ['C:\\c#\\app\\dist\\app.module.js#AppModule', 'C:\\c#\\app\\dist\\app.module.js', 'AppModule'],
    ['\\\\server\\share\\app.module.js#default', '\\\\server\\share\\app.module.js', 'default'],
    ['/srv/c#/app.module.js', '/srv/c#/app.module.js', undefined],
  ])('any platform: is a file and an export: %s', (reference, written, exportName) => {
    expect(splitReference(reference)).toEqual({ written, exportName });
  });

  it('folder with a hash or a space: is loaded', async () => {
    mkdirSync(join(folder.path, 'a b'));
    writeFileSync(join(folder.path, 'a b', 'main.cjs'), 'exports.AppModule = class {};');
    const fromHash = await loadReference(['c#', 'dist', 'main.mjs'].join(sep), folder.path);
    expect([...fromHash.exports.keys()]).toEqual(['AppModule']);
    const fromSpace = await loadReference(`a b${sep}main.cjs#AppModule`, folder.path);
    expect(fromSpace.exportName).toBe('AppModule');
  });
});
