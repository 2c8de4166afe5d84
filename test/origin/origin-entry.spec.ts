import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspectOrigin } from '../../lib/origin/origin-entry.js';
import { MAX_ORIGIN_LENGTH } from '../../lib/origin/serialized-origin.js';
import { likelyOrigins, nearOrigins, urls } from './urls.js';

describe('inspectOrigin', () => {
  it('kinds of entries: are told apart', () => {
    expect(inspectOrigin('*')).toEqual({ kind: 'wildcard' });
    expect(inspectOrigin('null')).toEqual({ kind: 'null' });
    expect(inspectOrigin('https://a.example:1')).toEqual({
      kind: 'origin',
      origin: { scheme: 'https', host: 'a.example', port: 1 },
    });
    expect(inspectOrigin('https://*.a.example')).toEqual({
      kind: 'pattern',
      pattern: { scheme: 'https', subdomains: true, host: 'a.example', port: undefined },
    });
  });

  it.each([
    ['https://example.com/', 'trailing-slash', 'https://example.com'],
    ['https://Example.com/', 'trailing-slash', 'https://example.com'],
    ['https://example.com/app/', 'path', 'https://example.com'],
    ['https://example.com\\app', 'path', 'https://example.com'],
    ['https://example.com/?q#f', 'query', 'https://example.com'],
    ['https://example.com#top', 'query', 'https://example.com'],
    ['https://me:secret@example.com', 'userinfo', 'https://example.com'],
    ['HTTPS://EXAMPLE.COM', 'upper-case', 'https://example.com'],
    ['https://*.Example.com:*', 'upper-case', 'https://*.example.com:*'],
    ['https://example.com:443', 'default-port', 'https://example.com'],
    ['http://example.com:80', 'default-port', 'http://example.com'],
    ['https://*.example.com:443', 'default-port', 'https://*.example.com'],
    ['https://bücher.example', 'non-ascii', 'https://xn--bcher-kva.example'],
    ['https://*.bücher.example', 'non-ascii', 'https://*.xn--bcher-kva.example'],
    [' https://example.com\n', 'whitespace', 'https://example.com'],
    ['https://exa mple.com', 'whitespace', undefined],
    ['https://exa\nmple.com', 'whitespace', undefined],
    ['https://a.example,https://b.example', 'several-origins', undefined],
    ['https://a.example https://b.example', 'several-origins', undefined],
    ['https://a.example\nhttps://b.example', 'several-origins', undefined],
    ['example.com', 'missing-scheme', 'https://example.com'],
    ['//example.com/', 'missing-scheme', 'https://example.com'],
    ['*.example.com', 'missing-scheme', 'https://*.example.com'],
    ['localhost', 'missing-scheme', 'http://localhost'],
    ['localhost:3000', 'missing-scheme', 'http://localhost:3000'],
    ['mylocalhost:3000', 'missing-scheme', undefined],
    ['example.com//a', 'missing-scheme', 'https://example.com'],
    ['//https://example.com', 'missing-scheme', undefined],
    ['127.0.0.1', 'missing-scheme', 'http://127.0.0.1'],
    ['[::1]:8080', 'missing-scheme', 'http://[::1]:8080'],
    ['me@example.com', 'missing-scheme', undefined],
    ['all', 'missing-scheme', undefined],
    ['file:///home/me/index.html', 'opaque-origin', undefined],
    ['data:text/html,hello', 'opaque-origin', undefined],
    ['https://example.com/data:x', 'path', 'https://example.com'],
    ['https://*', 'misplaced-wildcard', undefined],
    ['https://app-*.example.com', 'misplaced-wildcard', undefined],
    ['https://*.*.example.com', 'misplaced-wildcard', undefined],
    ['https://a.example:*x', 'misplaced-wildcard', undefined],
    ['*://example.com', 'missing-scheme', undefined],
    ['https://example.com:', 'invalid-port', 'https://example.com'],
    ['https://example.com:65536', 'invalid-port', undefined],
    ['https://example.com:08080', 'invalid-port', 'https://example.com:8080'],
    ['https://a:80:443', 'default-port', undefined],
    ['http://127.1', 'ip-address', 'http://127.0.0.1'],
    ['http://[0:0::1]:8080', 'ip-address', 'http://[::1]:8080'],
    ['https://*.127.0.0.1', 'ip-address', undefined],
    ['https://a..example', 'unparsable', undefined],
    ['https://', 'unparsable', undefined],
    ['https://exa^mple.com', 'unparsable', undefined],
    ['https://exa^mple.com:65535', 'unparsable', undefined],
    ['Capacitor://LocalHost', 'upper-case', 'capacitor://localhost'],
    ['tauri://localhost/', 'trailing-slash', 'tauri://localhost'],
    ['tauri://localhost/index.html', 'path', 'tauri://localhost'],
    ['', 'empty', undefined],
    ['  ', 'empty', undefined],
    ['https://example.com/'.padEnd(MAX_ORIGIN_LENGTH, 'a'), 'path', 'https://example.com'],
    ['https://example.com/'.padEnd(MAX_ORIGIN_LENGTH + 1, 'a'), 'too-long', 'https://example.com'],
    ['https://example.com/'.padEnd(2048, 'a'), 'too-long', 'https://example.com'],
    ['https://example.com/'.padEnd(2049, 'a'), 'too-long', undefined],
    [`https://example.com/${'a'.repeat(400)}`, 'too-long', 'https://example.com'],
    [`https://example.com/${'a'.repeat(3000)}`, 'too-long', undefined],
  ] as const)('says of %j: %s, write %j', (text, reason, canonical) => {
    expect(inspectOrigin(text)).toEqual({ kind: 'malformed', reason, canonical });
  });

  it('proposal: is accepted itself', () => {
    fc.assert(
      fc.property(fc.oneof(likelyOrigins, nearOrigins, urls, fc.string({ unit: 'binary' })), (text) => {
        const inspection = inspectOrigin(text);
        const canonical = inspection.kind === 'malformed' ? inspection.canonical : undefined;
        expect(['origin', 'pattern']).toContain(inspectOrigin(canonical ?? 'https://a.example').kind);
      }),
      { numRuns: 5000 },
    );
  });

  it('any URL: proposes the origin that the URL class gives', () => {
    fc.assert(
      fc.property(urls, (text) => {
        const { origin } = new URL(text);
        const inspection = inspectOrigin(text);
        expect(inspection.kind === 'malformed' ? inspection.canonical : text).toBe(origin);
      }),
      { numRuns: 2000 },
    );
  });
});
