import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPort, MAX_ORIGIN_LENGTH, parseSerializedOrigin } from '../../lib/origin/serialized-origin.js';
import { likelyOrigins, nearOrigins, urls } from './urls.js';

const LABEL_63 = 'a'.repeat(63);
const HOST_253 = `${LABEL_63}.${LABEL_63}.${LABEL_63}.${'a'.repeat(61)}`;

describe('parseSerializedOrigin', () => {
  it.each([
    ['https://example.com', { scheme: 'https', host: 'example.com', port: undefined }],
    ['http://localhost:3000', { scheme: 'http', host: 'localhost', port: 3000 }],
    ['https://example.com:80', { scheme: 'https', host: 'example.com', port: 80 }],
    ['http://example.com:443', { scheme: 'http', host: 'example.com', port: 443 }],
    ['https://example.com.', { scheme: 'https', host: 'example.com.', port: undefined }],
    ['https://my_app.example.com', { scheme: 'https', host: 'my_app.example.com', port: undefined }],
    ['https://-a-.example.com', { scheme: 'https', host: '-a-.example.com', port: undefined }],
    ['https://xn--bcher-kva.example', { scheme: 'https', host: 'xn--bcher-kva.example', port: undefined }],
    ['https://example.1a', { scheme: 'https', host: 'example.1a', port: undefined }],
    ['http://127.0.0.1:0', { scheme: 'http', host: '127.0.0.1', port: 0 }],
    ['http://255.249.199.99:65535', { scheme: 'http', host: '255.249.199.99', port: 65_535 }],
    ['http://[::1]:8080', { scheme: 'http', host: '[::1]', port: 8080 }],
    ['https://[2001:db8::ffff]', { scheme: 'https', host: '[2001:db8::ffff]', port: undefined }],
    ['capacitor://localhost', { scheme: 'capacitor', host: 'localhost', port: undefined }],
    ['tauri://localhost', { scheme: 'tauri', host: 'localhost', port: undefined }],
    ['chrome-extension://abcdefghijklmnop', { scheme: 'chrome-extension', host: 'abcdefghijklmnop', port: undefined }],
    ['app+v1.0://a:80', { scheme: 'app+v1.0', host: 'a', port: 80 }],
  ])('origin such as %s: is read', (text, origin) => {
    expect(parseSerializedOrigin(text)).toEqual(origin);
  });

  it.each([
    ['the opaque origin', 'null'],
    ['nothing', ''],
    ['the wildcard', '*'],
    ['a host alone', 'example.com'],
    ['a scheme alone', 'https://'],
    ['an upper-case scheme', 'HTTPS://example.com'],
    ['an upper-case host', 'https://Example.com'],
    ['a trailing slash', 'https://example.com/'],
    ['a path', 'https://example.com/path'],
    ['a query', 'https://example.com?q'],
    ['a fragment', 'https://example.com#f'],
    ['a user', 'https://user@example.com'],
    ['whitespace before', ' https://example.com'],
    ['a line break after', 'https://example.com\n'],
    ['two origins', 'https://a.example https://b.example'],
    ['a host that is not ASCII', 'https://bücher.example'],
    ['a label that only looks like Punycode', 'https://xn--a.example'],
    ['an empty label', 'https://a..example'],
    ['a leading dot', 'https://.example'],
    ['a label of 64 characters', `https://${'a'.repeat(64)}.example`],
    ['a star', 'https://*.example.com'],
    ['a percent-encoded host', 'https://ex%61mple.com'],
    ["http's default port", 'http://example.com:80'],
    ["https' default port", 'https://example.com:443'],
    ["ws' default port", 'ws://example.com:80'],
    ["wss' default port", 'wss://example.com:443'],
    ["ftp's default port", 'ftp://example.com:21'],
    ['an empty port', 'https://example.com:'],
    ['a port with a leading zero', 'https://example.com:08080'],
    ['a port above 65535', 'https://example.com:65536'],
    ['a port of six digits', 'https://example.com:100000'],
    ['any port', 'https://example.com:*'],
    ['a short IPv4 address', 'http://127.1'],
    ['an IPv4 address out of range', 'http://1.2.3.256'],
    ['an IPv4 address with a leading zero', 'http://127.0.0.01'],
    ['an IPv4 address with a trailing dot', 'http://127.0.0.1.'],
    ['a hexadecimal IPv4 address', 'http://0x7f000001'],
    ['a name that ends in a number', 'http://example.1'],
    ['a name that ends in another number', 'http://example.9'],
    ['an IPv6 address that is not compressed', 'http://[0:0:0:0:0:0:0:1]'],
    ['an IPv6 address that ends in IPv4', 'http://[::127.0.0.1]'],
    ['an upper-case IPv6 address', 'http://[::FFFF]'],
    ['an IPv6 address that is none', 'http://[1::2::3]'],
    ['an IPv6 address without brackets', 'http://::1'],
    ['a file, whose origin is opaque', 'file://host'],
    ['a scheme that begins with a digit', '1http://example.com'],
  ])('value such as %s: is refused', (_, text) => {
    expect(parseSerializedOrigin(text)).toBeUndefined();
  });

  it('longest origin possible: is read, and refused with any part longer', () => {
    const longest = `${'a'.repeat(64)}://${HOST_253}.:65535`;
    expect(longest).toHaveLength(MAX_ORIGIN_LENGTH);
    expect(parseSerializedOrigin(longest)).toEqual({ scheme: 'a'.repeat(64), host: `${HOST_253}.`, port: 65_535 });
    expect(parseSerializedOrigin(`a${longest}`)).toBeUndefined();
    expect(parseSerializedOrigin(`${'a'.repeat(65)}://a`)).toBeUndefined();
    expect(parseSerializedOrigin(`https://a${HOST_253}`)).toBeUndefined();
    expect(parseSerializedOrigin(`https://${HOST_253}a`)).toBeUndefined();
    expect(parseSerializedOrigin(`https://${HOST_253}a.`)).toBeUndefined();
  });

  it('any origin that the URL standard serializes: is read, with each of its parts', () => {
    fc.assert(
      fc.property(urls, (text) => {
        const url = new URL(text);
        const origin = parseSerializedOrigin(url.origin);
        expect(origin).toEqual({
          scheme: url.protocol.slice(0, -1),
          host: url.hostname,
          port: url.port === '' ? undefined : Number(url.port),
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('any value that the URL standard serializes differently: is refused', () => {
    fc.assert(
      fc.property(fc.oneof(likelyOrigins, nearOrigins, urls), (text) => {
        const origin = parseSerializedOrigin(text);
        const special = origin !== undefined && defaultPort(origin.scheme) !== undefined;
        expect(special ? new URL(text).origin : text).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it('any header: never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), nearOrigins), (text) => {
        expect(() => parseSerializedOrigin(text)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['dots', `https://${'.'.repeat(300)}`],
    ['labels', `https://${'a.'.repeat(150)}!`],
    ['digits', `https://${'1'.repeat(300)}`],
    ['colons', `https://[${':'.repeat(300)}`],
    ['a megabyte', 'https://a'.padEnd(1_000_000, 'a.')],
  ])('many %s: take no noticeable time', (_, text) => {
    const start = performance.now();
    for (let round = 0; round < 1000; round++) {
      parseSerializedOrigin(text);
    }
    expect(performance.now() - start).toBeLessThan(500);
  });
});
