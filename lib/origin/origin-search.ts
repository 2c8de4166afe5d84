import type { Effort } from './effort.js';
import { type Place, placesAfter } from './origin-grammar.js';
import type { Automaton, Fragment, Step } from './regexp-automaton.js';
import { MAX_LABEL_LENGTH, MAX_ORIGIN_LENGTH, MAX_PORT_LENGTH, MAX_SCHEME_LENGTH } from './serialized-origin.js';

/** An origin or the end of one, with a mark for each character. */
export interface MarkedText {
  readonly text: string;
  /** For each character: `f` where the expression leaves it open, `l` where it is spelled out, else the number of choices. */
  readonly marks: string;
}

/** Which origins a search accepts. */
export interface SearchGoal {
  /**
   * Evaluates the end of a host at the beginning of a label: `example.com` with a dot or the scheme before it. `found-above`: the
   * part before it matters, too, because suffixes are there. Default: any host is accepted.
   */
  readonly evaluateHost?: (host: MarkedText, isWhole: boolean) => 'found' | 'found-above' | 'read-on' | 'stop';
  /** Whether a scheme is accepted. */
  readonly scheme: (scheme: MarkedText) => boolean;
  /** Schemes to try where the expression leaves the scheme open. */
  readonly schemes: readonly string[];
  /** Index of a step that has to read a dot, marked `d`. */
  readonly through?: number;
  /** Indexes of steps that are meant to read nothing but a dot. */
  readonly dots?: ReadonlySet<number>;
  /** Returns the origin to report, or `undefined` to continue the search. */
  readonly accept: (origin: MarkedText, host: MarkedText) => string | undefined;
}

interface State extends MarkedText {
  readonly step: Step;
  readonly place: Place;
  /** The length of `text` behind the host. */
  readonly port: number;
  /** The end of the host that was accepted; empty before. */
  readonly host: MarkedText;
  /** Whether the part before `host` matters, too. */
  readonly above: boolean;
  readonly passed: boolean;
}

const UNFINISHED: ReadonlySet<Place> = new Set(['tail', 'tail-dot', 'address']);
const PART_LENGTHS: ReadonlyMap<Place, number> = new Map([
  ['port', MAX_PORT_LENGTH - 1],
  ['scheme', MAX_SCHEME_LENGTH],
]);
/** The effort of reading one more character. */
const STATE_EFFORT = 20;
const BEGINNING = /^[a-z0-9_-]*/;
/** Top-level domains to try where the expression leaves them open. */
const TOP_LEVEL = ['com', 'net', 'io', 'tk', 'dev'];
const LETTERS_FIRST = 'xabcdefghijklmnopqrstuvwyz0123456789-_';

/**
 * Searches an origin that an expression may allow, from its end to its beginning, because the end of a host shows its owner.
 * `accept` tests what the automaton lacks: lookarounds and word boundaries.
 */
export function findOrigin(
  automaton: Automaton,
  whole: Fragment,
  goal: SearchGoal,
  effort: Effort,
): string | undefined {
  const beginnings = automaton.beginnings(whole);
  const seen = new Set<string>();
  const none: MarkedText = { text: '', marks: '' };
  let layer: State[] = [];
  const visit = (step: Step, from: Omit<State, 'step'>) => {
    effort.spend(STATE_EFFORT);
    for (const state of readings(step, from, goal)) {
      effort.spend(STATE_EFFORT + state.text.length);
      const key = keyOf(state, goal);
      if (!seen.has(key)) {
        seen.add(key);
        layer.push(state);
      }
    }
  };
  const first = {
    ...none,
    place: 'end',
    port: 0,
    host: none,
    above: false,
    passed: goal.through === undefined,
  } as const;
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
  }
  return undefined;
}

function finished(state: State, goal: SearchGoal): string | undefined {
  if (state.place !== 'scheme' || !state.passed) {
    return undefined;
  }
  const scheme = schemeOf(state);
  return isWord(scheme, goal) && goal.scheme(scheme) ? goal.accept(state, state.host) : undefined;
}

/** Equivalent states have one key, so that a repetition is followed once. */
function keyOf({ step, place, text, marks, port, host, above, passed }: State, goal: SearchGoal): string {
  const end = text.length - port;
  const about = UNFINISHED.has(place)
    ? outlineOf({ text: text.slice(0, end), marks: marks.slice(0, end) })
    : place === 'scheme'
      ? schemeKey(schemeOf({ text, marks }), goal)
      : '';
  return [place, step.index, passed, about, outlineOf(above ? { text, marks } : host)].join(' ');
}

/** For an open scheme: the word at its beginning, and whether it has one of the wanted words. */
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

/** The string with a star for each open part, except for the beginning of a top-level domain. */
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

/** The states after a step reads one more character. */
function readings(step: Step, from: Omit<State, 'step'>, goal: SearchGoal): State[] {
  const states: State[] = [];
  const isThrough = step.index === goal.through;
  const isDot = isThrough || goal.dots?.has(step.index) === true;
  for (const character of isDot ? '.' : choices(step, from, goal)) {
    const text = character + from.text;
    const marks = (isThrough ? 'd' : markOf(step, character)) + from.marks;
    const passed = from.passed || isThrough;
    for (const place of placesAfter(from.place, character)) {
      if (isTooLong(text, place)) {
        continue;
      }
      const port = place === 'host' ? text.length : from.port;
      const state = { step, place, text, marks, port, host: from.host, above: from.above, passed };
      states.push(...evaluated(state, from, goal));
    }
  }
  return states;
}

function markOf({ free, characters }: Step, character: string): string {
  if (character === '.') {
    return 'l';
  }
  return free ? 'f' : characters.length === 1 ? 'l' : String(characters.length);
}

/** Whether a label, a port, a scheme or the whole is longer than in any origin. */
function isTooLong(text: string, place: Place): boolean {
  const [part] = BEGINNING.exec(text) as RegExpExecArray;
  return text.length > MAX_ORIGIN_LENGTH || part.length > (PART_LENGTHS.get(place) ?? MAX_LABEL_LENGTH);
}

/** Lets the goal evaluate the end of the host where a label begins. */
function evaluated(state: State, from: Omit<State, 'step'>, { evaluateHost }: SearchGoal): State[] {
  if (state.place === 'tail' && evaluateHost === undefined) {
    return [{ ...state, place: 'rest' }];
  }
  const isBoundary = (from.place === 'tail' && state.place !== 'tail') || from.place === 'bracket';
  if (!isBoundary || evaluateHost === undefined) {
    return [state];
  }
  const end = from.text.length - from.port;
  const host = { text: from.text.slice(0, end), marks: from.marks.slice(0, end) };
  if (isFragmentOfTopLevel(host.text)) {
    return [];
  }
  const verdict = evaluateHost(host, state.place === 'slash');
  if (verdict === 'found' || verdict === 'found-above') {
    return [{ ...state, host, above: verdict === 'found-above' }];
  }
  return verdict === 'read-on' && state.place === 'rest-dot' ? [{ ...state, place: 'tail-dot' }] : [];
}

/** Whether a top-level domain is incomplete. */
function isFragmentOfTopLevel(text: string): boolean {
  return !TOP_LEVEL.includes(text) && TOP_LEVEL.some((name) => name.endsWith(text));
}

/** The characters to try: all that are spelled out, and one of each kind where the expression is open. */
function choices({ characters, free }: Step, from: Omit<State, 'step'>, { schemes }: SearchGoal): string {
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
