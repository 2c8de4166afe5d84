import { isToken } from './token.js';

// Browsers ask for the headers that a script set, so real lists are short. The bounds keep the echo of a hostile list
// from costing more than the request that carried it.
const MAX_LIST_BYTES = 8192;
const MAX_LIST_ELEMENTS = 128;

// The longest method in IANA's registry has 17 letters.
const MAX_METHOD_LENGTH = 64;

/** Whether `value` is one method of a reasonable length. */
export function isMethod(value: string): boolean {
  return value.length <= MAX_METHOD_LENGTH && isToken(value);
}

/**
 * The names in a value of `Access-Control-Request-Headers`, trimmed and in lower case; `undefined` when it is malformed
 * or beyond its bounds. Several header lines arrive here joined by commas. Empty elements count against the bound and
 * are ignored otherwise, as RFC 9110, section 5.6.1.2 asks of recipients.
 * @see https://fetch.spec.whatwg.org/#http-access-control-request-headers
 */
export function parseHeaderNames(value: string): readonly string[] | undefined {
  if (value.length > MAX_LIST_BYTES) {
    return undefined;
  }
  // Checked first and granted later, the same value is read twice for each preflight.
  if (value !== lastRead.value) {
    lastRead = { value, names: readHeaderNames(value) };
  }
  return lastRead.names;
}

let lastRead: { readonly value: string; readonly names: readonly string[] | undefined } = { value: '', names: [] };

function readHeaderNames(value: string): readonly string[] | undefined {
  const elements = value.split(',', MAX_LIST_ELEMENTS + 1);
  if (elements.length > MAX_LIST_ELEMENTS) {
    return undefined;
  }
  const names: string[] = [];
  for (const element of elements) {
    const name = trimOptionalWhitespace(element);
    if (name === '') {
      continue;
    }
    // A '*' is a token, but no header: echoed, it would be taken for a wildcard.
    if (name === '*' || !isToken(name)) {
      return undefined;
    }
    names.push(name.toLowerCase());
  }
  return names;
}

/**
 * Only SP and HTAB are optional whitespace; trim() would also take what no header name may stand next to. A loop, since
 * a regular expression for the end of the text takes quadratic time on 8 KiB of spaces. Beyond the text there is NaN.
 */
export function trimOptionalWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (isOptionalWhitespace(text.charCodeAt(start))) {
    start++;
  }
  while (isOptionalWhitespace(text.charCodeAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

function isOptionalWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
