/** One entry of a string: an origin, well-formed or not, an expression, or an element of a JSON array that is not a string. */
export type OriginToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: string; readonly flags: string }
  | { readonly kind: 'other'; readonly value: unknown };

/** Quotes within quotes that are removed: those of a shell, of a file and of JSON. */
const MAX_DEPTH = 3;

const SEPARATORS = /[\s,]*/y;
/** Between slashes. A slash within an escape, a class or the source does not end it: `/^https://a{1,2}[/,]$/i`. */
const EXPRESSION = /\/(?!\/)((?:\\.|\[(?:\\.|[^\]\\])*\]|[^\\[\r\n])+?)\/([a-z]*)(?=[\s,]|$)/y;
/** The content has no such quote: otherwise a string of many quotes would take quadratic time. */
const QUOTED = /(["'`])((?:(?!\1).)*)\1(?=[\s,]|$)/sy;
const PLAIN = /[^\s,]+/y;
/** `[::1]:3000` is an address, not JSON. */
const JSON_START = /^(?:\[(?![0-9a-f.]*:[0-9a-f:.]*\])|\{)/i;

/**
 * The entries of a string, separated by commas and white space, or those of a JSON array.
 *
 * @returns `undefined` where the string begins like JSON and is not an array.
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
  return { kind: 'expression', source: source as string, flags: flags as string };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
