import { isLoopbackHost } from './serialized-origin.js';
import { domainsOf, HOSTING_SUFFIXES, lookalikesOf, originsLike, replaced, STRANGERS } from './lookalikes.js';
import { parentsOf } from './deep-suffixes.js';
import { Effort } from './effort.js';
import { canBeginWith, ExpressionTrial, hasOpenScheme } from './expression-trial.js';
import { findOrigin, type MarkedText, type SearchGoal } from './origin-search.js';
import { isPublicSuffix } from './public-suffix.js';
import { type Cost, costOf } from './regexp-cost.js';
import { isAnchored, type ReadExpression, readExpression } from './regexp-syntax.js';
import { hasRandomHosts, isAboveSuffix, ownershipOf } from './strangers.js';

/** One fault of an expression. */
export interface ExpressionFault {
  readonly code:
    'unanchored-regexp' | 'unescaped-dot' | 'public-suffix' | 'wide-regexp' | 'slow-regexp' | 'insecure-origin';
  /** An origin that the expression allows and should not. */
  readonly letsIn?: string | undefined;
  /** `true` where the check did not end. */
  readonly unknown?: true;
  /** Of `wide-regexp`: whether every origin is allowed. */
  readonly everything?: boolean;
  /** Of `wide-regexp`: the domains that the expression spells out. */
  readonly names?: readonly string[];
  /** Of `public-suffix`: the suffix below which anyone can register names. */
  readonly suffix?: string;
}

/**
 * All faults of an expression: how long it can take, and which origins of other owners it allows. Each origin of a fault was tested
 * with the expression, or with its automaton where the expression may be slow.
 *
 * @param effort How many steps the check may take. Without an end, both faults are `unknown`.
 */
export function faultsOf(expression: RegExp, effort = Effort.for(expression)): readonly ExpressionFault[] {
  const matcher = new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''));
  try {
    return new Examination(matcher, effort).faults();
  } catch {
    // The expression is too large to check, or has a syntax that the parser does not know yet.
    return [
      { code: 'wide-regexp', unknown: true },
      { code: 'slow-regexp', unknown: true },
    ];
  }
}

const UNENCRYPTED = ['http', 'ws', 'ftp'];

class Examination {
  /** The expression as if it matched whole origins only. */
  readonly #whole: ReadExpression;
  /** The expression as `test()` searches with it. */
  readonly #searched: ReadExpression;
  readonly #isAnchored: boolean;
  readonly #cost: Cost;
  readonly #trial: ExpressionTrial;
  #dots: ReadonlySet<number> = new Set();

  constructor(
    expression: RegExp,
    readonly effort: Effort,
  ) {
    this.#whole = readExpression(expression, { effort });
    this.#isAnchored = !expression.multiline && isAnchored(this.#whole);
    this.#searched = this.#isAnchored ? this.#whole : readExpression(expression, { anywhere: true, effort });
    this.#cost = costOf(this.#searched, effort);
    this.#trial = new ExpressionTrial(expression, this.#searched, this.#cost, effort);
  }

