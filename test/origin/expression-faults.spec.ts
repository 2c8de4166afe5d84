import { describe, expect, it } from '@jest/globals';
import { type ExpressionFault, faultsOf } from '../../lib/origin/expression-faults.js';
import { parseSerializedOrigin } from '../../lib/origin/serialized-origin.js';
import { ATTACKED } from './attacked-expressions.js';
import { CORPUS, type CorpusEntry, NEIGHBOURS } from './expression-corpus.js';

const ENTRIES = [...CORPUS, ...NEIGHBOURS, ...ATTACKED];
const WIDE: ReadonlySet<ExpressionFault['code']> = new Set([
  'unanchored-regexp',
  'unescaped-dot',
  'public-suffix',
  'wide-regexp',
]);

function verdictOf(expression: RegExp): CorpusEntry['verdict'] {
  const codes = faultsOf(expression).map(({ code }) => code);
  return codes.some((code) => WIDE.has(code)) ? 'too wide' : codes.includes('slow-regexp') ? 'slow' : 'fine';
}

const titled = (entries: readonly CorpusEntry[]) => entries.map((entry) => [String(entry.expression), entry] as const);

describe('an expression of the corpus', () => {
  it('whole corpus: has at least sixty expressions, ten of each verdict', () => {
    const verdicts = CORPUS.map(({ verdict }) => verdict);
    expect(CORPUS.length).toBeGreaterThanOrEqual(60);
    expect(ENTRIES.filter(({ verdict }) => verdict === 'slow').length).toBeGreaterThanOrEqual(10);
    expect(new Set(verdicts)).toEqual(new Set(['fine', 'slow', 'too wide']));
    expect(new Set(ENTRIES.map(({ expression }) => String(expression))).size).toBe(ENTRIES.length);
  });

  it.each(titled(ENTRIES))('each: gets the verdict that was written by hand: %s', (_, { expression, verdict }) => {
    expect(verdictOf(expression)).toBe(verdict);
  });

  it.each(titled(ENTRIES.filter(({ verdict }) => verdict !== 'too wide')))(
    'http spelt out for another machine: is insecure: %s',
    (_, { expression, http = false }) => {
      expect(faultsOf(expression).some(({ code }) => code === 'insecure-origin')).toBe(http);
    },
  );

  it.each(titled(ENTRIES))('origin that is named as allowed: matches the expression: %s', (_, { expression }) => {
    for (const { letsIn } of faultsOf(expression)) {
      if (letsIn !== undefined) {
        expect(parseSerializedOrigin(letsIn)).toBeDefined();
        expect(letsIn).toMatch(expression);
      }
    }
  });
});
