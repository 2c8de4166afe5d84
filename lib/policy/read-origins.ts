import { CorsConfigurationError, ProblemList } from '../options/problem.js';
import { quoted } from '../support/quoted.js';
import { OptionPlace } from './option-place.js';
import { NO_ORIGIN, readOriginEntry } from './origin-option.js';
import { withoutPasswords } from './origin-problems.js';
import { listedOrigins, READER } from './origin-replacement.js';
import { type OriginToken, tokensOf } from './origin-tokens.js';

/** A value of the `origin` field: `'*'`, or a list, which may be empty. */
export type ReadOrigins = '*' | readonly (string | RegExp)[];

/**
 * Reads the value of an environment variable into a value for the `origin` field.
 *
 * Origins, patterns and regular expressions (`/^https:\/\/pr-\d+\.example\.com$/`) are separated by commas, spaces or line
 * breaks, or are the elements of a JSON array. Quotes around an entry or around everything are ignored. `*` alone stands for
 * every origin, `false` alone for none.
 *
 * Malformed origins are problems and are not repaired. The check at boot also finds problems that depend on the policy,
 * such as `null`, a public suffix, or `http:` with credentials.
 *
 * @param text The value. `undefined`, and a string without entries, allow no origin.
 * @param name Name of the variable. A problem's `path` is `ALLOWED_ORIGINS[1]` for its second entry. Default: `'origin'`.
 * @returns `'*'`, or the entries in their order, each once; an empty list for none.
 * @throws CorsConfigurationError with all problems.
 *
 * @example
 * ```ts
 * // ALLOWED_ORIGINS="https://app.example.com, https://*.customer.example"
 * CorsModule.forRoot({ origin: readOrigins(process.env['ALLOWED_ORIGINS'], 'ALLOWED_ORIGINS') });
 * ```
 */
export function readOrigins(text: string | undefined, name = 'origin'): ReadOrigins {
  const problems = new ProblemList();
  const origins = readText(text, new OptionPlace(name, problems.report));
  const found = problems.all();
  if (found.length > 0) {
    throw new CorsConfigurationError(found);
  }
  return origins;
}

/** @param text Comes from a configuration service, so it can have any type. */
function readText(text: unknown, place: OptionPlace): ReadOrigins {
  if (text === undefined || text === null) {
    return [];
  }
  if (typeof text !== 'string') {
    place.invalid(text, 'a string', 'the text of an environment variable');
    return [];
  }
  const tokens = tokensOf(text);
  if (tokens === undefined) {
    reportJson(text, place);
    return [];
  }
  if (tokens.length > 0 && tokens.every((token) => isText(token, '*'))) {
    return '*';
  }
  return tokens.length === 1 && isText(tokens[0] as OriginToken, 'false') ? NO_ORIGIN : readTokens(tokens, place);
}

function readTokens(tokens: readonly OriginToken[], place: OptionPlace): ReadOrigins {
  const origins = new Map<string, string | RegExp>();
  for (const [index, token] of tokens.entries()) {
    const origin = readToken(token, place.element(index));
    if (origin !== undefined) {
      origins.set(String(origin), origin);
    }
  }
  return [...origins.values()];
}

function readToken(token: OriginToken, place: OptionPlace): string | RegExp | undefined {
  switch (token.kind) {
    case 'other':
      return readOriginEntry(token.value, place)?.value;
    case 'expression':
      return compileExpression(token.source, token.flags, place);
    case 'text':
      if (token.text === '*') {
        place.problem('wildcard-in-list', '*', 'origin', 'Write * alone, or remove it: it stands for every origin.');
        return undefined;
      }
      if (token.text === 'true') {
        place.invalid(token.text, 'an origin', 'the origins, or * for every origin without credentials');
        return undefined;
      }
      return readOriginEntry(token.text, withoutReader(place))?.value;
  }
}

/** The place, with hints that do not advise `readOrigins()`, because that function is reading the string. */
function withoutReader({ path, report }: OptionPlace): OptionPlace {
  return new OptionPlace(path, (problem) => report({ ...problem, hint: problem.hint.replace(READER, '') }));
}

function compileExpression(source: string, flags: string, place: OptionPlace): RegExp | undefined {
  let expression: RegExp;
  try {
    expression = new RegExp(source, flags);
  } catch (error) {
    // "Invalid regular expression: /(/: Unterminated group": the expression is quoted already.
    const cause = String((error as Error).message).replace(/^.*: /s, '');
    place.invalidIn(`/${source}/${flags}`, {
      expectation: 'a regular expression',
      fact: `${cause}.`,
      hint: 'Write it as in JavaScript, between slashes: /^https:\\/\\/pr-[0-9]+\\.example\\.com$/.',
    });
    return undefined;
  }
  if (expression.global || expression.sticky) {
    place.problem('stateful-regexp', expression);
  }
  return expression;
}

function isText(token: OriginToken, text: string): boolean {
  return token.kind === 'text' && token.text === text;
}

function reportJson(text: string, place: OptionPlace): void {
  const origins = listedOrigins(text)?.join(',');
  place.invalidIn(text, {
    expectation: 'a list of origins or a JSON array',
    got: quoted(withoutPasswords(text)),
    hint: `Write ${origins ?? '["https://app.example.com"], or https://app.example.com alone, with commas between several'}.`,
  });
}
