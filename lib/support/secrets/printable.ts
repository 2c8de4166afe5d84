import { stripVTControlCharacters } from 'node:util';

/** Characters that reverse a line, hide within a word, or control a terminal: https://trojansource.codes */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]|(?![\t\n\v\f\r\u0085])\p{Cc}/gu;
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/** Such a character in JSON or `util.inspect()`. */
const ESCAPED = /\\{1,16}(?:u([\da-f]{4})|x([\da-f]{2}))/gi;

/** The string without invisible characters and escape sequences of terminals, and with `\n` for every line end. */
export function withoutInvisible(text: string): string {
  return stripVTControlCharacters(text.replace(ESCAPED, unescaped)).replace(LINE_END, '\n').replace(INVISIBLE, '');
}

function unescaped(escape: string, four: string | undefined, two: string | undefined): string {
  const character = String.fromCharCode(Number.parseInt(four ?? two ?? '', 16));
  return character.replace(INVISIBLE, '') === '' ? character : escape;
}

/** One line of bounded length, for strings of the library. `oneLine()` also masks strings of others. */
export function printable(text: string, maxLength: number): string {
  return withoutInvisible(text.slice(0, maxLength * 2))
    .replace(/[\t\n]+/g, ' ')
    .slice(0, maxLength);
}

/** Quotes of word processors and chats. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ...[...'“”„‟«»'].map((quote) => [quote, '"'] as const),
  ...[...'‘’‚‛'].map((quote) => [quote, "'"] as const),
]);
const NOT_ASCII = /[^\0-\x7f]/gu;
const PRINTABLE_ASCII = /^[ -~]$/;

/**
 * The string with ASCII in place of its variants, such as full-width letters and no-break spaces: the patterns are for ASCII.
 * @see https://www.unicode.org/reports/tr15/#Norm_Forms
 */
export function folded(text: string): string {
  return text.replace(NOT_ASCII, (character) => {
    const plain = QUOTES.get(character) ?? character.normalize('NFKC');
    return PRINTABLE_ASCII.test(plain) ? plain : character;
  });
}
