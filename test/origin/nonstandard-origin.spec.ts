import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isNonstandardOrigin } from '../../lib/origin/nonstandard-origin.js';
import { inspectOrigin } from '../../lib/origin/origin-entry.js';
import { likelyOrigins, nearOrigins } from './urls.js';
import { compileOrigins } from '../support/compile-origins.js';

describe('a nonstandard origin', () => {
  it.each([
    'file://',
    'app://.',
    'app://',
    'app://..',
    'app://127',
    'app://.:3000',
    'capacitor://LocalHost',
    'safari-web-extension://E1F0A2B8-0C3D-4E5F-8A9B-0C1D2E3F4A5B',
    'ms-appx-web://Contoso_1a2b3c',
    'qrc://',
  ])('form of an origin: is read: %s', (value) => {
    expect(isNonstandardOrigin(value)).toBe(true);
    expect(inspectOrigin(value)).toEqual({ kind: 'nonstandard' });
    expect(compileOrigins([value]).allows(value)).toBe(true);
  });

  it.each([
    'null',
    '*',
    '',
    'https://a.example',
    'capacitor://localhost',
    'https://',
    'https://.',
    'https://A.example',
    'https://a.example:443',
    'wss://A.example',
    'ftp://.',
    'file:///',
    'file:///home/me/index.html',
    'file:',
    'FILE://',
    'App://.',
    'app://./',
    'app://a/b',
    'app://a?b',
    'app://a#b',
    'app://me@a',
    'app://*',
    'app://a,b',
    'app://a b',
    'app://a\n',
    'app://ä',
    'app://"a"',
    'app://<a>',
    'app://., https://a.example',
    '://',
    'about:blank',
    'data:,x',
    `app://${'A'.repeat(400)}`,
  ])('%j: is refused', (value) => {
    expect(isNonstandardOrigin(value)).toBe(false);
    expect(
      compileOrigins(value === 'null' || inspectOrigin(value).kind === 'origin' ? [] : [value]).allows(value),
    ).toBe(false);
  });

  it('any accepted string: ends no header, separates no values and carries no password', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearOrigins,
          likelyOrigins,
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `app://${text}`),
        ),
        (value) => {
          if (isNonstandardOrigin(value)) {
            expect(value).toMatch(/^[\x21-\x7e]{4,400}$/);
            expect(value).not.toMatch(/[\s,"\\@?#*<>]|\/\/.*\//);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
