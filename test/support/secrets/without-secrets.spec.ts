import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { withoutSecrets } from '../../../lib/support/secrets/without-secrets.js';
import { LEAKS, READABLE, SECRET } from './leaks.js';

/** What may not be left of a message: the secret, its encoded form, and the longer parts of it. */
const REMAINS = new RegExp(
  ['hunTer', 'HUNTER', 'er2', 'Zq8', '8vK', Buffer.from(`app:${SECRET}`).toString('base64').slice(6, 14)].join('|'),
);

/** How a message gets into another one. */
const SURROUNDINGS: readonly (readonly [name: string, put: (message: string) => string])[] = [
  ['alone', (message) => message],
  ['in a sentence', (message) => `Error: something went wrong, ${message} (see above), and it's over`],
  ['in parentheses', (message) => `failed (${message}).`],
  ['in double quotes', (message) => `failed: "${message}"`],
  ['in single quotes', (message) => `failed: '${message}'`],
  ['in backquotes', (message) => `failed: \`${message}\``],
  ['in JSON', (message) => JSON.stringify({ level: 'error', message, host: 'db', list: [1, 2] })],
  ['in JSON in JSON', (message) => JSON.stringify({ body: JSON.stringify({ message }) })],
  ['inspected', (message) => inspect({ level: 'error', message, url: 'https://a.example' }, { breakLength: Infinity })],
  ['after an apostrophe', (message) => `it's ${message}`],
  ['after a URL', (message) => `https://a.example/x?y=z ${message}`],
  ['twice', (message) => `${message}\n${message}`],
  ['with CRLF', (message) => message.replaceAll('\n', '\r\n')],
  ['percent-encoded', (message) => `failed: ${encodeURIComponent(message)}`],
  ['percent-encoded twice', (message) => encodeURIComponent(encodeURIComponent(message))],
  ['as a form', (message) => String(new URLSearchParams({ message, page: '1' }))],
  ['in HTML', (message) => message.replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
];

describe('a string without secrets', () => {
  describe.each(SURROUNDINGS)('%s', (_, put) => {
    it.each(LEAKS)('secret: is not shown: %s', (__, message) => {
      expect(message).toMatch(REMAINS);
      expect(withoutSecrets(put(message))).not.toMatch(REMAINS);
    });
  });

  describe.each(SURROUNDINGS.slice(0, 7))('%s', (_, put) => {
    it.each(READABLE)('no secret: is not changed: %s', (message) => {
      expect(withoutSecrets(put(message))).toBe(put(message));
    });
  });

  it.each([
    ['password=x host=db', 'password=*** host=db'],
    ['{"user":"app","password":"x","host":"db"}', '{"user":"app","password":***,"host":"db"}'],
    ['Server=db;Password=a b;Database=app', 'Server=db;Password=***;Database=app'],
    ['?token=x&page=1', '?token=***&page=1'],
    ['(password=x).', '(password=***).'],
    ['password=).', 'password=***'],
    ['postgres://app:x@db/app', 'postgres://***@db/app'],
    ['app:x@tcp(db:3306)/app', '***@tcp(db:3306)/app'],
    ['Authorization: Bearer x, host: db', 'Authorization: ***, host: db'],
    ['Bearer abc123, host: db', 'Bearer ***, host: db'],
    ['a%20password%3Dx', 'a password=***'],
    ['100% of a+b %zz', '100% of a+b %zz'],
  ])('context of a secret: stays: %s', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });

  it('masked again: is the same', () => {
    const once = LEAKS.map(([, message]) => withoutSecrets(message));
    expect(once.map((text) => withoutSecrets(text))).toEqual(once);
  });

  it.each([1, 7, 60, 61, 62, 63, 64, 70])(
    'secret that the bound cuts, %i characters on: no part of it is shown',
    (shift) => {
      for (const [, message] of LEAKS) {
        const end = 'x '.repeat(8192 - 60).slice(0, 16_384 - 64 - message.length + shift);
        expect(withoutSecrets(`${end}\n${message}`)).not.toMatch(REMAINS);
      }
    },
  );

  it('string without ends of words: is bounded', () => {
    expect(withoutSecrets('x'.repeat(1_000_000))).toBe(`${'x'.repeat(16_384 - 1024)}…`);
    expect(withoutSecrets(`${'\u200B'.repeat(1_000_000)}x`)).toBe('…');
    expect(withoutSecrets('x '.repeat(1_000_000)).length).toBeLessThanOrEqual(16_385);
  });

  it.each([
    '//:x',
    'a:b@',
    '%2f',
    'eyJ',
    'AUTH ',
    'password="',
    'password={',
    'key key ',
    '\\"',
    '-----BEGIN PRIVATE KEY-----',
  ])('%j over and over: comes to an end', (fragment) => {
    for (const other of ['', '@', '"', "'", ':', 'password=', '\n', '//', '\\', 'token: ']) {
      expect(withoutSecrets(`${fragment}${other}`.repeat(5_000)).length).toBeLessThanOrEqual(50_000);
    }
  });

  it('escape sequences and invisible characters that JSON has escaped: are removed, and other escapes stay', () => {
    expect(withoutSecrets(String.raw`a\u001b[31mb\u202Ec\x00d\u00e9\x41`)).toBe(String.raw`abcd\u00e9\x41`);
  });

  it('invisible characters, escape sequences and line ends: are removed, and one kind of line end stays', () => {
    expect(withoutSecrets('a\u202Eb\u2066c\uFEFFd\u00ADe\u{E0041}f\u0007g\u001B[31mh\r\ni\u2028j\u0085k\tl')).toBe(
      'abcdefgh\ni\njk\tl'.replace('jk', 'j\nk'),
    );
  });
});
