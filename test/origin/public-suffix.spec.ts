import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { getPublicSuffix } from 'tldts';
import { listedSuffixBelow } from '../../lib/origin/deep-suffixes.js';
import { HOSTING_NAMES } from '../../lib/origin/hosting-names.js';
import { parseOriginPattern } from '../../lib/origin/origin-pattern.js';
import { coveredPublicSuffix, isPublicSuffix, publicSuffixWithin } from '../../lib/origin/public-suffix.js';

const { suffixExamples } = createRequire(import.meta.url)('../tools/suffix-examples.cjs') as {
  suffixExamples(): ReadonlyMap<string, string>;
};

function coveredBy(pattern: string): string | undefined {
  const parsed = parseOriginPattern(pattern);
  expect(parsed).toBeDefined();
  return parsed && coveredPublicSuffix(parsed);
}

describe('a pattern', () => {
  it.each([
    ['https://*.amazonaws.com', 's3.amazonaws.com'],
    ['http://*.amazonaws.com:8080', 's3.amazonaws.com'],
    ['https://*.amazonaws.com:*', 's3.amazonaws.com'],
    ['https://*.amazonaws.com.', 's3.amazonaws.com'],
    ['wss://*.amazonaws.com', 's3.amazonaws.com'],
    ['https://*.windows.net', 'web.core.windows.net'],
    ['https://*.core.windows.net', 'web.core.windows.net'],
    ['https://*.railway.app', 'up.railway.app'],
    ['https://*.s3.amazonaws.com', 's3.amazonaws.com'],
    ['https://*.xn--p1ai', 'xn--p1ai'],
    ['https://*.co.uk.', 'co.uk'],
    ['https://*.nip.io', 'nip.io'],
    ['https://*.sslip.io:*', 'sslip.io'],
    ['https://*.app.github.dev', 'app.github.dev'],
    ['https://*.github.dev', 'app.github.dev'],
    ['https://*.preview.app.github.dev', 'preview.app.github.dev'],
    ['https://*.wordpress.com', 'wordpress.com'],
    ['https://*.codesandbox.io', 'codesandbox.io'],
    ['https://*.localtunnel.me', 'localtunnel.me'],
    ['https://*.westus.azurecontainerapps.io', 'westus.azurecontainerapps.io'],
    ['https://*.azure.com', 'cloudapp.azure.com'],
    ['https://*.0.0.1.nip.io', '0.0.1.nip.io'],
    ['https://*.shop.10-0-0-1.sslip.io', 'shop.10-0-0-1.sslip.io'],
  ])('anyone can register names below %s: covers the suffix %s', (pattern, suffix) => {
    expect(coveredBy(pattern)).toBe(suffix);
  });

  it.each([
    'https://*.example.com',
    'https://*.my-bucket.s3.amazonaws.com',
    'https://*.me.github.io',
    'https://*.happyhill-70162bb9.westus.azurecontainerapps.io',
    'https://*.my-codespace.app.github.dev',
    'https://*.my-nip.io',
    'https://*.localhost',
    'https://*.localhost:*',
    'https://amazonaws.com:*',
    'https://nip.io:*',
  ])('names of one owner, %s: covers no suffix', (pattern) => {
    expect(coveredBy(pattern)).toBeUndefined();
  });
});

describe('the names above a public suffix', () => {
  it('installed list: gives the names that `node test/tools/suffix-examples.cjs` prints', () => {
    const examples = suffixExamples();
    expect(examples.size).toBeGreaterThan(400);
    expect([...examples].filter(([name]) => listedSuffixBelow(name) === undefined)).toEqual([]);
    expect([...examples].filter(([name]) => publicSuffixWithin(name) === undefined)).toEqual([]);
  });

  it('each name: has an example that is a suffix', () => {
    for (const name of suffixExamples().keys()) {
      const example = listedSuffixBelow(name) ?? '';
      expect(example.endsWith(`.${name}`)).toBe(true);
      expect(isPublicSuffix(example)).toBe(true);
    }
  });

  it('names that merely end alike: are not among them', () => {
    expect(['notamazonaws.com', 'amazonaws.com.example', 'example'].map(listedSuffixBelow)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a hosting name of our own list', () => {
  it.each(HOSTING_NAMES)('$name: is missing in the installed Public Suffix List', ({ name }) => {
    expect(getPublicSuffix(name, { allowPrivateDomains: true })).not.toBe(name);
    expect(name).toMatch(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
  });

  it.each(HOSTING_NAMES)(
    '$name: is a public suffix here, with the labels that the service adds before it',
    (hosting) => {
      const { name, between } = hosting;
      const depth = Math.min(between, 5);
      for (let labels = 0; labels <= depth; labels++) {
        expect(isPublicSuffix(`${'a.'.repeat(labels)}${name}`)).toBe(true);
      }
      expect(isPublicSuffix(`${'a.'.repeat(depth + 1)}${name}`)).toBe(between > depth);
      for (const zone of hosting.zones ?? []) {
        expect(isPublicSuffix(`${zone}.${name}`)).toBe(true);
      }
    },
  );

  it('each: is listed once, and below no other', () => {
    const names = HOSTING_NAMES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => names.some((other) => name.endsWith(`.${other}`)))).toEqual([]);
  });
});
