import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAnyPattern } from '../../lib/lookup/origin-index.js';
import { parseSerializedOrigin, type SerializedOrigin } from '../../lib/origin/serialized-origin.js';
import { compileOrigins } from '../support/compile-origins.js';

const read = (origin: string) => parseSerializedOrigin(origin) as SerializedOrigin;
const label = fc.constantFrom('a', 'b', 'x-1', 'example');
const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const port = fc.constantFrom('', ':8443', ':80', ':1');
const scheme = fc.constantFrom('https', 'ws', 'foo');
const origin = fc.tuple(scheme, host, port).map(([s, h, p]) => `${s}://${h}${p}`);
const pattern = fc
  .tuple(scheme, fc.boolean(), host, fc.constantFrom('', ':8443', ':80', ':*'))
  .filter(([s, subdomains, , p]) => (subdomains || p === ':*') && !(s === 'ws' && p === ':80'))
  .map(([s, subdomains, h, p]) => `${s}://${subdomains ? '*.' : ''}${h}${p}`);

describe('the patterns that may allow an origin', () => {
  it('any origin and pattern: agree with the matcher of policies', () => {
    fc.assert(
      fc.property(
        origin.filter((each) => parseSerializedOrigin(each) !== undefined),
        pattern,
        (asked, stored) => {
          expect(isAnyPattern(read(asked), (each) => each === stored, Infinity, true)).toBe(
            compileOrigins([stored]).allows(asked),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('known longest pattern, and no pattern with `:*`: no other patterns are compared', () => {
    const compared: string[] = [];
    const note = (each: string) => {
      compared.push(each);
      return false;
    };
    expect(isAnyPattern(read(`https://${'a.'.repeat(120)}example`), note, 'a.example'.length, false)).toBe(false);
    expect(compared).toEqual(['https://*.a.example', 'https://*.example']);
    compared.length = 0;
    expect(isAnyPattern(read('https://[::1]:8443'), note, Infinity, true)).toBe(false);
    expect(compared).toEqual(['https://[::1]:*']);
  });
});
