import { canBeginWith, hasOpenScheme } from './expression-scheme.js';
import { isLoopbackHost } from './insecure-origin.js';
import { findOrigin, type MarkedText, type SearchGoal } from './origin-search.js';
import { costOf } from './regexp-cost.js';
import { isAnchored, type ReadExpression, readExpression } from './regexp-syntax.js';
import { domainsOf, hasRandomHosts, HOSTING_SUFFIXES, lookalikesOf, ownershipOf, STRANGERS } from './strangers.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/** What is unsafe about an expression. */
export interface ExpressionFault {
  readonly kind: 'unanchored' | 'unescaped-dot' | 'public-suffix' | 'too-wide' | 'insecure' | 'slow';
  /** An origin that the expression lets in and should not. */
  readonly letsIn?: string | undefined;
  /** Whether the check came to no end, so that nothing is known. */
  readonly unknown?: true;
  /** Of `too-wide`: whether every origin is let in. */
  readonly everything?: boolean;
  /** Of `too-wide`: the domains that the expression spells out. */
  readonly names?: readonly string[];
  /** Of `public-suffix`: what strangers can register names below. */
  readonly suffix?: string;
}

/**
 * Everything that is unsafe about an expression: how long it can take, and which origins of strangers it lets in. Each
 * origin that a fault names was tried with the expression itself.
 */
export function faultsOf(expression: RegExp): readonly ExpressionFault[] {
  const matcher = new RegExp(expression.source, expression.flags.replace(/[gy]/g, ''));
  try {
    return new Examination(matcher).faults();
  } catch {
    // Too large to be looked through, or of a syntax that the parser does not know yet.
    return [
      { kind: 'too-wide', unknown: true },
      { kind: 'slow', unknown: true },
    ];
  }
}

const UNENCRYPTED = ['http', 'ws', 'ftp'];

class Examination {
  /** The expression, as if it could match whole origins only. */
  readonly #whole: ReadExpression;
  /** The expression, as `test()` searches with it. */
  readonly #searched: ReadExpression;
  readonly #isAnchored: boolean;
  #dots: ReadonlySet<number> = new Set();

  constructor(readonly expression: RegExp) {
    this.#whole = readExpression(expression);
    this.#isAnchored = !expression.multiline && isAnchored(this.#whole);
    this.#searched = this.#isAnchored ? this.#whole : readExpression(expression, { anywhere: true });
  }

  faults(): readonly ExpressionFault[] {
    return [this.#unanchored(), this.#unescapedDot(), this.#tooWide(), this.#slow(), this.#insecure()].filter(
      (fault) => fault !== undefined,
    );
  }

