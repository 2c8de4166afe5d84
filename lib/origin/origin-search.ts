import { LABEL_CHARACTERS } from './origin-alphabet.js';
import type { Automaton, Fragment, Step } from './regexp-automaton.js';
import { parseSerializedOrigin } from './serialized-origin.js';

/** An origin, or the end of one, with a mark for each character. */
export interface MarkedText {
  readonly text: string;
  /** For each character of `text`: `f` where the author of the expression left it open, `l` where it is spelled out. */
  readonly marks: string;
}

/** What a search for an origin that an expression lets in is about. */
export interface SearchGoal {
  /**
   * Looks at the end of a host, from a label's beginning on: `example.com`, when a dot or the scheme comes before it.
   * Absent: any host will do.
   */
  readonly judge?: (host: MarkedText, isWhole: boolean) => 'found' | 'read-on' | 'stop';
  /** Whether a scheme will do. */
  readonly scheme: (scheme: MarkedText) => boolean;
  /** Schemes to try where the expression leaves the scheme open. */
  readonly schemes: readonly string[];
  /** Index of a step that has to read a dot, which is marked `d`. */
  readonly through?: number;
  /** Indexes of steps that are meant to read nothing but a dot. */
  readonly dots?: ReadonlySet<number>;
  /** Takes an origin, or has the search go on. */
  readonly accept: (origin: MarkedText, host: MarkedText) => string | undefined;
}

type Place =
  | 'end'
  | 'port'
  | 'host'
  | 'tail'
  | 'tail-dot'
  | 'rest'
  | 'rest-dot'
  | 'address'
  | 'bracket'
  | 'slash'
  | 'colon'
  | 'scheme';

interface State extends MarkedText {
  readonly step: Step;
  readonly place: Place;
  /** Where the host ends, counted from the end of the text. */
  readonly port: number;
  /** What was judged; the part of the host that is not judged yet is all of it. */
  readonly host: MarkedText;
  readonly passed: boolean;
}

const MAX_STATES = 20_000;
const UNFINISHED: ReadonlySet<Place> = new Set(['tail', 'tail-dot', 'address']);
/** Top-level domains to try where the expression leaves them open. */
const TOP_LEVEL = ['com', 'net', 'io', 'tk', 'dev'];
const LETTERS_FIRST = 'xabcdefghijklmnopqrstuvwyz0123456789-_';
const DIGITS = /[0-9]/;
const IN_ADDRESS = /[0-9a-f:]/;
const SCHEME_CHARACTER = /[a-z0-9+.-]/;

/** Thrown where an expression has more ends than are worth looking at. */
export class SearchTooLong extends Error {}

/**
 * Looks for an origin that an expression may let in, from its end to its beginning, because a host belongs to whoever
 * registered its end. What the automaton leaves out (lookarounds, word boundaries) is for `accept` to try.
 */
export function findOrigin(automaton: Automaton, whole: Fragment, goal: SearchGoal): string | undefined {
  const beginnings = automaton.beginnings(whole);
  const seen = new Set<string>();
  const none: MarkedText = { text: '', marks: '' };
  let layer: State[] = [];
  const visit = (step: Step, from: Omit<State, 'step'>) => {
    for (const state of readings(step, from, goal)) {
      const key = keyOf(state, goal);
      if (!seen.has(key)) {
        seen.add(key);
        layer.push(state);
      }
    }
  };
  const first = { ...none, place: 'end', port: 0, host: none, passed: goal.through === undefined } as const;
  automaton.endings(whole).forEach((_, step) => visit(step, first));
  while (layer.length > 0) {
    const current = layer;
    layer = [];
    for (const state of current) {
      const found = beginnings.has(state.step) ? finished(state, goal) : undefined;
      if (found !== undefined) {
        return found;
      }
      automaton.previous(state.step).forEach((_, step) => visit(step, state));
    }
    if (seen.size > MAX_STATES) {
      throw new SearchTooLong();
    }
  }
  return undefined;
}

function finished(state: State, goal: SearchGoal): string | undefined {
  if (state.place !== 'scheme' || !state.passed) {
    return undefined;
  }
  const scheme = schemeOf(state);
  return isWord(scheme, goal) && goal.scheme(scheme) && parseSerializedOrigin(state.text) !== undefined
    ? goal.accept(state, state.host)
    : undefined;
}

/** Texts of which one is as good as the other have one key, so that a repetition is tried once. */
function keyOf({ step, place, text, marks, port, host, passed }: State, goal: SearchGoal): string {
  const end = text.length - port;
  const about = UNFINISHED.has(place)
    ? outlineOf({ text: text.slice(0, end), marks: marks.slice(0, end) })
    : place === 'scheme'
      ? schemeKey(schemeOf({ text, marks }), goal)
      : '';
  return [place, step.index, passed, about, outlineOf(host)].join(' ');
}

/** Of a scheme that is left open, the word that is being spelled out, and whether there is one already. */
function schemeKey(scheme: MarkedText, goal: SearchGoal): string {
  return scheme.marks.includes('f') ? `${openBeginning(scheme)} ${isWord(scheme, goal)}` : scheme.text;
}

function isWord({ text, marks }: MarkedText, { schemes }: SearchGoal): boolean {
  return !marks.includes('f') || schemes.some((each) => text.includes(each));
}

