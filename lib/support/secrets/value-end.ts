/** Another name and its separator, which end a value. */
const NEXT_NAME = /[;,&|]\s{0,3}["'`]?[\w.\- ]{1,40}["'`]?\s{0,2}[=:]/y;
/** A value with blanks in a list with semicolons, as in ADO.NET. */
const UP_TO_SEMICOLON = /[^\n;='"]{0,100}(?=;\s{0,3}[\w ]{1,40}=)/y;
const QUOTE = /\\{0,16}["'`]/y;
const SCHEME = /(?:Basic|Bearer|Token|Negotiate|NTLM|ApiKey)[ \t]{1,8}(?=\S)/iy;
const CLOSING: ReadonlyMap<string | undefined, string> = new Map([
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
]);

/** The end of the value at `start`. An unclosed quote or bracket extends to the end of the string. */
export function endOfValue(text: string, start: number): number {
  const quote = matchAt(QUOTE, text, start)?.[0];
  if (quote !== undefined) {
    return endOfQuoted(text, start + quote.length, quote);
  }
  return CLOSING.has(text[start]) ? endOfWord(text, endOfBracketed(text, start)) : endOfWord(text, start);
}

/** The end of a header's value: of its line, unless it has a scheme or quotes. */
export function endOfHeader(text: string, start: number): number {
  if (matchAt(QUOTE, text, start) !== null) {
    return endOfValue(text, start);
  }
  const scheme = matchAt(SCHEME, text, start)?.[0];
  if (scheme !== undefined) {
    return endOfWord(text, start + scheme.length);
  }
  const line = text.indexOf('\n', start);
  return line === -1 ? text.length : line;
}

/** A quote ends the value before a delimiter. An escaped or doubled quote is a part of the value. */
function endOfQuoted(text: string, start: number, quote: string): number {
  const mark = quote.at(-1)!;
  for (let end = text.indexOf(quote, start); end !== -1; end = text.indexOf(quote, end + 1)) {
    const after = end + quote.length;
    if (text[after] === mark && end > start) {
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

/** The end of a part in brackets. Quoted brackets do not count. */
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

/** The end of a word: a blank, the closing quote around it, or the next name. */
function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length && !endsWord(text, end)) {
    end++;
  }
  const more = text[end] === ' ' ? (matchAt(UP_TO_SEMICOLON, text, end)?.[0].length ?? 0) : 0;
  return more > 0 ? end + more : withoutPunctuation(text, start, end);
}

function endsWord(text: string, index: number): boolean {
  const character = text[index]!;
  if (/\s/.test(character)) {
    return text[index - 1] !== '\\';
  }
  if (/["'`]/.test(character)) {
    return text[index + 1] === ':' || isDelimiter(text[index + 1]);
  }
  return character === '<' || (/[;,&|]/.test(character) && matchAt(NEXT_NAME, text, index) !== null);
}

/** Punctuation at the end is not a part of the value, unless there is nothing else. */
function withoutPunctuation(text: string, start: number, end: number): number {
  let shorter = end;
  while (shorter > start && /[).,;\]}>/]/.test(text[shorter - 1]!)) {
    shorter--;
  }
  return shorter === start ? end : shorter;
}

/** A colon is none: a quote before it ends a name. */
function isDelimiter(character: string | undefined): boolean {
  return character === undefined || /[\s,;&)}\]>.<|\\"'`/]/.test(character);
}

/** The match of a sticky expression at `index`. */
export function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}
