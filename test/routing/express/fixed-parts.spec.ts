import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fixedPartsOf, isPlain, parsedParts } from '../../../lib/routing/express/fixed-parts.js';

const piece = fc.constantFrom('/', '/', '//', 'a', 'B', 'users', '/:id', '/:Name', '/:a1', '-', '.', '~', '_', '1');
const plainPath = fc
  .array(piece, { maxLength: 8 })
  .map((pieces) => pieces.join(''))
  .filter(isPlain);

describe('fixed parts of a path', () => {
  it('plain path, which is not parsed: are those that the parser gives', () => {
    fc.assert(
      fc.property(plainPath, (path) => expect(fixedPartsOf(path)).toEqual(parsedParts(path))),
      { numRuns: 500 },
    );
  });

  it.each([
    ['/users', '/users', undefined],
    ['/users/:id', undefined, '/users'],
    ['/api/v1/:id/items', undefined, '/api/v1'],
    ['/:id', undefined, undefined],
    ['/files/*path', undefined, '/files'],
    ['/users{/:id}', undefined, '/users'],
    ['/us{ers}/:id', undefined, undefined],
    ['/a/b:c', undefined, '/a'],
    ['/a\\:b', '/a:b', undefined],
  ])('path %s: are %s and %s', (path, text, prefix) => {
    expect(fixedPartsOf(path)).toEqual({ text, prefix });
  });

  it.each(['/a/:x-b', '/a/*b', '/a{/b}', '/a:b', '/é', '/a/:é'])('%s: is not plain', (path) => {
    expect(isPlain(path)).toBe(false);
  });
});
