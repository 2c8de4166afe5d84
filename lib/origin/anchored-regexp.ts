import isSafeRegExp from 'safe-regex2';

/**
 * Whether an expression can match nothing but a whole origin: `^…$` around everything.
 *
 * Fails closed: an alternation at the top level counts as unanchored even where each branch has its own anchors, and so
 * does the `m` flag.
 */
export function isAnchored(expression: RegExp): boolean {
  const { source } = expression;
  if (expression.multiline || !source.startsWith('^')) {
    return false;
  }
  let groups = 0;
  let anchor = -1;
  for (const [character, index] of specialCharacters(source)) {
    if (character === '(') {
      groups++;
    } else if (character === ')') {
      groups--;
    } else if (character === '|' && groups === 0) {
      return false;
    } else if (character === '$') {
      // At the very end, it is in no group.
      anchor = index;
    }
  }
  return anchor === source.length - 1;
}

/**
 * Whether a dot of the expression stands for any one character, as it does in `^https://app.example.com$`. A dot that is
 * repeated (`.*`, `.+`) is meant as it stands.
 */
export function hasUnescapedDot({ source }: RegExp): boolean {
  return [...specialCharacters(source)].some(
    ([character, index]) => character === '.' && !/[*+?{]/.test(source.charAt(index + 1)),
  );
}

/** Whether the expression may take exponential time, which is told by its form: repetitions within repetitions. */
export function isSlow(expression: RegExp): boolean {
  return !isSafeRegExp(expression);
}

/** The characters that may mean something: those that are neither escaped nor in a class. */
function* specialCharacters(source: string): Generator<readonly [character: string, index: number]> {
  let inClass = false;
  for (let index = 0; index < source.length; index++) {
    const character = source.charAt(index);
    if (character === '\\') {
      index++;
    } else if (inClass) {
      // The `v` flag nests classes, and lets none of the characters that matter stand in one unescaped: the first `]` will do.
      inClass = character !== ']';
    } else if (character === '[') {
      inClass = true;
    } else {
      yield [character, index];
    }
  }
}
