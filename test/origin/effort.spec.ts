import { describe, expect, it } from '@jest/globals';
import { listedSuffixesBelow } from '../../lib/origin/deep-suffixes.js';
import { Effort, TooMuchEffort } from '../../lib/origin/effort.js';
import { faultsOf } from '../../lib/origin/expression-faults.js';
import { HOSTING_NAMES } from '../../lib/origin/hosting-names.js';
import { isPublicSuffix, isRegistry } from '../../lib/origin/public-suffix.js';
import { ATTACKED } from './attacked-expressions.js';
import { CORPUS, NEIGHBOURS } from './expression-corpus.js';

const listed = [
  'com',
  'net',
  'aws',
  'io',
  'no',
  'org',
  'dev',
  'jp',
  'cn',
  'eu',
  'app',
  'bot',
  'at',
  'camp',
  'gg',
  'ch',
].flatMap(listedSuffixesBelow);
const escaped = (text: string) => text.replaceAll('.', '\\.');

describe('an expression over a suffix', () => {
  it('list of suffixes: has more than 360 to try', () => {
    expect(listed.length).toBeGreaterThan(360);
  });

  it.each([...listed, ...HOSTING_NAMES.map(({ name }) => name)])(
    'name that anyone can register below the suffix: is allowed, so the expression is reported: %s',
    (suffix) => {
      for (const label of [
        '[a-z0-9-]+',
        '[^.]+',
        '.*',
        '(?:[a-z0-9-]+\\.)*[a-z0-9-]+',
        'evil[a-z]*',
        '[a-z]+-preview',
      ]) {
        const expression = new RegExp(`^https://${label}\\.${escaped(suffix)}$`);
        const [fault] = faultsOf(expression);
        expect(fault?.code).toMatch(/^(?:public-suffix|wide-regexp)$/);
        expect(fault?.letsIn).toMatch(expression);
      }
    },
  );

  // Below some, each name is a suffix of its own; below others, each is registered by itself.
  const direct = [...listed, ...HOSTING_NAMES.map(({ name }) => name)].filter(
    (name) => !isPublicSuffix(`acme.${name}`) && !isRegistry(name),
  );

  it.each(direct)('name of its owner spelt out: is accepted: %s', (suffix) => {
    expect(faultsOf(new RegExp(`^https://acme-[a-z0-9-]+-team\\.${escaped(suffix)}$`))).toEqual([]);
  });
});

describe('the effort of a check', () => {
  const LIMIT = 100_000;

  it.each([
    ['repeats nothing', /^https:\/\/(?:){1000000000}\.example\.com$/],
    ['has many optional letters', /^https:\/\/a?b?c?d?e?f?g?h?i?j?k?l?m?n?o?p?q?\.vercel\.app$/],
    ['has many places with few characters', /^https:\/\/[a-i][a-i][a-i][a-i][a-i][a-i][a-i][a-i][a-i]\.com$/],
    ['repeats repetitions', /^https:\/\/(((a?){9}){9}){9}\.example\.com$/],
    ['is exponential', /^https:\/\/(.+)+\.example\.com$/],
    ['names suffixes of any depth', /^https:\/\/(.+\.)*[^.]+\.nip\.io$/],
  ])('expression that %s: is bounded', (_, expression) => {
    const effort = Effort.for(expression);
    expect(faultsOf(expression, effort)).not.toEqual([]);
    // What exceeds the limit ends there.
    expect(effort.spent).toBeLessThan(LIMIT + 100 * expression.source.length + 1_000);
  });

  it('expressions in use: stays far below its limit', () => {
    const efforts = [...CORPUS, ...NEIGHBOURS, ...ATTACKED].map(({ expression }) => {
      const effort = Effort.for(expression);
      faultsOf(expression, effort);
      return effort.spent;
    });
    expect(efforts.reduce((sum, each) => sum + each) / efforts.length).toBeLessThan(LIMIT / 10);
  });

  it('longer expression: has a higher limit, so that a list of names is read', () => {
    const names = Array.from({ length: 400 }, (_, index) => `tenant${index}`);
    expect(faultsOf(new RegExp(`^https://(?:${names.join('|')})\\.example\\.com$`))).toEqual([]);
    expect(faultsOf(new RegExp(`^https://(?:${names.join('\\.com|')}\\.com)$`))).toEqual([]);
  });

  it('limit reached: ends with an error', () => {
    const effort = new Effort(10);
    effort.spend(10);
    expect(effort.spent).toBe(10);
    expect(() => effort.spend(1)).toThrow(TooMuchEffort);
  });
});
