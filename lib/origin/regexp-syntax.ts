import type { AST } from '@eslint-community/regexpp';
import type { Effort } from './effort.js';
import { onDemand } from './on-demand.cjs';
import { LABEL_CHARACTERS, ORIGIN_CHARACTERS } from './origin-grammar.js';
import { Automaton, EMPTY, type Fragment, type Step } from './regexp-automaton.js';
import { literalsOf } from './regexp-literals.js';

/** An expression as an automaton. */
export interface ReadExpression {
  readonly automaton: Automaton;
  readonly whole: Fragment;
  /** Whether the ways to read a string cannot be counted, because a lookbehind repeats without a bound. */
  readonly uncountable: boolean;
  /** Whether the automaton reads exactly what the expression reads: no lookarounds, word boundaries, back-references. */
  readonly exact: boolean;
  /** The runs of characters that are spelled out: `example.com`. */
  readonly literals: readonly string[];
}

/** A class of this many characters is open: no author lists so many names. */
export const FREE_FROM = 10;
/** Effort to read an element. */
const ELEMENT_EFFORT = 10;

/**
 * Reads an expression into an automaton over the characters of serialized origins.
 *
 * @param options `anywhere`: the expression may begin and end within a string, as with `test()`. Default: it reads the whole.
 */
export function readExpression(
  { source, flags }: RegExp,
  { anywhere = false, effort }: { readonly anywhere?: boolean; readonly effort: Effort },
): ReadExpression {
  const reader = new ExpressionReader(flags.replace(/[gy]/g, ''), effort);
  const modes = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') };
  const pattern = new (onDemand.expressionParser().RegExpParser)().parsePattern(source, 0, source.length, modes);
  const whole = reader.read(pattern.alternatives);
  return {
    automaton: reader.automaton,
    whole: anywhere ? reader.automaton.search(whole) : whole,
    uncountable: reader.uncountable,
    exact: reader.exact,
    literals: literalsOf(pattern),
  };
}

interface Scope {
  readonly flags: string;
  readonly repeated: boolean;
  readonly open: boolean;
  readonly aside: boolean;
}

class ExpressionReader {
  readonly automaton = new Automaton();
  uncountable = false;
  exact = true;
  readonly #flags: string;
  readonly #sets = new Map<string, string>();

  constructor(
    flags: string,
    readonly effort: Effort,
  ) {
    this.#flags = flags;
  }

  read(alternatives: readonly AST.Alternative[]): Fragment {
    return this.#alternatives(alternatives, { flags: this.#flags, repeated: false, open: false, aside: false });
  }

  #alternatives(alternatives: readonly AST.Alternative[], around: Scope): Fragment {
    // Repeated alternatives spell out no name: `(?:ab|ba){30}`.
    const scope = { ...around, open: around.open || (around.repeated && alternatives.length > 1) };
    return this.automaton.choice(
      alternatives.map(({ elements }) =>
        elements.reduce((before, element) => this.automaton.sequence(before, this.#element(element, scope)), EMPTY),
      ),
    );
  }

  #element(element: AST.Element, scope: Scope): Fragment {
    // Spent here, since a repetition of nothing adds no step: `(?:){1000000}`.
    this.effort.spend(ELEMENT_EFFORT);
    switch (element.type) {
      case 'Group':
        return this.#alternatives(element.alternatives, { ...scope, flags: modified(scope.flags, element.modifiers) });
      case 'CapturingGroup':
        return this.#alternatives(element.alternatives, scope);
      case 'Quantifier':
        return this.#quantifier(element, scope);
      case 'Assertion':
        return this.#assertion(element, scope);
      case 'Backreference':
        // The group's string is not known here.
        this.exact = false;
        return this.automaton.optional(this.automaton.repetition(this.#step(ORIGIN_CHARACTERS, scope, false)));
      default:
        return this.#set(element, scope);
    }
  }

  /** One copy for each iteration: the automaton has no counters. */
  #quantifier({ element, min, max }: AST.Quantifier, scope: Scope): Fragment {
    const { automaton } = this;
    const copy = (open: boolean) =>
      this.#element(element, { ...scope, repeated: scope.repeated || max > 1, open: scope.open || open });
    let fragment = EMPTY;
    if (max === Infinity) {
      // Required iterations spell out a name; optional ones do not.
      fragment = automaton.optional(automaton.repetition(copy(true)));
    } else {
      for (let count = min; count < max; count++) {
        fragment = automaton.optional(automaton.sequence(copy(false), fragment));
      }
    }
    for (let count = 0; count < min; count++) {
      fragment = automaton.sequence(copy(false), fragment);
    }
    return fragment;
  }

  #assertion(assertion: AST.Assertion, scope: Scope): Fragment {
    switch (assertion.kind) {
      case 'start':
      case 'end':
        return this.#edge(assertion.kind, scope);
      case 'word':
        this.exact = false;
        return EMPTY;
      case 'lookahead':
      case 'lookbehind': {
        const side = assertion.kind === 'lookahead' ? 'end' : 'start';
        if (assertion.negate && this.#isAnyCharacter(assertion.alternatives, scope)) {
          return this.#edge(side, scope);
        }
        this.exact = false;
        if (side === 'start') {
          this.uncountable ||= hasOpenRepetition(assertion);
          return EMPTY;
        }
        const { first } = this.#alternatives(assertion.alternatives, { ...scope, aside: true });
        return { first, last: EMPTY.last, empty: 1 };
      }
    }
  }