  faults(): readonly ExpressionFault[] {
    return [this.#unanchored(), this.#unescapedDot(), this.#tooWide(), this.#slow(), this.#insecure()]
      .filter((fault) => fault !== undefined)
      .map((fault) => (this.#trial.isExact ? fault : { ...fault, letsIn: undefined }));
  }

  #unanchored(): ExpressionFault | undefined {
    if (this.#isAnchored) {
      return undefined;
    }
    const stranger = this.#knownStranger() ?? this.#stranger(this.#searched) ?? this.#otherScheme(this.#searched);
    return { code: 'unanchored-regexp', letsIn: stranger?.letsIn };
  }

  /** Finds a dot that reads a dot of an origin, and another character too. */
  #unescapedDot(): ExpressionFault | undefined {
    const found = new Map<number, string>();
    for (const { index, dot, aside } of this.#searched.automaton.steps) {
      const letsIn = dot && !aside ? this.#find(this.#searched, this.#throughDot(index)) : undefined;
      if (letsIn !== undefined) {
        found.set(index, letsIn);
      }
    }
    this.#dots = new Set(found.keys());
    const [letsIn] = found.values();
    return letsIn === undefined ? undefined : { code: 'unescaped-dot', letsIn };
  }

  #throughDot(through: number): SearchGoal {
    return {
      schemes: ['https'],
      through,
      scheme: () => true,
      accept: ({ text, marks }) => {
        const dot = marks.indexOf('d');
        return ['x', '-'].map((other) => replaced(text, dot, 1, other)).find((each) => this.#trial.allows(each));
      },
    };
  }

  #tooWide(): ExpressionFault | undefined {
    const fault =
      (this.#isAnchored ? this.#knownStranger() : undefined) ??
      this.#stranger(this.#whole) ??
      this.#otherScheme(this.#whole);
    return fault?.code === 'wide-regexp'
      ? {
          ...fault,
          everything: STRANGERS.every((each) => this.#trial.allows(each)),
          names: domainsOf(this.#whole.literals),
        }
      : fault;
  }

  #otherScheme(read: ReadExpression): ExpressionFault | undefined {
    if (!hasOpenScheme(read)) {
      return undefined;
    }
    const letsIn = this.#find(read, {
      schemes: ['evil', 'evils', 'ftp'],
      scheme: ({ marks }) => marks.includes('f'),
      accept: ({ text }) => [text.replace('ftp', 'evil'), text].find((each) => this.#trial.allows(each)),
    });
    return letsIn === undefined ? undefined : { code: 'wide-regexp', letsIn };
  }

  #slow(): ExpressionFault | undefined {
    return this.#cost === 'bounded'
      ? undefined
      : { code: 'slow-regexp', ...(this.#cost === 'unknown' && { unknown: true }) };
  }

  #insecure(): ExpressionFault | undefined {
    if (!UNENCRYPTED.some((scheme) => canBeginWith(this.#whole, `${scheme}:`))) {
      return undefined;
    }
    const letsIn = this.#find(this.#whole, {
      evaluateHost: ({ text }, isWhole) =>
        text === 'localhost' || (isWhole && isLoopbackHost(text))
          ? 'stop'
          : !isWhole && /^[0-9]+(?:\.[0-9]+){0,2}$/.test(text)
            ? 'read-on'
            : 'found',
      schemes: [],
      scheme: ({ text }) => UNENCRYPTED.includes(text),
      accept: ({ text }) => (this.#trial.allows(text) ? text : undefined),
    });
    return letsIn === undefined ? undefined : { code: 'insecure-origin', letsIn };
  }

  /** Finds an origin of another owner in the automaton. */
  #stranger(read: ReadExpression): ExpressionFault | undefined {
    let fault: Omit<ExpressionFault, 'letsIn'> = { code: 'wide-regexp' };
    const letsIn = this.#find(read, {
      evaluateHost: (host, isWhole) => {
        const ownership = ownershipOf(host, isWhole);
        return ownership === undefined
          ? 'read-on'
          : ownership === 'own'
            ? 'stop'
            : isAboveSuffix(host)
              ? 'found-above'
              : 'found';
      },
      schemes: ['https', 'http'],
      scheme: ({ text }) => !hasRandomHosts(text),
      accept: (origin, host) => {
        const stranger = originsLike(origin, host).find((each) => this.#trial.allows(each));
        fault =
          stranger !== undefined && ownershipOf(host, true) === 'public-suffix' ? belowSuffix(host, stranger) : fault;
        return stranger;
      },
    });
    return letsIn === undefined ? undefined : { ...fault, letsIn };
  }

  /** Tests well-known origins of other owners. This covers lookarounds, which the automaton lacks. */
  #knownStranger(): ExpressionFault | undefined {
    const letsIn = [...STRANGERS, ...lookalikesOf(this.#whole.literals)].find((each) => this.#trial.allows(each));
    if (letsIn !== undefined) {
      return { code: 'wide-regexp', letsIn };
    }
    const suffix = HOSTING_SUFFIXES.find((each) => this.#trial.allows(`https://evil.${each}`));
    return suffix === undefined ? undefined : { code: 'public-suffix', suffix, letsIn: `https://evil.${suffix}` };
  }

  #find(read: ReadExpression, goal: SearchGoal): string | undefined {
    return findOrigin(read.automaton, read.whole, { ...goal, dots: this.#dots }, this.effort);
  }
}

/** @param stranger An allowed origin with a host below a suffix, at any depth. */
function belowSuffix({ text }: MarkedText, stranger: string): Omit<ExpressionFault, 'letsIn'> {
  const parent = text.slice(text.indexOf('.') + 1);
  const suffix = [parent, ...parentsOf(stranger.replace(/^.*:\/\/|:[0-9]+$/g, ''))].find(isPublicSuffix);
  return { code: 'public-suffix', suffix: suffix as string };
}
