/** Another name and its separator: the value before it ends. */
const NEXT_NAME = /[;,&|]\s{0,3}["'`]?[\w.\- ]{1,40}["'`]?\s{0,2}[=:]/y;
/** A value with blanks in a list that semicolons part, as ADO.NET has it. */
const UP_TO_SEMICOLON = /[^\n;='"]{0,100}(?=;\s{0,3}[\w ]{1,40}=)/y;
const QUOTE = /\\{0,16}["'`]/y;
const SCHEME = /(?:Basic|Bearer|Token|Negotiate|NTLM|ApiKey)[ \t]{1,8}(?=\S)/iy;
const CLOSING: ReadonlyMap<string | undefined, string> = new Map([
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
]);

/** Where a value ends that begins at `start`. What has a beginning and no end is a value up to the end of the text. */
export function endOfValue(text: string, start: number): number {
  const quote = matchAt(QUOTE, text, start);
  if (quote !== undefined) {
    return endOfQuoted(text, start + quote.length, quote);
  }
  return CLOSING.has(text[start]) ? endOfWord(text, endOfBracketed(text, start)) : endOfWord(text, start);
}

/** Where a header's value ends: with its line, unless a scheme or quotes say where. */
export function endOfHeader(text: string, start: number): number {
  if (matchAt(QUOTE, text, start) !== undefined) {
    return endOfValue(text, start);
  }
  const scheme = matchAt(SCHEME, text, start);
  if (scheme !== undefined) {
    return endOfWord(text, start + scheme.length);
  }
  const line = text.indexOf('\n', start);
  return line === -1 ? text.length : line;
}

/** A quote ends a value where a delimiter follows; a backslash, or a second quote, makes it a part of the value. */
function endOfQuoted(text: string, start: number, quote: string): number {
  const mark = quote.at(-1)!;
  for (let end = text.indexOf(quote, start); end !== -1; end = text.indexOf(quote, end + 1)) {
    const after = end + quote.length;
    if (text[after] === mark && end > start) {
      // Doubled: a part of the value.
      end = after;
    } else if (!isEscaped(text, end, start) && isDelimiter(text[after])) {
      return after;
    }
  }
  return text.length;
}

function isEscaped(text: string, end: number, start: number): boolean {
  let backslashes = 0;
  while (end - backslashes > start && text[end - backslashes - 1] === '\\') {
    backslashes++;
  }
  return backslashes % 2 === 1;
}

/** An object, a list or a text in brackets, with quoted brackets passed over. */
function endOfBracketed(text: string, start: number): number {
  const open: (string | undefined)[] = [];
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (CLOSING.has(character)) {
      open.push(CLOSING.get(character));
    } else if (character === open.at(-1)) {
      open.pop();
      if (open.length === 0) {
        return index + 1;
      }
    } else if (character === '"' || character === "'") {
      index = endOfQuoted(text, index + 1, character) - 1;
    }
  }
  return text.length;
}

/** Up to a blank, the closing quote around it, or the next name. */
function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length && !endsWord(text, end)) {
    end++;
  }
  UP_TO_SEMICOLON.lastIndex = end;
  const more = text[end] === ' ' ? (UP_TO_SEMICOLON.exec(text)?.[0].length ?? 0) : 0;
  return more > 0 ? end + more : withoutPunctuation(text, start, end);
}

function endsWord(text: string, index: number): boolean {
  const character = text[index]!;
  if (/\s/.test(character)) {
    // An escaped blank is a part of the value.
    return text[index - 1] !== '\\';
  }
  if (/["'`]/.test(character)) {
    return text[index + 1] === ':' || isDelimiter(text[index + 1]);
  }
  NEXT_NAME.lastIndex = index;
  return /[;,&|<]/.test(character) && (character === '<' || NEXT_NAME.test(text));
}

/** The end of a sentence is not a part of the value; a value of nothing else is. */
function withoutPunctuation(text: string, start: number, end: number): number {
  let shorter = end;
  while (shorter > start && /[).,;\]}>/]/.test(text[shorter - 1]!)) {
    shorter--;
  }
  return shorter === start ? end : shorter;
}

/** Not a colon: a quote before it ends a name. */
function isDelimiter(character: string | undefined): boolean {
  return character === undefined || /[\s,;&)}\]>.<|\\"'`/]/.test(character);
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}
