import { describe, expect, it } from '@jest/globals';
import { readRow } from '../../lib/lookup/row-reader.js';
import { CORS_PROBLEM_CODES } from '../../lib/options/problem.js';

describe('a row of a store', () => {
  it.each([
    ['a text', 'https://a.example', { text: 'https://a.example', pattern: undefined, tenant: '' }],
    [
      'an object',
      { origin: 'https://a.example', tenant: 'acme', id: 7 },
      { text: 'https://a.example', pattern: undefined, tenant: 'acme' },
    ],
    [
      'a row of every tenant, as SQL has it',
      { origin: 'http://localhost:3000', tenant: null },
      { text: 'http://localhost:3000', pattern: undefined, tenant: '' },
    ],
    [
      'a pattern',
      { origin: 'https://*.a.example:*', tenant: '' },
      {
        text: 'https://*.a.example:*',
        pattern: { scheme: 'https', subdomains: true, host: 'a.example', port: 'any' },
        tenant: '',
      },
    ],
  ])('accepted row: is read: %s', (_name, stored, read) => {
    expect(readRow(stored, 0)).toEqual(read);
  });

  it.each<[string, unknown, string, RegExp, RegExp]>([
    [
      'with a NUL',
      { origin: 'https://a.example\0' },
      'malformed-origin',
      /without whitespace and control characters; got .*\\u0000"/,
      /Write/,
    ],
    ['with a new line', { origin: 'https://a.example\nx' }, 'malformed-origin', /control characters/, /Write/],
    ['in upper case', { origin: 'https://A.example' }, 'malformed-origin', /in lower case/, /"https:\/\/a\.example"/],
    ['with a path', 'https://a.example/app', 'malformed-origin', /path/, /"https:\/\/a\.example"/],
    ['with a default port', 'https://a.example:443', 'malformed-origin', /default port/, /"https:\/\/a\.example"/],
    ['that is empty', '', 'malformed-origin', /must be an origin; got ""/, /Write/],
    [
      'that is 10 MB long',
      `https://${'a'.repeat(10_000_000)}.example`,
      'malformed-origin',
      /at most \d+ characters/,
      /Write/,
    ],
    ['that is a star', { origin: '*' }, 'wildcard-in-list', /"\*" is not an origin/, /Delete/],
    ['that is null', { origin: 'null' }, 'null-origin', /sandboxed/, /Delete/],
    [
      'that is no serialized origin',
      { origin: 'file://' },
      'nonstandard-origin',
      /no policy allows/,
      /dangerouslyAllow/,
    ],
    [
      'above a public suffix',
      { origin: 'https://*.amazonaws.com' },
      'public-suffix',
      /such as under "s3\.amazonaws\.com"/,
      /domain of your own/,
    ],
    [
      'over a hosting name',
      { origin: 'https://*.nip.io' },
      'public-suffix',
      /Anyone can register/,
      /domain of your own/,
    ],
    [
      'over a public suffix',
      { origin: 'https://*.co.uk' },
      'public-suffix',
      /Anyone can register/,
      /domain of your own/,
    ],
    [
      'over a top-level domain',
      { origin: 'https://*.com:*' },
      'public-suffix',
      /Anyone can register/,
      /domain of your own/,
    ],
    ['with a star within a label', 'https://a*.example', 'malformed-origin', /star/, /whole labels/],
    ['without an origin', {}, 'invalid-value', /undefined is not a string/, /as a string/],
    ['with a number', { origin: 7 }, 'invalid-value', /7 is not a string/, /as a string/],
    ['with an object', { origin: { host: 'a.example' } }, 'invalid-value', /an object is not a string/, /as a string/],
    ['that is no row: null', null, 'invalid-value', /undefined is not a string/, /as a string/],
    ['that is no row: a number', 5, 'invalid-value', /undefined is not a string/, /as a string/],
    ['that is no row: a list', ['https://a.example'], 'invalid-value', /undefined is not a string/, /as a string/],
    [
      'with a numeric tenant',
      { origin: 'https://a.example', tenant: 7 },
      'invalid-value',
      /tenant, 7, is no/,
      /tenant/,
    ],
    ['with a tenant that is false', { origin: 'https://a.example', tenant: false }, 'invalid-value', /false/, /tenant/],
    [
      'whose fields throw',
      {
        get origin() {
          throw new Error('lazy relation');
        },
      },
      'invalid-value',
      /cannot be read/,
      /plain objects/,
    ],
  ])('is skipped, with what to do about it: one %s', (_name, stored, code, message, hint) => {
    const skipped = readRow(stored, 3);
    expect(skipped).toEqual({
      code,
      row: '3',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(CORS_PROBLEM_CODES).toContain(code);
    expect(JSON.stringify(skipped).length).toBeLessThan(600);
    expect(JSON.stringify(skipped)).not.toMatch(/\p{Cc}/u);
  });

  it('nonstandard origin that a policy allows: is read', () => {
    expect(readRow({ origin: 'app://.', tenant: 'acme' }, 0, ['nonstandard-origin'])).toEqual({
      text: 'app://.',
      pattern: undefined,
      tenant: 'acme',
    });
    expect(readRow('app://.', 0, ['nonstandard-origin'])).toMatchObject({ tenant: '' });
    expect(readRow('null', 0, ['nonstandard-origin', 'null-origin'])).toMatchObject({ code: 'null-origin' });
  });

  it.each([
    ['its id', 17, '17'],
    ['its id, however large', 2n ** 63n, '9223372036854775808'],
    ['its id, as a text', 'row-17', '"row-17"'],
    ['its place, without one', undefined, '5'],
    ['its place, with an empty one', null, '5'],
    ['something, if the id is', { a: 1 }, 'an object'],
  ])('skipped row: is named by %s', (_name, id, row) => {
    expect(readRow({ origin: '*', id }, 5)).toMatchObject({ row });
  });
});
