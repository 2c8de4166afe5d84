/** A regular expression as it is written in a text. */
export interface ExpressionText {
  readonly source: string;
  readonly flags: string;
}

/** One entry of a text: an origin or what was meant as one, an expression, or an element of a JSON array that is no string. */
export type OriginToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: ExpressionText }
  | { readonly kind: 'other'; readonly value: unknown };

/** Quotes within quotes that are taken away: those of a shell, of a file and of JSON. */
const MAX_DEPTH = 3;

const SEPARATORS = /[\s,]*/y;
/** Between slashes, of which those within escapes, classes and the source itself are no end: `/^https://a{1,2}[/,]$/i`. */
const EXPRESSION = /\/(?!\/)((?:\\.|\[(?:\\.|[^\]\\])*\]|[^\\[\r\n])+?)\/([a-z]*)(?=[\s,]|$)/y;
/** Nothing within is the quote itself: a text of quotes without an end would be looked through anew from each of them. */
const QUOTED = /(["'`])((?:(?!\1).)*)\1(?=[\s,]|$)/sy;
const PLAIN = /[^\s,]+/y;
/** `[::1]:3000` is an address. */
const JSON_START = /^(?:\[(?![0-9a-f.]*:[0-9a-f:.]*\])|\{)/i;

/**
 * The entries of a text with commas, white space or both between them, or of a JSON array.
 *
 * @returns `undefined` where the text begins as JSON does and is no array.
 */
export function tokensOf(text: string, depth = 0): readonly OriginToken[] | undefined {
  const trimmed = text.trim();
  if (JSON_START.test(trimmed)) {
    const elements = parseJson(trimmed);
    return Array.isArray(elements) ? elements.map(elementToken) : undefined;
  }
  if (trimmed.startsWith('"') && trimmed.includes('\\"')) {
    const inner = parseJson(trimmed);
    if (typeof inner === 'string' && depth < MAX_DEPTH) {
      return tokensOf(inner, depth + 1);
    }
  }
  return scan(trimmed, depth);
}

function scan(text: string, depth: number): readonly OriginToken[] | undefined {
  const tokens: OriginToken[] = [];
  let end = 0;
  const next = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = end;
    const found = expression.exec(text);
    end += found?.[0].length ?? 0;
    return found;
  };
  for (next(SEPARATORS); end < text.length; next(SEPARATORS)) {
    const expression = next(EXPRESSION);
    if (expression !== null) {
      tokens.push(expressionToken(expression));
      continue;
    }
    const quoted = depth < MAX_DEPTH ? next(QUOTED) : null;
    if (quoted !== null) {
      const inner = tokensOf(quoted[2] as string, depth + 1);
      if (inner === undefined) {
        return undefined;
      }
      tokens.push(...inner);
      continue;
    }
    tokens.push({ kind: 'text', text: (next(PLAIN) as RegExpExecArray)[0] });
  }
  return tokens;
}

function elementToken(element: unknown): OriginToken {
  if (typeof element !== 'string') {
    return { kind: 'other', value: element };
  }
  EXPRESSION.lastIndex = 0;
  const text = element.trim();
  const expression = EXPRESSION.exec(text);
  return expression?.[0].length === text.length ? expressionToken(expression) : { kind: 'text', text };
}

function expressionToken([, source, flags]: RegExpExecArray): OriginToken {
  return { kind: 'expression', expression: { source: source as string, flags: flags as string } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