function openBeginning({ text, marks }: MarkedText): string {
  return text.slice(0, `${marks}l`.search(/[^f]/));
}

function schemeOf({ text, marks }: MarkedText): MarkedText {
  const length = text.indexOf(':');
  return { text: text.slice(0, length), marks: marks.slice(0, length) };
}

/** A text with a star for what is left open, except for a top-level domain that is being spelled out. */
function outlineOf({ text, marks }: MarkedText): string {
  if (TOP_LEVEL.some((name) => name.endsWith(text))) {
    return text;
  }
  let outline = '';
  for (const [index, character] of [...text].entries()) {
    outline += marks[index] !== 'f' ? character : outline.endsWith('*') ? '' : '*';
  }
  return outline;
}

/** The ways in which one step can read one more character before a text. */
function readings(step: Step, from: Omit<State, 'step'>, goal: SearchGoal): State[] {
  const states: State[] = [];
  const isThrough = step.index === goal.through;
  const isDot = isThrough || goal.dots?.has(step.index) === true;
  for (const character of isDot ? '.' : choices(step, from, goal)) {
    const text = character + from.text;
    const mark = isThrough ? 'd' : step.free && character !== '.' ? 'f' : 'l';
    const marks = mark + from.marks;
    const passed = from.passed || isThrough;
    for (const place of placesAfter(from.place, character)) {
      const port = place === 'host' ? text.length : from.port;
      const state = { step, place, text, marks, port, host: from.host, passed };
      states.push(...judged(state, from, goal));
    }
  }
  return states;
}

/** Lets the goal judge the end of the host where a label of it begins. */
function judged(state: State, from: Omit<State, 'step'>, { judge }: SearchGoal): State[] {
  if (state.place === 'tail' && judge === undefined) {
    return [{ ...state, place: 'rest' }];
  }
  const isBoundary = (from.place === 'tail' && state.place !== 'tail') || from.place === 'bracket';
  if (!isBoundary || judge === undefined) {
    return [state];
  }
  const end = from.text.length - from.port;
  const host = { text: from.text.slice(0, end), marks: from.marks.slice(0, end) };
  if (isFragmentOfTopLevel(host.text)) {
    return [];
  }
  const verdict = judge(host, state.place === 'slash');
  if (verdict === 'found') {
    return [{ ...state, host }];
  }
  return verdict === 'read-on' && state.place === 'rest-dot' ? [{ ...state, place: 'tail-dot' }] : [];
}

/** Whether a top-level domain is not spelled to its beginning yet. */
function isFragmentOfTopLevel(text: string): boolean {
  return !TOP_LEVEL.includes(text) && TOP_LEVEL.some((name) => name.endsWith(text));
}

/** Where a text is in, that reads as an origin backwards, when one more character comes before it. */
function placesAfter(place: Place, character: string): readonly Place[] {
  const isLabel = LABEL_CHARACTERS.includes(character);
  switch (place) {
    case 'end':
      return DIGITS.test(character) ? ['tail', 'port'] : placesAfter('host', character);
    case 'port':
      return DIGITS.test(character) ? ['port'] : character === ':' ? ['host'] : [];
    case 'host':
      return isLabel ? ['tail'] : character === ']' ? ['address'] : [];
    case 'tail':
    case 'rest':
      return isLabel ? [place] : character === '.' ? ['rest-dot'] : character === '/' ? ['slash'] : [];
    case 'tail-dot':
      return isLabel ? ['tail'] : [];
    case 'rest-dot':
      return isLabel ? ['rest'] : [];
    case 'address':
      return character === '[' ? ['bracket'] : IN_ADDRESS.test(character) ? ['address'] : [];
    case 'bracket':
      return character === '/' ? ['slash'] : [];
    case 'slash':
      return character === '/' ? ['colon'] : [];
    case 'colon':
      return character === ':' ? ['scheme'] : [];
    case 'scheme':
      return SCHEME_CHARACTER.test(character) ? ['scheme'] : [];
  }
}

/** The characters to try: all that are spelled out, and one of each kind where any would do. */
function choices({ characters, free }: Step, from: Omit<State, 'step'>, { schemes }: SearchGoal): string {
  // Steps of `^` and `$` read none.
  if (!free) {
    return characters;
  }
  if (from.place === 'scheme') {
    const written = openBeginning(schemeOf(from));
    return [...characters].filter((character) => schemes.some((each) => each.endsWith(character + written))).join('');
  }
  const marks = [...characters].filter((character) => '.:/'.includes(character)).join('');
  const letter = [...LETTERS_FIRST].find((character) => characters.includes(character)) ?? '';
  if (from.place === 'end' || from.place === 'host' || (from.place === 'tail' && !from.text.includes('.'))) {
    const written = from.place === 'tail' ? from.text.slice(0, from.text.length - from.port) : '';
    const guided = [...characters].filter((each) => TOP_LEVEL.some((name) => name.endsWith(each + written)));
    const digit = from.place === 'end' ? [...'812345679'].find((each) => characters.includes(each)) : undefined;
    return [...new Set([...marks, ...(guided.length === 0 ? letter : guided), ...(digit ?? '')])].join('');
  }
  if (from.place === 'port') {
    return marks + ([...'812345679'].find((each) => characters.includes(each)) ?? '');
  }
  return marks + letter;
}
