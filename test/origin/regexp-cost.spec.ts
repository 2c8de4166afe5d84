import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Effort, TooMuchEffort } from '../../lib/origin/effort.js';
import { type Cost, costOf } from '../../lib/origin/regexp-cost.js';
import { readExpression } from '../../lib/origin/regexp-syntax.js';
import { ATTACKED } from './attacked-expressions.js';
import { CORPUS, NEIGHBOURS } from './expression-corpus.js';
import { degreeOf } from './recheck.js';

const TIMEOUT = 300_000;

/** From this degree on, an origin can be written that has more readings than MAX_READINGS. */
const SLOW_DEGREE = 4;
/** At this degree, one can be written where the repetitions read dots too: recheck does not know that a label has an end. */
const OPEN_DEGREE = 3;

/** What takes too many steps to be told is refused, as what is unknown. */
function costs(expression: RegExp): Cost {
  try {
    const effort = Effort.for(expression);
    return costOf(readExpression(expression, { effort }), effort);
  } catch (error) {
    expect(error).toBeInstanceOf(TooMuchEffort);
    return 'unknown';
  }
}

describe('the cost of an expression', () => {
  it(
    'whole corpus: agrees with recheck',
    () => {
      const told = [...CORPUS, ...NEIGHBOURS, ...ATTACKED]
        .map(({ expression }) => expression)
        // recheck reads neither the v flag nor what follows from a text being an origin.
        .filter(({ source, flags }) => source.startsWith('^') && source.endsWith('$') && !/[mv]/.test(flags))
        .map((expression) => ({ expression, degree: degreeOf(expression) }))
        .filter(({ degree }) => degree !== undefined);
      const differing = told.filter(
        ({ expression, degree }) =>
          degree !== OPEN_DEGREE && (costs(expression) === 'bounded') !== Number(degree) < SLOW_DEGREE,
      );
      expect(told.length).toBeGreaterThan(60);
      expect(differing).toEqual([]);
    },
    TIMEOUT,
  );

  const part: fc.Arbitrary<string> = fc.letrec<{ part: string; atom: string; group: string }>((tie) => ({
    atom: fc.constantFrom('a', 'b', '-', '[ab]', '[a-z]', '[a-z-]', '\\w', '.', '[^.]', 'ab'),
    group: fc
      .array(fc.array(tie('part'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
      .map((alternatives) => `(?:${alternatives.map((each) => each.join('')).join('|')})`),
    part: fc
      .tuple(
        fc.oneof({ depthSize: 'small' }, tie('atom'), tie('group')),
        fc.constantFrom('', '', '?', '*', '+', '{1,3}'),
      )
      .map(([what, quantifier]) => (what === 'ab' ? `(?:ab)${quantifier}` : `${what}${quantifier}`)),
  })).part;

  it(
    'generated expressions: are reported wherever recheck reports them',
    () => {
      const source = fc
        .array(part, { minLength: 1, maxLength: 4 })
        .map((parts) => `^https:\\/\\/${parts.join('')}\\.x$`);
      fc.assert(
        fc.property(source, (text) => {
          const expression = new RegExp(text);
          const degree = degreeOf(expression) ?? SLOW_DEGREE - 1;
          // Repetitions of a lower degree whose parts have several readings of their own may be slow as well.
          expect([costs(expression), degree]).toEqual([
            expect.stringMatching(
              degree === 1 ? /^(?:bounded|unknown)$/ : degree < SLOW_DEGREE ? /./ : /^(?:slow|unknown)$/,
            ),
            degree,
          ]);
        }),
        { numRuns: 40, seed: 13 },
      );
    },
    TIMEOUT,
  );
});
