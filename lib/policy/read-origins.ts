import { invalidValue, wildcardInList } from './field-problems.js';
import { withoutPasswords } from './malformed-origin.js';
import { readEntry } from './origin-option.js';
import { statefulRegExp } from './origin-problems.js';
import { listedOrigins, READER } from './origin-replacement.js';
import { type ExpressionText, type OriginToken, tokensOf } from './origin-tokens.js';
import {
  CorsConfigurationError,
  type CorsConfigurationProblem,
  ProblemList,
  type ReportProblem,
} from '../options/problem.js';
import { quoted } from '../support/quoted.js';

/** A value of the `origin` field: `'*'`, or a list, which may be empty. */
export type ReadOrigins = '*' | readonly (string | RegExp)[];

/**
 * Reads the value of an environment variable into a value for the `origin` field.
 *
 * Origins, patterns and regular expressions (`/^https:\/\/pr-\d+\.example\.com$/`) stand between commas, spaces or line breaks,
 * or are the elements of a JSON array. Quotes around an entry, or around everything, do not matter. `*` alone stands for every
 * origin, `false` alone for none.
 *
 * Nothing is repaired: what is no origin is a problem, in the words of the check at boot. That check also finds what depends
 * on the policy, such as `null`, a public suffix, or `http:` with credentials.
 *
 * @param text The text. `undefined`, and a text without entries, allow no origin.
 * @param name Name of the variable. A problem's `path` is `ALLOWED_ORIGINS[1]` for its second entry. Default: `'origin'`.
 * @returns `'*'`, or the entries in their order, each once; an empty list for none.
 * @throws CorsConfigurationError with everything that is wrong with the text.
 *
 * @example
 * ```ts
 * // ALLOWED_ORIGINS="https://app.example.com, https://*.customer.example"
 * CorsModule.forRoot({ origin: readOrigins(process.env['ALLOWED_ORIGINS'], 'ALLOWED_ORIGINS') });
 * ```
 */
export function readOrigins(text: string | undefined, name = 'origin'): ReadOrigins {
  const problems = new ProblemList();
  const origins = readText(text, name, problems.report);
  const found = problems.all();
  if (found.length > 0) {
    throw new CorsConfigurationError(found);
  }
  return origins;
}

/** The text is what a configuration service returns, so that it may be of any type. */
function readText(text: unknown, name: string, report: ReportProblem): ReadOrigins {
  if (text === undefined || text === null) {
    return [];
  }
  if (typeof text !== 'string') {
    report(invalidValue(name, text, 'the text of an environment variable'));
    return [];
  }
  const tokens = tokensOf(text);
  if (tokens === undefined) {
    report(invalidJson(name, text));
    return [];
  }
  if (tokens.length > 0 && tokens.every((token) => isText(token, '*'))) {
    return '*';
  }
  return tokens.length === 1 && isText(tokens[0] as OriginToken, 'false') ? [] : readTokens(tokens, name, report);
}

function readTokens(tokens: readonly OriginToken[], name: string, report: ReportProblem): ReadOrigins {
  const origins = new Map<string, string | RegExp>();
  for (const [index, token] of tokens.entries()) {
    const origin = readToken(token, `${name}[${index}]`, report);
    if (origin !== undefined) {
      origins.set(String(origin), origin);
    }
  }
  return [...origins.values()];
}

function readToken(token: OriginToken, path: string, report: ReportProblem): string | RegExp | undefined {
  switch (token.kind) {
    case 'other':
      return readEntry(token.value, path, report)?.value;
    case 'expression':
      return readExpression(token.expression, path, report);
    case 'text':
      if (token.text === '*') {
        report({ ...wildcardInList(path, '*', '*'), hint: 'Write * alone, or remove it: it stands for every origin.' });
        return undefined;
      }
      if (token.text === 'true') {
        report(invalidValue(path, token.text, 'the origins, or * for every origin without credentials'));
        return undefined;
      }
      // The text of the hint is a list that this function reads.
      return readEntry(token.text, path, (problem) => report({ ...problem, hint: problem.hint.replace(READER, '') }))
        ?.value;
  }
}

function readExpression({ source, flags }: ExpressionText, path: string, report: ReportProblem): RegExp | undefined {
  let expression: RegExp;
  try {
    expression = new RegExp(source, flags);
  } catch (error) {
    report(invalidExpression(path, `/${source}/${flags}`, error));
    return undefined;
  }
  if (expression.global || expression.sticky) {
    report(statefulRegExp(path, expression));
  }
  return expression;
}

function isText(token: OriginToken, text: string): boolean {
  return token.kind === 'text' && token.text === text;
}

function invalidJson(path: string, value: string): CorsConfigurationProblem {
  const origins = listedOrigins(value);
  return {
    code: 'invalid-value',
    path,
    value,
    message: `${quoted(withoutPasswords(value))} looks like JSON, and is no JSON array.`,
    hint:
      origins === undefined
        ? 'Write ["https://app.example.com"], or https://app.example.com alone, with commas between several.'
        : `Write ${origins.join(',')}.`,
  };
}

function invalidExpression(path: string, value: string, error: unknown): CorsConfigurationProblem {
  // "Invalid regular expression: /(/: Unterminated group": the expression is quoted already.
  const cause = String((error as Error).message).replace(/^.*: /s, '');
  return {
    code: 'invalid-value',
    path,
    value,
    message: `${quoted(value)} is no regular expression: ${cause}.`,
    hint: 'Write it as in JavaScript, between slashes: /^https:\\/\\/pr-[0-9]+\\.example\\.com$/.',
  };
}