  /** `(?!.)` is `$`, `(?<![^])` is `^`. */
  #isAnyCharacter(alternatives: readonly AST.Alternative[], { flags }: Scope): boolean {
    const [element, ...others] = alternatives.flatMap(({ elements }) => elements);
    return (
      alternatives.length === 1 &&
      others.length === 0 &&
      (element?.type === 'CharacterSet' || element?.type === 'CharacterClass') &&
      this.#charactersOf(element.raw, flags) === ORIGIN_CHARACTERS
    );
  }

  #edge(kind: 'start' | 'end', { aside }: Scope): Fragment {
    return this.automaton.step({ kind, characters: '', free: false, dot: false, aside });
  }

  #set(element: AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass, scope: Scope) {
    const characters = this.#charactersOfElement(element, scope.flags);
    const single = this.#step(
      characters,
      isLeftOpen(element, characters) ? { ...scope, open: true } : scope,
      element.type === 'CharacterSet' && element.kind === 'any',
    );
    const strings = stringsOf(element).map((spelled) =>
      spelled.reduce(
        (before, { raw }) =>
          this.automaton.sequence(before, this.#step(this.#charactersOf(raw, scope.flags), scope, false)),
        EMPTY,
      ),
    );
    return strings.length === 0 ? single : this.automaton.choice([single, ...strings]);
  }

  #step(characters: string, { repeated, open, aside }: Scope, isDot: boolean): Fragment {
    const free = open || characters.length >= FREE_FROM || (repeated && characters.length > 1);
    return this.automaton.step({ kind: 'character', characters, free, dot: isDot && !repeated, aside });
  }

  #charactersOfElement(element: AST.Element & AST.Node, flags: string): string {
    if (element.type === 'Character' && !flags.includes('i')) {
      const character = String.fromCodePoint(element.value);
      return ORIGIN_CHARACTERS.includes(character) ? character : '';
    }
    return this.#charactersOf(element.raw, flags);
  }

  /** Uses the engine itself, so that letter case, Unicode and nested classes are read exactly. */
  #charactersOf(raw: string, flags: string): string {
    const key = `${flags}/${raw}`;
    let characters = this.#sets.get(key);
    if (characters === undefined) {
      const set = new RegExp(`^(?:${raw})$`, flags.replace('m', ''));
      characters = [...ORIGIN_CHARACTERS].filter((character) => set.test(character)).join('');
      this.#sets.set(key, characters);
    }
    return characters;
  }
}

/** Whether an element names no characters (`\W`), or leaves open where a label ends (`[.-]`). */
function isLeftOpen(element: AST.Element, characters: string): boolean {
  return (
    (element.type === 'CharacterSet' && characters.length > 1) ||
    (element.type === 'CharacterClass' && element.negate && characters.length > 1) ||
    (characters.includes('.') && [...characters].some((each) => LABEL_CHARACTERS.includes(each)))
  );
}

/** `(?i:…)`, `(?-s:…)` */
function modified(flags: string, modifiers: AST.Modifiers | null): string {
  const raw = (side: AST.ModifierFlags | null | undefined) => side?.raw ?? '';
  const removed = raw(modifiers?.remove);
  const kept = [...flags].filter((flag) => !removed.includes(flag));
  return [...new Set([...kept, ...raw(modifiers?.add)])].join('');
}

/** The strings of `\q{…}` in a class of the `v` flag that have more than one character. */
function stringsOf(element: AST.Element): readonly (readonly AST.Character[])[] {
  const strings: AST.Character[][] = [];
  onDemand
    .expressionParser()
    .visitRegExpAST(element, { onStringAlternativeEnter: ({ elements }) => void strings.push(elements) });
  return strings;
}

function hasOpenRepetition(assertion: AST.LookaroundAssertion): boolean {
  let isOpen = false;
  onDemand.expressionParser().visitRegExpAST(assertion, {
    onQuantifierEnter: ({ max }) => void (isOpen ||= max === Infinity),
  });
  return isOpen;
}

/** Whether each way through an expression begins with `^` and ends with `$`. */
export function isAnchored({ whole }: ReadExpression): boolean {
  const begins = [...whole.first.keys()].filter(({ aside }) => !aside);
  const holds = (step: Step, kind: Step['kind']) => step.kind === kind;
  return (
    whole.empty === 0 &&
    begins.every((step) => holds(step, 'start')) &&
    [...whole.last.keys()].every((step) => holds(step, 'end'))
  );
}
