import type regexpp = require('@eslint-community/regexpp');
import type rules = require('./public-suffix-rules.cjs');

let parser: typeof regexpp | undefined;

/**
 * What few policies need is loaded when the first of them does. In a CommonJS file, because `require()` waits for no promise, and
 * bundlers of applications see what it requires.
 */
export const onDemand = {
  /** The parser of expressions. */
  expressionParser: (): typeof regexpp => (parser ??= require('@eslint-community/regexpp') as typeof regexpp),
  /** The rules of the Public Suffix List. */
  publicSuffixRules: (): string => (require('./public-suffix-rules.cjs') as typeof rules).PUBLIC_SUFFIX_RULES,
};
