import { describe, expect, it } from '@jest/globals';
import { isSameOrigin } from '../../lib/fetch/same-origin.js';

describe('isSameOrigin()', () => {
  it.each([
    ['what the browser calls so', 'https://a.example', { 'sec-fetch-site': 'same-origin' }, 'b.example', true],
    ['nothing that claims to be of no site', 'https://a.example', { 'sec-fetch-site': 'none' }, 'a.example', false],
    ['not another site', 'https://a.example', { 'sec-fetch-site': 'cross-site' }, 'a.example', false],
    ['not another origin of the same site', 'https://a.example', { 'sec-fetch-site': 'same-site' }, 'a.example', false],
    ['the same host', 'https://a.example', {}, 'a.example', true],
    ['the same host behind TLS', 'http://a.example', {}, 'a.example', true],
    ['the same host in another case', 'https://a.example', {}, 'A.Example', true],
    ['the same host and port', 'https://a.example:8443', {}, 'a.example:8443', true],
    ['the same host with the default port of https', 'https://a.example', {}, 'a.example:443', true],
    ['the same host with the default port of http', 'http://a.example', {}, 'a.example:80', true],
    ['not the default port of the other scheme', 'http://a.example', {}, 'a.example:443', false],
    ['not another port', 'https://a.example:8443', {}, 'a.example', false],
    ['not another host', 'https://a.example', {}, 'b.example', false],
    ['not a longer host', 'https://a.example', {}, 'a.example.org', false],
    ['not an opaque origin', 'null', {}, 'null', false],
    ['not another scheme', 'app://a.example', {}, 'a.example', false],
    ['not what only contains such an origin', 'ahttps://a.example', {}, '/a.example', false],
    ['not an empty host', 'https://', {}, '', false],
    ['not an unknown host', 'https://a.example', {}, undefined, false],
  ] as const)('same origin: %s', (_name, origin, headers, host, same) => {
    expect(isSameOrigin(origin, headers, host)).toBe(same);
  });
});
