import type { CorsConfigurationProblem } from '../../options/problem.js';

/** A list may have thousands of elements, and nobody reads on for so long. */
const MOST = 10;

/** What class-validator puts in its own place in a message: https://github.com/typestack/class-validator#message-tokens */
const TOKEN = /\$(?=constraint[0-9]|value|property|target)/g;

/** One text for all problems of a property. */
export function constraintMessage(problems: readonly CorsConfigurationProblem[]): string {
  const lines = problems.slice(0, MOST).map(({ message, hint }) => `${message} ${hint}`);
  const rest = problems.length > MOST ? [`There are ${problems.length - MOST} more like these.`] : [];
  // A quoted value that holds a token would be replaced by itself, unquoted and in its full length.
  return [...lines, ...rest].join(' ').replace(TOKEN, '\\u0024');
}
