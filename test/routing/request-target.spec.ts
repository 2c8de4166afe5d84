import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { expressPathname, hasAmbiguousPath, pathOf } from '../../lib/routing/request-target.js';
import { nastyTargets } from './nasty-targets.js';

const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/platform-express'));
const parseurl = createRequire(createRequire(require.resolve('express')).resolve('router'))('parseurl') as (request: {
  url: string;
}) => { pathname?: string | null };

/** Router.getPathname() of Express. */
function pathnameOfExpress(url: string): string | undefined {
  try {
    return parseurl({ url }).pathname ?? undefined;
  } catch {
    return undefined;
  }
}

describe('request target › path for Express', () => {
  it.each([...nastyTargets, 'http://h:99999999/p', 'http://[/p', '', 'mailto:a', '//h/p', 'http://a b/c'])(
    '%j: equals the path of parseurl',
    (target) => {
      expect(expressPathname(target)).toBe(pathnameOfExpress(target));
    },
  );

  it('any target: equals the path of parseurl', () => {
    const character = fc.constantFrom(...'/?#%:@;*aA1.\\ \t\u00a0\ufeff\u00e9[]"');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        const target = characters.join('');
        expect(expressPathname(target)).toBe(pathnameOfExpress(target));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('request target › path that servers read in several ways', () => {
  it.each(['http://h?x/cats', 'http://h?', 'HTTPS://h:1?/'])('several readings: is ambiguous: %s', (target) => {
    expect(hasAmbiguousPath(target)).toBe(true);
  });

  it.each(['/http://h?x', 'http://h/?x', 'http://h', '/a?b://c?d', '*', 'http://h#?'])(
    'one reading: is unambiguous: %s',
    (target) => {
      expect(hasAmbiguousPath(target)).toBe(false);
    },
  );
});

describe('path of a request target', () => {
  it('query or fragment: ends before it', () => {
    expect(['/a', '/a?b#c', '/a#c?b'].map(pathOf)).toEqual(['/a', '/a', '/a']);
  });
});