  #unanchored(): ExpressionFault | undefined {
    if (this.#isAnchored) {
      return undefined;
    }
    const stranger = this.#knownStranger() ?? this.#stranger(this.#searched) ?? this.#otherScheme(this.#searched);
    return { kind: 'unanchored', letsIn: stranger?.letsIn };
  }

  /** A dot that can stand where an origin has one, and for another character too. */
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
    return letsIn === undefined ? undefined : { kind: 'unescaped-dot', letsIn };
  }

  #throughDot(through: number): SearchGoal {
    return {
      schemes: ['https'],
      through,
      scheme: () => true,
      accept: ({ text, marks }) => {
        const dot = marks.indexOf('d');
        return ['x', '-'].map((other) => replaced(text, dot, 1, other)).find((each) => this.#allows(each));
      },
    };
  }

  #tooWide(): ExpressionFault | undefined {
    const fault =
      (this.#isAnchored ? this.#knownStranger() : undefined) ??
      this.#stranger(this.#whole) ??
      this.#otherScheme(this.#whole);
    return fault?.kind === 'too-wide'
      ? {
          ...fault,
          everything: STRANGERS.every((each) => this.expression.test(each)),
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
      accept: ({ text }) => [text.replace('ftp', 'evil'), text].find((each) => this.#allows(each)),
    });
    return letsIn === undefined ? undefined : { kind: 'too-wide', letsIn };
  }

  #slow(): ExpressionFault | undefined {
    const cost = costOf(this.#searched);
    return cost === 'bounded' ? undefined : { kind: 'slow', ...(cost === 'unknown' && { unknown: true }) };
  }

  #insecure(): ExpressionFault | undefined {
    if (!UNENCRYPTED.some((scheme) => canBeginWith(this.#whole, `${scheme}:`))) {
      return undefined;
    }
    const letsIn = this.#find(this.#whole, {
      judge: ({ text }, isWhole) =>
        text === 'localhost' || (isWhole && isLoopbackHost(text))
          ? 'stop'
          : !isWhole && /^[0-9.]+$/.test(text)
            ? 'read-on'
            : 'found',
      schemes: [],
      scheme: ({ text }) => UNENCRYPTED.includes(text),
      accept: ({ text }) => (this.#allows(text) ? text : undefined),
    });
    return letsIn === undefined ? undefined : { kind: 'insecure', letsIn };
  }

  /** An origin of a stranger that is found in the expression. */
  #stranger(read: ReadExpression): ExpressionFault | undefined {
    let fault: Omit<ExpressionFault, 'letsIn'> = { kind: 'too-wide' };
    const letsIn = this.#find(read, {
      judge: (host, isWhole) => {
        const ownership = ownershipOf(host, isWhole);
        return ownership === undefined ? 'read-on' : ownership === 'own' ? 'stop' : 'found';
      },
      schemes: ['https', 'http'],
      scheme: ({ text }) => !hasRandomHosts(text),
      accept: (origin, host) => {
        fault =
          ownershipOf(host, true) === 'public-suffix'
            ? { kind: 'public-suffix', suffix: host.text.slice(host.text.indexOf('.') + 1) }
            : { kind: 'too-wide' };
        return variantsOf(origin, host).find((each) => this.#allows(each));
      },
    });
    return letsIn === undefined ? undefined : { ...fault, letsIn };
  }

  /** An origin of a stranger that no search is needed for. What the automaton leaves out, lookarounds, is tried here. */
  #knownStranger(): ExpressionFault | undefined {
    const letsIn = [...STRANGERS, ...lookalikesOf(this.#whole.literals)].find((each) => this.expression.test(each));
    if (letsIn !== undefined) {
      return { kind: 'too-wide', letsIn };
    }
    const suffix = HOSTING_SUFFIXES.find((each) => this.expression.test(`https://evil.${each}`));
    return suffix === undefined ? undefined : { kind: 'public-suffix', suffix, letsIn: `https://evil.${suffix}` };
  }

  #find(read: ReadExpression, goal: SearchGoal): string | undefined {
    return findOrigin(read.automaton, read.whole, { ...goal, dots: this.#dots });
  }

  #allows(origin: string): boolean {
    return parseSerializedOrigin(origin) !== undefined && this.expression.test(origin);
  }
}

/**
 * An origin with other characters where the expression leaves them open. `https://evilexample.com` reads better than
 * `https://xexample.com`, and a lookaround may refuse one of them alone.
 */
function variantsOf(origin: MarkedText, host: MarkedText): readonly string[] {
  const open = /f+/.exec(host.marks) as RegExpExecArray;
  const at = origin.text.lastIndexOf(host.text);
  const isSuffix = host.text.slice(0, open.index).includes('.');
  const plain = replaced(origin.text, at + open.index, open[0].length, 'evil');
  const spelled = [...'eaq7'].map((letter) => replaced(origin.text, at, host.text.length, filled(host, letter)));
  return [...(isSuffix ? [] : [plain]), origin.text, ...spelled];
}

function filled({ text, marks }: MarkedText, letter: string): string {
  return [...text].map((character, index) => (marks[index] === 'f' ? letter : character)).join('');
}

function replaced(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}
