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
  let classes = 0;
  let anchor = -1;
  for (let index = 0; index < source.length; index++) {
    const character = source[index];
    if (character === '\\') {
      index++;
    } else if (classes > 0) {
      // Only the `v` flag nests classes; elsewhere `[` is an ordinary character of a class.
      classes += character === ']' ? -1 : character === '[' && expression.flags.includes('v') ? 1 : 0;
    } else if (character === '[') {
      classes = 1;
    } else if (character === '(') {
      groups++;
    } else if (character === ')') {
      groups--;
    } else if (character === '|' && groups === 0) {
      return false;
    } else if (character === '$' && groups === 0) {
      anchor = index;
    }
  }
  return anchor === source.length - 1;
}
