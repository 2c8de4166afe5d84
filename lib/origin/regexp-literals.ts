import type { AST } from '@eslint-community/regexpp';
import { onDemand } from './on-demand.cjs';

/** Bounds the product of alternatives. */
const MAX_SPELLINGS = 16;

/**
 * The runs of characters that an expression spells out, without their scheme, and those within lookarounds. A group with
 * alternatives gives a run for each: `(?:a|b)\.example` is two.
 */
export function literalsOf(pattern: AST.Pattern): readonly string[] {
  const literals = new Set<string>();
  onDemand.expressionParser().visitRegExpAST(pattern, {
    onAlternativeEnter({ elements }) {
      let runs: readonly string[] = [''];
      for (const element of [...elements, undefined]) {
        const spellings = element && spellingsOf(element);
        if (spellings !== undefined && spellings.length * runs.length <= MAX_SPELLINGS) {
          runs = runs.flatMap((run) => spellings.map((spelling) => run + spelling));
        } else {
          runs.forEach((run) => literals.add(run.replace(/^.*:\/\//, '')));
          runs = spellings === undefined || spellings.length > MAX_SPELLINGS ? [''] : spellings;
        }
      }
    },
  });
  return [...literals];
}

/** Every string that an element reads; `undefined` where it leaves characters open. */
function spellingsOf(element: AST.Element): readonly string[] | undefined {
  switch (element.type) {
    case 'Character':
      return [String.fromCodePoint(element.value).toLowerCase()];
    case 'Group':
    case 'CapturingGroup': {
      const spellings = element.alternatives.map(({ elements }) => spellingsOfAll(elements));
      return spellings.every((each) => each !== undefined) ? spellings.flat() : undefined;
    }
    default:
      return undefined;
  }
}

function spellingsOfAll(elements: readonly AST.Element[]): readonly string[] | undefined {
  let all: readonly string[] = [''];
  for (const element of elements) {
    const spellings = spellingsOf(element);
    if (spellings === undefined || spellings.length * all.length > MAX_SPELLINGS) {
      return undefined;
    }
    all = all.flatMap((before) => spellings.map((spelling) => before + spelling));
  }
  return all;
}
