import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { getDomain, getPublicSuffix, parse } from 'tldts';
import { PUBLIC_SUFFIX_RULES } from '../../lib/origin/public-suffix-rules.cjs';
import { listedSuffix, registrableDomain } from '../../lib/origin/suffix-list.js';

const { publicSuffixRules } = createRequire(import.meta.url)('../tools/public-suffix-rules.cjs') as {
  publicSuffixRules(): readonly string[];
};

/** Names at, below and beside every rule of the list, an arbitrary label for each wildcard. */
function namesOfRules(): readonly string[] {
  const above: string[] = [];
  const names: string[] = [];
  for (const [part, label, opened] of publicSuffixRules()
    .join()
    .matchAll(/([a-z0-9*_-]+)[+!.]?(\(?)|\)/g)) {
    if (part === ')') {
      above.shift();
    } else {
      const name = [label, ...above].join('.').replaceAll('*', 'x');
      names.push(name, `a.${name}`, `www.b.${name}`, `x${name}`, name.slice(name.indexOf('.') + 1));
      above.unshift(...(opened === '(' ? [label as string] : []));
    }
  }
  return names;
}

describe('the list of public suffixes', () => {
  it('is that of the installed tldts: test/tools/public-suffix-rules.cjs writes it', () => {
    expect(PUBLIC_SUFFIX_RULES.replaceAll('\n', '')).toBe(publicSuffixRules().join(';'));
  });

  it('any name at, below or beside a rule: agrees with tldts', () => {
    const names = namesOfRules();
    expect(names.length).toBeGreaterThan(40_000);
    const differing = names.filter((name) => {
      const registry = parse(name, { allowPrivateDomains: false, extractHostname: false });
      const listed = listedSuffix(name, false);
      return (
        getPublicSuffix(name, { allowPrivateDomains: true }) !== listedSuffix(name, true)?.suffix ||
        getDomain(name, { allowPrivateDomains: true }) !== (registrableDomain(name) ?? null) ||
        registry.publicSuffix !== listed?.suffix ||
        registry.isIcann !== listed.isRegistry
      );
    });
    expect(differing).toEqual([]);
  });

  it.each(['192.0.2.1', '[2001:db8::1]', '[::]'])('IP address such as %s: has no suffix', (address) => {
    expect(listedSuffix(address, true)).toBeUndefined();
    expect(registrableDomain(address)).toBeUndefined();
  });

  it.each([
    ['localhost', 'localhost'],
    ['printer.lan', 'lan'],
    ['a.1', '1'],
    ['a..aaa', 'aaa'],
    ['a..example', 'example'],
    ['', ''],
  ])('name without a rule, such as %j: its last label is the suffix', (name, suffix) => {
    expect(listedSuffix(name, true)?.suffix).toBe(suffix);
  });

  it('root dot: is ignored in a registrable domain', () => {
    expect(registrableDomain('shop.example.co.uk.')).toBe('example.co.uk');
  });
});
